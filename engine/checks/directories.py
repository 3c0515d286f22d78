"""Does a directory hold together: its names, its superiors, its groups?"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from engine.checks.circles import circles_in, drawn
from engine.checks.references import known_units
from engine.clock import shown_day
from engine.i18n import _
from engine.plan.directory import Directory, LevelGroup, Unit
from engine.plan.loader import Source
from engine.plan.salvage import UNKNOWN

Path = tuple[Any, ...]
A_DAY = timedelta(days=1)


def directory_names(source: Source, directory: Directory) -> None:
    """Superiors, successors, members of groups and people's units that are not there."""
    known = known_units(source, directory)
    groups = {*directory.groups, *source.written("groups")}
    for both in directory.units.keys() & directory.groups.keys():
        text = _("{name} is both a unit and a group").format(name=both)
        source.report_in_directory(("groups", both), "KH033", text, key=True)
    for path, name, single in _references(directory):
        if name not in known:
            text = _("unknown unit or group: {name}").format(name=name)
            source.report_in_directory(path, "KH030", text + source.hint(name, known - {UNKNOWN}))
        elif single and name in groups and name not in directory.units:
            text = _("{name} is a group; one unit is expected here").format(name=name)
            source.report_in_directory(path, "KH037", text)


def _references(directory: Directory) -> Iterator[tuple[Path, str, bool]]:
    """(place, name, must it be one unit?)"""
    for unit_id, unit in directory.units.items():
        if unit.parent:
            yield ("units", unit_id, "parent"), unit.parent, True
        for number, successor in enumerate(unit.succeeded_by):
            yield ("units", unit_id, "succeeded_by", number, "unit"), successor.unit, True
    for group_id, group in directory.groups.items():
        names = () if isinstance(group, LevelGroup) else group
        yield from ((("groups", group_id, number), name, False) for number, name in enumerate(names))
    for number, person in enumerate(directory.people):
        yield ("people", number, "unit"), person.unit, True


def directory_circles(source: Source, directory: Directory) -> None:
    """Units above themselves, groups within themselves."""
    above = {name: [unit.parent] for name, unit in directory.units.items() if unit.parent}
    for circle in circles_in(above):
        text = _("a unit cannot stand above itself: {circle}").format(circle=drawn(circle))
        source.report_in_directory(("units", circle[0], "parent"), "KH039", text)
    within = {name: list(directory.inner_groups(name)) for name in directory.groups}
    for circle in circles_in(within):
        text = _("a group cannot contain itself: {circle}").format(circle=drawn(circle))
        source.report_in_directory(("groups", circle[0]), "KH039", text, key=True)


def successors(source: Source, directory: Directory) -> None:
    """On the day after a unit's last one its successors must be there; without a last day there is nothing to take."""
    in_circles = _succession_circles(source, directory)
    for name, unit in directory.units.items():
        if unit.succeeded_by and unit.valid_to is None:
            text = _("`succeeded_by` has no effect here: {why}").format(why=_("the unit has no last day (valid_to)"))
            source.report_in_directory(("units", name, "succeeded_by"), "KH070", text, key=True)
        for number, item in enumerate(unit.succeeded_by if unit.valid_to else ()):
            other, day = directory.units.get(item.unit), _day_after(unit)
            if other and not other.exists_on(day) and not {name, item.unit} <= in_circles:
                text = _("{successor} does not exist on {day}, when {unit} has ended")
                message = text.format(successor=item.unit, unit=name, day=shown_day(day))
                source.report_in_directory(("units", name, "succeeded_by", number, "unit"), "KH090", message)


def _succession_circles(source: Source, directory: Directory) -> set[str]:
    """The units in them, each circle told once; one unit of them always ends before the other."""
    after = {
        name: [one.unit for one in unit.succeeded_by] for name, unit in directory.units.items() if unit.succeeded_by
    }
    found: set[str] = set()
    for circle in circles_in(after):
        text = _("units cannot succeed one another in a circle: {circle}").format(circle=drawn(circle))
        source.report_in_directory(("units", circle[0], "succeeded_by"), "KH039", text, key=True)
        found |= set(circle)
    return found


def _day_after(unit: Unit) -> date:
    assert unit.valid_to is not None
    return min(unit.valid_to, date.max - A_DAY) + A_DAY


def unheard_deputies(source: Source, directory: Directory) -> None:
    """A deputy gets what goes to the head: nothing, where the head has no address."""
    for name, unit in directory.units.items():
        if unit.deputies and not (unit.head and unit.head.email):
            text = _("`deputies` has no effect here: {why}").format(why=_("the head has no e-mail address"))
            source.report_in_directory(("units", name, "deputies"), "KH070", text, key=True)
