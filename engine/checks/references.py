"""Do the names of a plan lead anywhere? Units and groups share one namespace, stages have their own."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from engine.clock import shown_day
from engine.i18n import _
from engine.ladders import BUILT_IN_NAMES, ROLES
from engine.plan.blueprint import Blueprint
from engine.plan.directory import Directory
from engine.plan.loader import Source
from engine.plan.model import Plan, Stage
from engine.plan.salvage import UNKNOWN
from engine.plan.stand_ins import SHARED, parts

Path = tuple[Any, ...]


class Reference(NamedTuple):
    """A place where a plan names a unit or a group."""

    path: Path
    name: str
    single: bool  # must it be one unit?
    besides: tuple[str, ...] = ()  # the words that may stand there as well


def names(source: Source, blueprint: Blueprint, directory: Directory) -> None:
    """Unknown units, groups, stages and ladders, each with the nearest name."""
    plan = blueprint.plan
    if source.directory is not None:
        _units(source, plan, known_units(source, directory))
    stages = {*plan.stages, *source.written("stages"), UNKNOWN}
    for path, name in stage_references(plan):
        if name not in stages:
            source.report(path, "KH031", _("unknown stage: {name}").format(name=name) + source.hint(name, stages))
    ladders = {*plan.ladders, *BUILT_IN_NAMES, *source.written("ladders")}
    for path, name in _ladder_references(plan):
        if name not in ladders:
            source.report(path, "KH032", _("unknown ladder: {name}").format(name=name) + source.hint(name, ladders))


def _units(source: Source, plan: Plan, known: set[str]) -> None:
    for place in unit_references(plan):
        if place.name not in known and place.name not in place.besides:
            text = _("unknown unit or group: {name}").format(name=place.name)
            source.report(place.path, "KH030", text + source.hint(place.name, {*known, *place.besides} - {UNKNOWN}))


def known_units(source: Source, directory: Directory) -> set[str]:
    """Every unit and group, those with mistakes of their own among them."""
    return {*directory.units, *directory.groups, *source.written("units"), *source.written("groups"), UNKNOWN}


def unit_references(plan: Plan) -> Iterator[Reference]:
    """Every place where the plan names units."""
    yield Reference(("coordinator",), plan.coordinator, single=True)
    yield Reference(("document", "issuer"), plan.document.issuer, single=True)
    if plan.accept_by:
        yield Reference(("accept_by",), plan.accept_by, True, ("parent",))
    for stage_id, stage in plan.stages.items():
        yield from _units_of_stage(("stages", stage_id), stage)
    for number, criterion in enumerate(plan.criteria):
        yield from _each(("criteria", number, "for"), criterion.for_)
    for ladder, rungs in plan.ladders.items():
        for number, rung in enumerate(rungs):
            yield from _each(("ladders", ladder, number, "to"), rung.to, ROLES)


def _each(path: Path, several: tuple[str, ...], besides: tuple[str, ...] = ()) -> Iterator[Reference]:
    yield from (Reference((*path, number), name, False, besides) for number, name in enumerate(several))


def _units_of_stage(path: Path, stage: Stage) -> Iterator[Reference]:
    for key in ("responsible", "inferred_responsible"):
        if holder := getattr(stage, key):
            yield from _each((*path, key) if holder.mode == "one" else (*path, key, holder.mode), holder.units)
            yield from _each((*path, key, "except"), holder.except_)
    for role, units in parts(stage):
        besides = ("parent",) if role in ("accept_by", "submit_to") else ()
        if role in SHARED:
            yield from _each((*path, role), units, besides)
        else:
            yield Reference((*path, role), units[0], True, besides)


def stage_references(plan: Plan) -> Iterator[tuple[Path, str]]:
    """Every place where the plan names stages, but for its phrases."""
    for stage_id, stage in plan.stages.items():
        for number, item in enumerate(stage.after):
            path = ("stages", stage_id, "after", number, item.how)
            yield from (((*path, n), name) for n, name in enumerate(item.stages))
    for quota_id, quota in plan.quotas.items():
        yield ("quotas", quota_id, "stage"), quota.stage
        if quota.nomination:
            yield ("quotas", quota_id, "nomination"), quota.nomination
    for number, question in enumerate(plan.questions):
        yield from ((("questions", number, "about", n), name) for n, name in enumerate(question.about))


def _ladder_references(plan: Plan) -> Iterator[tuple[Path, str]]:
    yield ("ladder",), plan.ladder
    for stage_id, stage in plan.stages.items():
        if stage.ladder:
            yield ("stages", stage_id, "ladder"), stage.ladder


def questions(source: Source, blueprint: Blueprint, _directory: Directory) -> None:
    """A question is answered by its id."""
    seen: set[str] = set()
    for number, question in enumerate(blueprint.plan.questions):
        if question.id in seen and question.id != UNKNOWN:
            text = _("there is another question “{id}” above").format(id=question.id)
            source.report(("questions", number, "id"), "KH046", text)
        seen.add(question.id)


def units_on_the_day(source: Source, blueprint: Blueprint, directory: Directory) -> None:
    """Units the plan names that do not exist on its date; once each."""
    day = blueprint.plan.document.date
    first = {place.name: place.path for place in reversed([*unit_references(blueprint.plan)])}
    for name, path in first.items():
        unit = directory.units.get(name)
        if unit and not unit.exists_on(day):
            source.report(path, "KH040", _("{name} does not exist on {day}").format(name=name, day=shown_day(day)))
