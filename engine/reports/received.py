"""Received n of N: what has arrived of each stage, output by output and channel by channel, and who is missing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine import handins
from engine.i18n import _
from engine.pieces import Piece, owed, there, told
from engine.reports.dates_ahead import stretches
from engine.reports.filing import Filing
from engine.reports.scene import Line, Scene
from engine.reports.sheet import Column, Report, Sheet
from engine.rows import HandInRow
from engine.states import DROPPED, RECEIVED, State

Arrived = Mapping[int, Sequence[HandInRow]]


def received(filing: Filing) -> Report:
    rows: list[dict[str, Any]] = []
    missing: list[dict[str, Any]] = []
    for scene in filing.scenes:
        arrived = handins.valid_at(scene.connection, scene.instance.id, scene.now)
        lines = [line for line in scene.lines if filing.fits(line) and _is_due_in(line)]
        for some in stretches(lines).values():
            rows += _rows(scene, some, arrived)
            missing += _missing(scene, some, arrived)
    columns = filing.columns(
        Column("duty", _("Duty"), wide=40), Column("period", _("Period"), wide=9),
        Column("output", _("Output"), wide=26), Column("channel", _("Channel"), wide=14),
        Column("last_day", _("Last day"), "day"), Column("wanted", _("To be received"), "number"),
        Column("received", _("Received"), "number"), Column("missing", _("Missing"), "number"),
    )  # fmt: skip
    who = filing.columns(
        Column("unit", _("Unit"), wide=30), Column("duty", _("Duty"), wide=40), Column("period", _("Period"), wide=9),
        Column("lacks", _("Missing"), wide=30), Column("last_day", _("Last day"), "day"),
        Column("days_late", _("Days late"), "number"),
    )  # fmt: skip
    sheets = [
        Sheet("received", _("Received"), columns, rows, empty=_("Nothing is to be received.")),
        Sheet("missing", _("Missing"), who, missing, empty=_("Nothing is missing.")),
    ]
    return filing.report("received", _("What has been received"), sheets)


def _is_due_in(line: Line) -> bool:
    """What has not opened yet is not asked for."""
    return line.task.state not in DROPPED | {State.WAITING} and line.stage.type == "task"


def _has(line: Line, piece: Piece, arrived: Arrived) -> bool:
    """What was handed in as a whole has come in every form."""
    return line.task.state in RECEIVED or piece in there(arrived.get(line.task.id, ()))


def _rows(scene: Scene, lines: Sequence[Line], arrived: Arrived) -> Iterator[dict[str, Any]]:
    for piece in owed(lines[0].stage):
        have = sum(_has(line, piece, arrived) for line in lines)
        yield {
            **_place(scene, lines[0]), "output": piece.output, "channel": piece.form,
            "last_day": max((line.task.last_day for line in lines if line.task.last_day), default=None),
            "wanted": len(lines), "received": have, "missing": len(lines) - have,
        }  # fmt: skip


def _missing(scene: Scene, lines: Sequence[Line], arrived: Arrived) -> Iterator[dict[str, Any]]:
    for line in lines:
        lacks = [piece for piece in owed(line.stage) if not _has(line, piece, arrived)]
        if lacks:
            yield {
                **_place(scene, line), "unit": line.unit, "task": line.task.selector, "lacks": told(lacks),
                "last_day": line.task.last_day, "days_late": line.days_late or None,
            }  # fmt: skip


def _place(scene: Scene, line: Line) -> dict[str, Any]:
    return {"plan": scene.blueprint.plan.number, "stage": line.task.stage,
            "duty": f"{line.stage.name} ({line.stage.clause})", "period": line.task.period}  # fmt: skip
