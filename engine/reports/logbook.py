"""The chasing, telephone and extension log as a report."""

from typing import Any

from engine.i18n import _
from engine.periods import in_words
from engine.reports.chasing import KINDS, Happening, happenings
from engine.reports.filing import Filing
from engine.reports.scene import Scene
from engine.reports.sheet import Column, Report, Sheet


def logbook(filing: Filing) -> Report:
    """Of a period, what happened in it; else all of it."""
    columns = filing.columns(
        Column("at", _("Time"), "instant", 17), Column("kind", _("Kind"), wide=20),
        Column("duty", _("Duty"), wide=36), Column("units", _("Unit"), wide=30), Column("text", _("What"), wide=40),
        Column("whom", _("With whom"), wide=24), Column("paper", _("Paper"), wide=18),
    )  # fmt: skip
    rows = [_row(scene, item) for scene in filing.scenes for item in happenings(scene) if _fits(filing, scene, item)]
    rows.sort(key=lambda row: row["at"])
    sheet = Sheet("log", _("Log"), columns, rows, empty=_("Nothing happened."))
    return filing.report("log", _("Log of chasing, calls and moved dates"), [sheet])


def _fits(filing: Filing, scene: Scene, item: Happening) -> bool:
    start = filing.closing.start(scene.office.zone) if filing.closing else None
    levels = {scene.register.level(unit) for unit in item.units} if filing.levels else set()
    return (
        (start is None or item.at >= start)
        and (not filing.units or bool(filing.units & set(item.units)))
        and (not filing.levels or bool(filing.levels & levels))
    )


def _row(scene: Scene, item: Happening) -> dict[str, Any]:
    name = scene.blueprint.plan.stages[item.stage].name
    units = "; ".join(map(scene.name, item.units))
    return {
        "plan": scene.blueprint.plan.number, "at": item.at, "kind": _(KINDS[item.kind]),
        "duty": " – ".join(filter(None, (name, in_words(item.period)))), "units": units,
        "text": item.text, "whom": item.whom, "paper": item.doc,
    }  # fmt: skip
