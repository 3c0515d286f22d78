"""What a plan means once its groups are resolved: who does each stage, when, and after what."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.deadlines import (
    Deadline,
    MonthDay,
    Occurrence,
    Offset,
    Recurring,
    Relative,
    read,
    read_duration,
    read_month_day_span,
    read_offset,
)
from engine.errors import PhraseError
from engine.ladders import Repeat, Rung, built_in, make_rung, with_unique_ids
from engine.plan.directory import Directory
from engine.plan.model import SNAPSHOT, After, Plan, RungModel, Stage
from engine.plan.stand_ins import Handed, StandIn, played

# The kinds of phrase that put a date, or a rule for one, on a task.
DATED_KINDS = frozenset({"date", "window", "period", "recurring", "relative"})
DEFAULT_OPENING = Offset(30, "day", "before", "deadline")


@dataclass(frozen=True, slots=True)
class Due:
    """A stage's deadline and where it comes from."""

    deadline: Deadline | None  # the one that counts; None where no phrase gives a date
    phrase: str | None  # the document's words, else ours
    inferred: bool


class Blueprint:
    """A plan with its groups' members as they were on the plan's date; what an instance keeps as its snapshot."""

    def __init__(
        self,
        plan: Plan,
        groups: Mapping[str, tuple[str, ...]],
        directory_name: str,
        calendar_name: str = "",
        also: Collection[str] = (),
        retired: Collection[str] = (),
    ):
        """`also`: stages that phrases may hang on though they are so broken that the plan is without them.

        `retired`: stages an amendment dropped. They stay among the plan's, because their tasks stay in the store.
        """
        self.plan, self.groups = plan, groups
        self.directory_name, self.calendar_name = directory_name, calendar_name
        self.retired, self.handed = frozenset(retired), Handed()
        self._stages = {*plan.stages, *also}
        self._dues: dict[str, Due] = {}
        self._partners: dict[str, dict[str, tuple[str, ...]]] = {}
        self._holders: dict[tuple[Any, ...], list[tuple[str, ...]]] = {}
        self._readings: dict[str, Deadline | PhraseError] = {}
        self._recurrences: dict[str, Recurring | None] = {}

    @classmethod
    def from_source(
        cls, plan: Plan, directory: Directory, directory_name: str, calendar_name: str, also: Collection[str]
    ) -> "Blueprint":
        """Resolve the groups as of the plan's date. Raises BadValue where they have too many members."""
        return cls(plan, directory.groups_on(plan.document.date), directory_name, calendar_name, also)

    @classmethod
    def from_json(cls, text: str) -> "Blueprint":
        content = json.loads(text)
        groups = {name: tuple(members) for name, members in content["groups"].items()}
        plan = Plan.model_validate(content["plan"], context=SNAPSHOT)
        return cls(plan, groups, content["directory"], content.get("calendar", ""), retired=content.get("retired", ()))

    def to_json(self) -> str:
        """The snapshot: equal plans, their stages in the same order, have equal digests."""
        plan = self.plan.model_dump(mode="json", by_alias=True, exclude_unset=True)
        plan["directory"] = self.directory_name
        content = {"plan": plan, "groups": dict(sorted(self.groups.items())), "directory": self.directory_name}
        if self.calendar_name:
            content["calendar"] = self.calendar_name
        if self.retired:
            content["retired"] = sorted(self.retired)
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"))

    @staticmethod
    def digest(snapshot: str) -> str:
        return hashlib.sha256(snapshot.encode()).hexdigest()

    @property
    def stages(self) -> dict[str, Stage]:
        """The stages in force."""
        return {name: stage for name, stage in self.plan.stages.items() if name not in self.retired}

    def revised(self, stages: Mapping[str, Stage]) -> "Blueprint":
        """The same with other stages."""
        plan = self.plan.model_copy(update={"stages": dict(stages)})
        return Blueprint(plan, self.groups, self.directory_name, self.calendar_name, retired=self.retired)

    def played_by(self, stand_ins: Sequence[StandIn]) -> "Blueprint":
        """The same plan with other units in some parts; what its phrases mean is not read again."""
        other = copy(self)
        other.plan, other.handed = played(self.plan, stand_ins, self.members), Handed(stand_ins)
        other._partners, other._holders = {}, {}
        return other

    # --- who -----------------------------------------------------------------------------------------------------

    def members(self, names: tuple[str, ...], without: tuple[str, ...] = ()) -> list[str]:
        """The units that a list of units and groups stands for, each once, in order."""
        dropped = set(self.members(without)) if without else set()
        found = dict.fromkeys(unit for name in names for unit in self.groups.get(name, (name,)))
        return [unit for unit in found if unit not in dropped]

    def holders(self, stage_id: str) -> list[tuple[str, ...]]:
        """One tuple of units per task of a stage; its first unit is the one the task is known by."""
        stage = self.plan.stages[stage_id]
        if stage.type == "prohibition":
            return []
        if stage.holder is None:
            return [(stage.chair if stage.type == "event" and stage.chair else self.plan.coordinator,)]
        together = stage.type == "event" or stage.holder.mode == "joint"
        key = stage.holder.units, stage.holder.except_, together
        if key not in self._holders:
            units = self.members(stage.holder.units, stage.holder.except_)
            self._holders[key] = [tuple(units)] if together and units else [(unit,) for unit in units]
        return self._holders[key]

    def partners(self, stage_id: str, unit: str) -> tuple[str, ...]:
        """All the units of the task that `unit` is known for."""
        if stage_id not in self._partners:
            self._partners[stage_id] = self._together(stage_id)
        return self._partners[stage_id].get(unit, (unit,))

    def _together(self, stage_id: str) -> dict[str, tuple[str, ...]]:
        """Of the tasks that several units do: the unit it is, or was, known by → all of them."""
        found = {units[0]: units for units in self.holders(stage_id) if len(units) > 1}
        for old, new in self.handed.of(stage_id) if found else ():
            if new in found:
                found.setdefault(old, (old, *found[new][1:]))
        return found

    def known_as(self, stage_id: str, unit: str) -> list[str]:
        """The units that `unit`'s task in a stage may be known by, the likeliest first.

        That is itself, but for a partner in a joint task; then those whose work it took over.
        """
        self.partners(stage_id, unit)
        together = self._partners[stage_id].items()
        names: dict[str, None] = {}
        for one in (unit, *self.handed.forebears(unit)):
            leads = [first for first, units in together if one in units]
            names |= dict.fromkeys(leads or [one])
        return list(names)

    def accept_by(self, stage: Stage) -> str | None:
        return stage.accept_by or self.plan.accept_by

    # --- when ----------------------------------------------------------------------------------------------------

    def due(self, stage_id: str) -> Due:
        if stage_id not in self._dues:
            self._dues[stage_id] = self._read_due(self.plan.stages[stage_id])
        return self._dues[stage_id]

    def _read_due(self, stage: Stage) -> Due:
        written = self.read_phrase(stage.deadline) if stage.deadline else None
        if written is not None and written.kind in DATED_KINDS:
            return Due(written, stage.deadline, inferred=False)
        if stage.inferred:
            return Due(self.read_phrase(stage.inferred), stage.deadline or stage.inferred, inferred=True)
        return Due(None, stage.deadline, inferred=False)

    def read_phrase(self, phrase: str) -> Deadline:
        """Read with the plan's date, its stages and occasions. Raises PhraseError."""
        found = self._readings.get(phrase) or self._read(phrase)
        self._readings[phrase] = found
        if isinstance(found, PhraseError):
            raise found
        return found

    def _read(self, phrase: str) -> Deadline | PhraseError:
        try:
            return read(phrase, issued=self.plan.document.date, stages=self._stages, occasions=self._occasions)
        except PhraseError as error:
            error.__context__ = None  # of thousands kept, the parser's state would fill the memory
            return error.with_traceback(None)

    @cached_property
    def _occasions(self) -> dict[str, tuple[MonthDay, MonthDay]]:
        return {name: read_month_day_span(span) for name, span in self.plan.occasions.items()}

    def is_written(self, stage_id: str) -> bool:
        """Does the document itself give the date?"""
        due = self.due(stage_id)
        return due.deadline is not None and not due.inferred

    def occurrences(self, stage_id: str) -> list[Occurrence] | None:
        """The periods of a recurring stage to the end of the span; None where it happens once."""
        found = self.recurrence(stage_id)
        if found is None:
            return None
        turns = list(found.occurrences(*self.plan.span_days))
        if isinstance(self.due(stage_id).deadline, Recurring):
            return turns
        return [Occurrence(item.period, item.start, item.end, None, None, None, None) for item in turns]

    def recurrence(self, stage_id: str) -> Recurring | None:
        """The recurrence of a stage, else of the first it follows. Without recursion: chains of stages may be long."""
        known, opened, ahead = self._recurrences, set(), [stage_id]
        while ahead:
            name = ahead[-1]
            leaders = [leader for leader in self._leaders(name) if leader in self.plan.stages]
            if name not in known and name not in opened:
                opened.add(name)
                ahead += [leader for leader in leaders if leader not in known and leader not in opened]
                continue
            ahead.pop()
            own = self.due(name).deadline
            shared = next((found for leader in leaders if (found := known.get(leader))), None)
            known.setdefault(name, own if isinstance(own, Recurring) else shared)
        return known[stage_id]

    def _leaders(self, stage_id: str) -> list[str]:
        """The stages whose recurrence this one shares: its anchor, or what it comes after where it has no date."""
        deadline = self.due(stage_id).deadline
        if isinstance(deadline, Relative):
            return [deadline.anchor] if deadline.anchor_is_stage else []
        if deadline is None:
            return [stage for item in self.plan.stages[stage_id].after for stage in item.stages]
        return []

    def anchor(self, stage_id: str) -> str | None:
        """The stage a relative deadline hangs on."""
        deadline = self.due(stage_id).deadline
        return deadline.anchor if isinstance(deadline, Relative) and deadline.anchor_is_stage else None

    def stage_order(self) -> Iterator[str]:
        """The stages, each after the one its date hangs on."""
        done: set[str] = set()
        for stage_id in self.plan.stages:
            yield from self._anchored_first(stage_id, done)

    def _anchored_first(self, stage_id: str, done: set[str]) -> Iterator[str]:
        chain: dict[str, None] = {}
        step: str | None = stage_id
        while step is not None and step not in done and step not in chain:
            chain[step] = None
            step = self.anchor(step)
        for name in reversed(chain):
            done.add(name)
            yield name

    def opening_offset(self, stage: Stage) -> Offset:
        return read_offset(stage.opens) if stage.opens else DEFAULT_OPENING

    # --- after what ----------------------------------------------------------------------------------------------

    def predecessors(self, stage_id: str) -> tuple[After, ...]:
        """What the stage waits for, with the anchor of an inferred `sau …` among it."""
        stage = self.plan.stages[stage_id]
        due = self.due(stage_id)
        anchor = self.anchor(stage_id)
        named = {name for item in stage.after for name in item.stages}
        if due.inferred and anchor and due.deadline.direction == "after" and anchor not in named:  # type: ignore[union-attr]
            return (*stage.after, After(how="stage", stages=(anchor,)))
        return stage.after

    def waits(self, stage_id: str) -> bool:
        """Does the stage open by its predecessors? A written date is never silenced, but by `gate: strict`."""
        stage = self.plan.stages[stage_id]
        return bool(self.predecessors(stage_id)) and (stage.gate == "strict" or not self.is_written(stage_id))

    @cached_property
    def followers(self) -> dict[str, list[str]]:
        """stage → the stages that name it under `after` or hang their date on it."""
        found: dict[str, list[str]] = {}
        for stage_id in self.plan.stages:
            leaders = {name for item in self.predecessors(stage_id) for name in item.stages}
            leaders |= {anchor} if (anchor := self.anchor(stage_id)) else set()
            for leader in leaders:
                found.setdefault(leader, []).append(stage_id)
        return found

    @cached_property
    def scoped(self) -> frozenset[str]:
        """The stages counted per superior as well, because some stage waits for the units below it."""
        return frozenset(
            name for stage_id in self.plan.stages for item in self.predecessors(stage_id)
            if item.how == "below" for name in item.stages
        )  # fmt: skip

    # --- ladders -------------------------------------------------------------------------------------------------

    def ladder(self, stage_id: str) -> tuple[Rung, ...]:
        name = self.ladder_name(stage_id)
        own = self.plan.ladders.get(name)
        return built_in(name) if own is None else with_unique_ids([_rung(row) for row in own])

    def ladder_name(self, stage_id: str) -> str:
        stage = self.plan.stages[stage_id]
        kind = "soft" if stage.soft else "ongoing" if stage.type == "ongoing" else self.plan.ladder
        return stage.ladder or kind


def _rung(row: RungModel) -> Rung:
    repeat = Repeat(read_duration(row.repeat.every), row.repeat.at_most) if row.repeat else None
    return make_rung(
        row.when, row.severity, row.to, row.template,
        condition=row.if_, repeat=repeat, letter=row.letter, release=row.release, urgent=row.urgent,
    )  # fmt: skip


def needed(rule: str, total: int) -> int:
    """How many of `total` tasks complete a stage: `all`, a number, or a share rounded up."""
    if rule == "all":
        return total
    if rule.endswith("%"):
        return -(-total * int(rule[:-1]) // 100)
    return min(int(rule), total)
