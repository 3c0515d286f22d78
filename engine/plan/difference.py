"""What differs between two versions of a plan: its duties, its dates, its words. Nothing here knows what happened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from engine.deadlines import Occurrence
from engine.plan.blueprint import Blueprint
from engine.plan.model import Plan, Responsible, Stage

Duty = tuple[str, str, str]  # stage, period, and the unit the task is known by
# What is compared in its own way, or says where the plan lies.
_APART = ("stages", "directory", "document")


@dataclass(frozen=True, slots=True)
class Edit:
    """A key that reads otherwise, of a stage or (without one) of the plan itself; values as JSON has them."""

    stage: str
    key: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Difference:
    """From one blueprint to the next of the same plan."""

    old: Blueprint
    new: Blueprint

    @cached_property
    def added(self) -> tuple[str, ...]:
        """The stages that are new, or back again."""
        return tuple(name for name in self.new.stages if name not in self.old.stages)

    @cached_property
    def dropped(self) -> tuple[str, ...]:
        return tuple(name for name in self.old.stages if name not in self.new.stages)

    @cached_property
    def kept(self) -> tuple[str, ...]:
        return tuple(name for name in self.new.stages if name in self.old.stages)

    def renamed(self, stage_id: str) -> str | None:
        """The new stage that bears the name of a dropped one."""
        name = self.old.plan.stages[stage_id].name
        return next((other for other in self.added if self.new.plan.stages[other].name == name), None)

    @cached_property
    def duties_added(self) -> frozenset[Duty]:
        return frozenset(duties(self.new)) - frozenset(duties(self.old))

    @cached_property
    def duties_dropped(self) -> frozenset[Duty]:
        return frozenset(duties(self.old)) - frozenset(duties(self.new))

    @cached_property
    def redated(self) -> frozenset[str]:
        """The stages in both whose dates have to be counted anew; many of them come out as they were."""
        if self.old.calendar_name != self.new.calendar_name:
            return frozenset(self.kept)
        return frozenset(name for name in self.kept if _clock(self.old, name) != _clock(self.new, name))

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """Every key that reads otherwise, in the order of the plan."""
        old, new = self.old.plan, self.new.plan
        found = [*_edits("", old, new, without=_APART), *_edits("", old.document, new.document, prefix="document.")]
        found += [*self._regrouped()]
        for name in self.kept:
            found += _edits(name, old.stages[name], new.stages[name])
        return tuple(found)

    def _regrouped(self) -> Iterator[Edit]:
        """Of a group that has other members: those that left, those that came."""
        for name in self.old.groups.keys() & self.new.groups.keys():
            left = [unit for unit in self.old.groups[name] if unit not in self.new.groups[name]]
            came = [unit for unit in self.new.groups[name] if unit not in self.old.groups[name]]
            if left or came:
                yield Edit("", f"groups.{name}", left, came)


def duties(blueprint: Blueprint) -> Iterator[Duty]:
    """Every task the plan asks for."""
    for stage_id in blueprint.stages:
        for period in periods(blueprint, stage_id):
            yield from ((stage_id, period, units[0]) for units in blueprint.holders(stage_id))


def periods(blueprint: Blueprint, stage_id: str) -> dict[str, Occurrence | None]:
    found = blueprint.occurrences(stage_id)
    return {"": None} if found is None else {item.period: item for item in found}


def _clock(blueprint: Blueprint, stage_id: str) -> Any:
    """All that the dates of a stage's tasks are made of."""
    stage = blueprint.plan.stages[stage_id]
    turns = periods(blueprint, stage_id)
    return blueprint.due(stage_id).deadline, turns, stage.roll, stage.opens, stage.never_overdue


def _edits(
    stage_id: str, old: BaseModel, new: BaseModel, *, without: tuple[str, ...] = (), prefix: str = ""
) -> Iterator[Edit]:
    for name, field in type(old).model_fields.items():
        before, after = getattr(old, name), getattr(new, name)
        if name not in without and before != after:
            yield Edit(stage_id, prefix + (field.alias or name), _plain(old, name), _plain(new, name))


def _plain(model: BaseModel, name: str) -> Any:
    content = model.model_dump(mode="json", by_alias=True, include={name}, exclude_defaults=True)
    return next(iter(content.values()), None)


def succeeding(old: Blueprint, new: Blueprint) -> Blueprint:
    """`new` as it follows on `old` in a running instance: a common task stays known by a unit that still shares it."""
    led = {name: stage for name in new.stages if (stage := _led_as_before(old, new, name))}
    return retiring(old, new.revised({**new.plan.stages, **led}) if led else new)


def retiring(old: Blueprint, new: Blueprint) -> Blueprint:
    """`new` with the stages that only `old` has as retired ones, for their tasks stay on record."""
    retired = {
        name: stage for name, stage in old.plan.stages.items()
        if name not in new.plan.stages and stage.type != "prohibition"
    }  # fmt: skip
    if not retired:
        return new
    update = {"stages": {**new.plan.stages, **retired}, **_still_needed(old.plan, new.plan)}
    plan, groups = new.plan.model_copy(update=update), {**old.groups, **new.groups}
    names = {*new.retired, *retired}
    return Blueprint(plan, groups, new.directory_name, new.calendar_name, retired=names)


def _still_needed(old: Plan, new: Plan) -> dict[str, Any]:
    """The ladders and occasions that only retired stages name."""
    both: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
        "ladders": (old.ladders, new.ladders), "occasions": (old.occasions, new.occasions),
    }  # fmt: skip
    return {key: {**new_, **old_, **new_} for key, (old_, new_) in both.items() if old_.keys() - new_.keys()}


def _led_as_before(old: Blueprint, new: Blueprint, stage_id: str) -> Stage | None:
    """The stage with the unit first that its common task is known by; None where it is so anyway."""
    if stage_id not in old.stages:
        return None
    before, after = old.holders(stage_id), new.holders(stage_id)
    if len(before) != 1 or len(after) != 1 or len(after[0]) == 1:
        return None
    lead, units = before[0][0], after[0]
    if lead == units[0] or lead not in units:
        return None
    return staffed(new.plan.stages[stage_id], "joint", [lead, *(unit for unit in units if unit != lead)])


def staffed(stage: Stage, mode: str, units: list[str]) -> Stage:
    """The stage with just these units."""
    return stage.model_copy(
        update={stage.holder_key: Responsible.model_validate({"mode": mode, "units": tuple(units)})}
    )
