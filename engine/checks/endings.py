"""Units that end before their work is due, with their successors."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from engine.checks.timeline import Course
from engine.clock import shown_day
from engine.i18n import _, first_of
from engine.plan.directory import Unit


def endings(course: Course) -> None:
    """One finding for the units that end on one day and hand over to the same: at the first stage it concerns."""
    ended: dict[tuple[date, str], dict[str, tuple[str, date]]] = defaultdict(dict)
    seen: set[str] = set()
    for stage_id, due, unit_id in _duties(course):
        unit = course.directory.units[unit_id]
        if unit.valid_to and unit.valid_to < due and unit_id not in seen:
            seen.add(unit_id)
            ended[unit.valid_to, _successors(unit)][unit_id] = stage_id, due
    for (day, successors), units in ended.items():
        stage_id, due = next(iter(units.values()))
        text = _("{units} will end on {day}, before {stage} is due ({due}); {successors}")
        message = text.format(
            units=first_of(units), day=shown_day(day), stage=stage_id, due=shown_day(due), successors=successors
        )
        course.source.report(("stages", stage_id), "KH043", message, key=True)


def _duties(course: Course) -> Iterator[tuple[str, date, str]]:
    """(stage, its last day, a unit of it) in the plan's order, each stage with the last of its periods."""
    last: dict[str, date] = {}
    for (stage_id, _period), dates in course.dates.items():
        if day := dates.last_day or dates.to_on:
            last[stage_id] = max(day, last.get(stage_id, day))
    issued = course.blueprint.plan.document.date
    for stage_id in course.blueprint.plan.stages:
        for units in course.blueprint.holders(stage_id) if stage_id in last else ():
            there = (unit for unit in units if course.directory.units[unit].exists_on(issued))
            yield from ((stage_id, last[stage_id], unit) for unit in there)


def _successors(unit: Unit) -> str:
    """Who takes over, and what of it."""
    if not unit.succeeded_by:
        return _("the directory names no successor")
    names = [one.unit + (f" ({one.for_})" if one.for_ else "") for one in unit.succeeded_by]
    return _("successors: {names}").format(names=", ".join(names))
