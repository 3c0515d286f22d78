"""Does a directory hold together: its names, its superiors, its groups?"""

from collections.abc import Iterator
from typing import Any

from engine.checks.circles import circles_in, drawn
from engine.checks.references import known_units
from engine.i18n import _
from engine.plan.directory import Directory, LevelGroup
from engine.plan.loader import Source
from engine.plan.salvage import UNKNOWN

Path = tuple[Any, ...]


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


def unheard_deputies(source: Source, directory: Directory) -> None:
    """A deputy gets what goes to the head: nothing, where the head has no address."""
    for name, unit in directory.units.items():
        if unit.deputies and not (unit.head and unit.head.email):
            text = _("`deputies` has no effect here: {why}").format(why=_("the head has no e-mail address"))
            source.report_in_directory(("units", name, "deputies"), "KH070", text, key=True)
