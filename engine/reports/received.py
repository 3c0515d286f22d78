"""Received n of N: what has arrived of each stage, output by output and channel by channel, and who is missing."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from engine import store
from engine.i18n import _
from engine.reports.filing import Filing
from engine.reports.scene import Line, Scene
from engine.reports.sheet import Column, Report, Sheet
from engine.reports.status import stretches
from engine.states import DROPPED, State
from engine.tables import HandIn

HAND_IN = store.table(HandIn)
Arrived = dict[int, set[tuple[str, str]]]  # task → (output, form) of what has come; empty words stand for all of it
_HELD = (State.SUBMITTED, State.COMPLETED)


def received(filing: Filing) -> Report:
    rows: list[dict[str, Any]] = []
    missing: list[dict[str, Any]] = []
    for scene in filing.scenes:
        arrived = _arrived(scene)
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
    return line.task.state not in DROPPED and line.stage.type == "task"


def _arrived(scene: Scene) -> Arrived:
    """What the ledger of hand-ins holds; a task handed in without such rows came as a whole."""
    column = HAND_IN.c
    ours = select(store.TASK.c.id).where(store.TASK.c.instance_id == scene.instance.id)
    query = select(column.task_id, column.output, column.form).where(
        column.task_id.in_(ours), column.arrived_at <= scene.now,
        column.void_at.is_(None) | (column.void_at > scene.now),
    )  # fmt: skip
    found: Arrived = {}
    for task, output, form in scene.connection.execute(query):
        found.setdefault(task, set()).add((output, form))
    return found


def _channels(line: Line) -> list[tuple[str, str]]:
    """(output, form) of each thing a task hands in, in each form it is asked for."""
    return [(output.name, form) for output in line.stage.outputs for form in output.form or ("",)] or [("", "")]


def _has(line: Line, arrived: Arrived, output: str, form: str) -> bool:
    came = arrived.get(line.task.id)
    if came is None:
        return line.task.state in _HELD
    return any(name in ("", output) and how in ("", form) for name, how in came)


def _rows(scene: Scene, lines: Sequence[Line], arrived: Arrived) -> Iterator[dict[str, Any]]:
    for output, form in _channels(lines[0]):
        have = sum(_has(line, arrived, output, form) for line in lines)
        yield {
            **_place(scene, lines[0]), "output": output, "channel": form,
            "last_day": max((line.task.last_day for line in lines if line.task.last_day), default=None),
            "wanted": len(lines), "received": have, "missing": len(lines) - have,
        }  # fmt: skip


def _missing(scene: Scene, lines: Sequence[Line], arrived: Arrived) -> Iterator[dict[str, Any]]:
    channels = _channels(lines[0])
    for line in lines:
        lacks = [(output, form) for output, form in channels if not _has(line, arrived, output, form)]
        if lacks:
            words = [f"{output} ({form})" if form else output for output, form in lacks if output or form]
            yield {
                **_place(scene, line), "unit": line.unit, "task": line.task.selector, "lacks": "; ".join(words),
                "last_day": line.task.last_day, "days_late": line.days_late or None,
            }  # fmt: skip


def _place(scene: Scene, line: Line) -> dict[str, Any]:
    return {"plan": scene.blueprint.plan.number, "stage": line.task.stage,
            "duty": f"{line.stage.name} ({line.stage.clause})", "period": line.task.period}  # fmt: skip
