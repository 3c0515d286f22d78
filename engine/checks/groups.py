"""Groups where they stand in a plan: empty ones, and those where one unit is expected."""

from engine.checks.references import Reference, unit_references
from engine.clock import shown_day
from engine.i18n import _
from engine.plan.blueprint import Blueprint
from engine.plan.directory import Directory
from engine.plan.loader import Source


def groups_for_units(source: Source, blueprint: Blueprint, directory: Directory) -> None:
    """One unit coordinates, issues, accepts; and `responsible: GROUP` leaves open whether each or all together."""
    for place in unit_references(blueprint.plan):
        if place.name not in directory.groups or place.name in directory.units:
            continue
        if place.single:
            text = _("{name} is a group; one unit is expected here").format(name=place.name)
            source.report(place.path, "KH037", text)
        elif _is_bare_responsible(place):
            text = _("{name} is a group: {{each: {name}}} gives each of its units a task, {{joint: {name}}} one to all")
            source.report(place.path, "KH038", text.format(name=place.name))


def _is_bare_responsible(place: Reference) -> bool:
    return place.path[0] == "stages" and place.path[2:-1] in (("responsible",), ("inferred_responsible",))


def empty_groups(source: Source, blueprint: Blueprint, directory: Directory) -> None:
    """Groups without a unit on the plan's date; an error where nobody is left to do a stage."""
    day = blueprint.plan.document.date
    known = {*directory.units, *directory.groups}
    idle = set()
    for stage_id, stage in blueprint.plan.stages.items():
        holder = stage.holder
        if holder and stage.type != "prohibition" and set(holder.units) <= known and not blueprint.holders(stage_id):
            path = ("stages", stage_id, stage.holder_key)
            idle.add(path)
            text = _("nobody is left to do this: no unit of {names} on {day} that is not excepted")
            source.report(path, "KH034", text.format(names=", ".join(holder.units), day=shown_day(day)))
    for place in unit_references(blueprint.plan):
        if blueprint.groups.get(place.name) == () and not place.single and place.path[:3] not in idle:
            text = _("the group {name} has no unit on {day}").format(name=place.name, day=shown_day(day))
            source.report(place.path, "KH042", text)
