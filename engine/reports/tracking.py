"""The tracking table: every task of every unit, in which of the four cells it lies, its dates and its papers."""

from typing import Any

from engine.clock import local_date
from engine.i18n import _
from engine.reports.chasing import papers
from engine.reports.filing import Filing
from engine.reports.scene import CELL_LABELS, Line, Scene, by_rank
from engine.reports.sheet import Column, Report, Sheet
from engine.sections import worded
from engine.service.extensions import outcome_label
from engine.states import state_label


def tracking(filing: Filing) -> Report:
    columns = filing.columns(
        Column("no", _("Line"), wide=6), Column("unit", _("Unit"), wide=25), Column("duty", _("Duty"), wide=32),
        Column("period", _("Period"), wide=8), Column("phrase", _("As written"), wide=18),
        Column("original_last_day", _("Original deadline"), "day"), Column("last_day", _("Adjusted deadline"), "day"),
        Column("handed_in", _("Handed in"), "day"),
        *[Column(cell, _(label).capitalize(), "number", 9) for cell, label in CELL_LABELS.items()],
        Column("days_late", _("Days late"), "number", 9), Column("state", _("State"), wide=14),
        Column("extension", _("More time"), wide=10), Column("papers", _("Papers"), wide=18),
    )  # fmt: skip
    docs = {scene.instance.id: papers(scene) for scene in filing.scenes}
    ordered = _ordered(filing)
    rows = [_row(scene, line, number, docs[scene.instance.id]) for number, (scene, line) in enumerate(ordered, start=1)]
    counted = [column for column in columns if column.key in CELL_LABELS]
    sums = {column.key: sum(row[column.key] or 0 for row in rows) for column in counted}
    total = {column.key: None for column in columns} | {"unit": _("Total")} | sums
    sheet = Sheet("tasks", _("Tracking table"), columns, rows, total, _("There are no tasks."))
    note = _("Adjusted deadline: the date in force where it is another than the original one.")
    return filing.report("tracking", _("Tracking table of duties"), [sheet], [note])


def _ordered(filing: Filing) -> list[tuple[Scene, Line]]:
    """By unit, the highest level first, each unit's duties together."""
    ranks = by_rank(line.level for _scene, line in filing.lines)
    places: dict[tuple[int, str], int] = {}
    for scene, line in filing.lines:
        places.setdefault((scene.instance.id, line.task.unit), len(places))

    def place(item: tuple[Scene, Line]) -> tuple[int, int, int]:
        scene, line = item
        return scene.instance.id, ranks.index(line.level), places[scene.instance.id, line.task.unit]

    return sorted(filing.lines, key=place)


def _row(scene: Scene, line: Line, number: int, docs: dict[int, str]) -> dict[str, Any]:
    task = line.task
    moved = task.last_day if task.last_day != task.original_last_day else None
    asked = scene.extensions.get(task.id)
    return {
        "no": str(number), "plan": scene.blueprint.plan.number, "task": task.selector, "unit": line.unit,
        "duty": f"{line.stage.name} ({line.stage.clause})", "period": task.period,
        "phrase": worded(scene.blueprint, task.stage), "original_last_day": task.original_last_day, "last_day": moved,
        "handed_in": local_date(task.submitted_at, scene.office.zone) if task.submitted_at else None,
        **{cell: 1 if line.cell == cell else None for cell in CELL_LABELS},
        "days_late": line.days_late or None, "state": state_label(task.state),
        "extension": outcome_label(asked[-1].outcome) if asked else "", "papers": docs.get(task.id, ""),
    }  # fmt: skip
