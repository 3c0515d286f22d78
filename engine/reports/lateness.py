"""Who is late: one page for the boss, and the annex of a letter that chases."""

from typing import Any

from engine.i18n import _
from engine.periods import in_words
from engine.reports.chasing import NEVER, Chased, chased
from engine.reports.filing import Filing
from engine.reports.scene import Line, Scene
from engine.reports.sheet import Column, Report, Sheet
from engine.sections import worded


def _columns() -> list[Column]:
    return [
        Column("no", _("Line"), wide=6), Column("unit", _("Unit"), wide=26), Column("duty", _("Duty"), wide=36),
        Column("phrase", _("Deadline as written"), wide=18), Column("last_day", _("Last day"), "day"),
        Column("days_late", _("Days late"), "number", 9),
    ]  # fmt: skip


def late(filing: Filing) -> Report:
    columns = filing.columns(
        *_columns(), Column("times", _("Chased"), "number", 9), Column("calls", _("Calls"), "number", 9),
        Column("severity", _("Rung reached"), "number", 9), Column("call", _("Whom to call"), wide=24),
    )  # fmt: skip
    sheet = Sheet("late", _("Late"), columns, _rows(filing), empty=_("Nothing is overdue."))
    return filing.report("late", _("Overdue duties"), [sheet])


def annex(filing: Filing) -> Report:
    """To go behind a letter: what each unit addressed still owes after its date; the coordinator's own is left out."""
    own = {scene.blueprint.plan.coordinator for scene in filing.scenes}
    rows = [row for row in _rows(filing) if row["unit_id"] not in own]
    rows = [{**row, "no": str(number)} for number, row in enumerate(rows, start=1)]
    sheet = Sheet("annex", _("Annex"), filing.columns(*_columns()), rows, empty=_("Nothing is overdue."))
    return filing.report("annex", _("Units that have not handed in"), [sheet])


def _rows(filing: Filing) -> list[dict[str, Any]]:
    told = {scene.instance.id: chased(scene) for scene in filing.scenes}
    found = [(scene, line) for scene, line in filing.lines if line.is_late]
    found.sort(key=lambda item: -item[1].days_late)
    return [
        _row(scene, line, number, told[scene.instance.id].get(line.task.id, NEVER))
        for number, (scene, line) in enumerate(found, start=1)
    ]


def _row(scene: Scene, line: Line, number: int, told: Chased) -> dict[str, Any]:
    task = line.task
    place = ", ".join(filter(None, (line.stage.clause, in_words(task.period))))
    return {
        "no": str(number), "plan": scene.blueprint.plan.number, "task": task.selector, "unit_id": task.unit,
        "unit": line.unit, "duty": f"{line.stage.name} ({place})",
        "phrase": worded(scene.blueprint, task.stage), "last_day": task.last_day, "days_late": line.days_late,
        "times": told.times, "calls": told.calls, "severity": told.severity or None, "rung": told.rung,
        "call": _whom_to_call(scene, task.unit),
    }  # fmt: skip


def _whom_to_call(scene: Scene, unit_id: str) -> str:
    """The head and the telephone of a unit, as far as the directory knows."""
    unit = scene.unit(unit_id)
    if unit is None:
        return ""
    head = unit.head.name if unit.head else None
    return ", ".join(filter(None, (head, unit.contact.phone, unit.contact.email if not unit.contact.phone else None)))
