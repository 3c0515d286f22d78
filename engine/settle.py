"""What follows from a move: counters, stages that are now done, tasks that open, dates that hang on others."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from engine import machine, store, tallies
from engine.almanac import Almanac
from engine.calendar import Calendar
from engine.clock import local_date, shown_day
from engine.dates import Anchor, Dates, anchor_of, dates_of
from engine.deadlines import Relative
from engine.errors import Conflict
from engine.gates import Progress, anchor_done_at, is_free, next_look_at, same_stages
from engine.i18n import _
from engine.machine import Act, Step
from engine.office import Office, Register
from engine.periods import matching
from engine.plan.blueprint import Blueprint, needed
from engine.rows import InstanceRow, TallyRow, TaskRow
from engine.states import DROPPED, FINAL, State, Trigger

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Moved:
    """A task as it was, and the state it went to."""

    task: TaskRow
    state: str
    arrived_at: datetime


class Settling:
    """The consequences of moves in one instance, within their transaction. Nobody moves anything in a closed one."""

    def __init__(
        self,
        office: Office,
        connection: Connection,
        instance: InstanceRow,
        act: Act,
        almanac: Almanac | None = None,
    ):
        if act.actor != SYSTEM:
            refuse_closed(instance)
        store.hold_instance(connection, instance.id)
        self.office, self.connection, self.instance, self._almanac = office, connection, instance, almanac
        self.register = Register(connection, instance.directory)
        self.act = replace(act, actor=SYSTEM, for_unit=None, doc=None, reason=None)
        self.blueprint: Blueprint = office.blueprint(connection, instance)

    @cached_property
    def almanac(self) -> Almanac:
        return self._almanac or self.office.almanac(self.connection)

    def after(self, moved: Sequence[Moved]) -> None:
        """Count the moves, then open what waited for them: whole followers, or the same units' own tasks."""
        changed = {key[0] for key in self.count(moved)}
        units: dict[str, set[str]] = defaultdict(set)
        for item in moved:
            if item.state in FINAL:
                units[item.task.stage].update(self.concerned(item.task))
        for stage in units.keys() | changed:
            for follower in self.blueprint.followers.get(stage, []):
                if stage in changed:
                    self.advance(follower)
                elif stage in same_stages(self.blueprint, follower):
                    self.advance(follower, units[stage])

    def concerned(self, task: TaskRow) -> Iterable[str]:
        """The units whose own tasks may wait for this one: all of a joint task, and who took over from them."""
        for unit in self.blueprint.partners(task.stage, task.unit):
            yield from (unit, *self.blueprint.handed.heirs(unit))

    def count(self, moved: Sequence[Moved]) -> list[tuple[str, str, str]]:
        """Move the counters; the keys of those whose stage became done, or undone."""
        done: Counter[tuple[str, str, str]] = Counter()
        dropped: Counter[tuple[str, str, str]] = Counter()
        arrivals: dict[tuple[str, str, str], datetime] = {}
        self.register.load(item.task.unit for item in moved if item.task.stage in self.blueprint.scoped)
        for item in moved:
            for key in self.keys(item.task):
                done[key] += (item.state == State.COMPLETED) - (item.task.state == State.COMPLETED)
                dropped[key] += (item.state in DROPPED) - (item.task.state in DROPPED)
                arrivals[key] = max(arrivals.get(key, item.arrived_at), item.arrived_at)
        rows = {
            key: tallies.count_on(self.connection, self.instance.id, key, done[key], dropped[key])
            for key in done if done[key] or dropped[key]
        }  # fmt: skip
        return [key for key, row in rows.items() if row is not None and self.mark(row, arrivals[key])]

    def keys(self, task: TaskRow) -> Iterable[tuple[str, str, str]]:
        yield task.stage, task.period, ""
        if task.stage in self.blueprint.scoped and (parent := self.register.parent(task.unit)):
            yield task.stage, task.period, parent

    def mark(self, row: TallyRow, arrived_at: datetime) -> bool:
        """Record that a stage became done (undone); True where that is news."""
        stage = self.blueprint.plan.stages[row.stage]
        active = row.total - row.dropped
        reached = row.done >= needed(stage.complete_when, active)
        if reached == (row.reached_at is not None):
            return False
        tallies.mark(self.connection, row.id, arrived_at if reached else None)
        return True

    def progress(self, stage_id: str, units: Collection[str] | None = None) -> Progress:
        """The counters, and the units' own tasks, that decide about one stage."""
        anchor = self.blueprint.anchor(stage_id)
        stages = {name for item in self.blueprint.predecessors(stage_id) for name in item.stages}
        stages |= {anchor} if anchor else set()
        own = [
            task
            for name in same_stages(self.blueprint, stage_id)
            for task in store.stage_tasks(self.connection, self.instance.id, name, units=self.leads(name, units))
        ]
        return Progress.of(self.blueprint, tallies.of_stages(self.connection, self.instance.id, stages), own)

    def leads(self, stage_id: str, units: Collection[str] | None) -> Collection[str] | None:
        return None if units is None else {name for unit in units for name in self.blueprint.known_as(stage_id, unit)}

    def advance(self, stage_id: str, units: Collection[str] | None = None) -> None:
        """Open the waiting tasks of a stage that became free; date the open ones whose anchor was done."""
        progress = self.progress(stage_id, units)
        tasks = store.stage_tasks(self.connection, self.instance.id, stage_id, units=units)
        waiting = [task for task in tasks if task.state == State.WAITING and self.may_open(task, progress)]
        self.open(waiting, progress)
        hanging = [task for task in tasks if task.state not in FINAL and task.state != State.WAITING]
        rows = [(task, self.dated(task, progress)) for task in hanging]
        if moved := [(task, changes) for task, changes in rows if changes and changes["last_day"] != task.last_day]:
            machine.amend(self.connection, "date", moved, self.act)

    def may_open(self, task: TaskRow, progress: Progress) -> bool:
        period_open = task.opens_at is None or task.opens_at <= self.act.happened_at
        if not period_open:
            return False
        return not self.blueprint.waits(task.stage) or is_free(
            self.blueprint, task.stage, task.period, task.unit, progress
        )

    def open(self, tasks: Sequence[TaskRow], progress: Progress) -> None:
        steps = []
        for task in tasks:
            moment = self.act.happened_at
            changes = {**self.dated(task, progress), "opened_at": moment, "next_action_at": moment, "swept_at": None}
            ongoing = self.blueprint.plan.stages[task.stage].type == "ongoing"
            steps.append(Step(task, Trigger.OPEN, State.IN_PROGRESS if ongoing else State.ASSIGNED, changes))
        if steps:
            machine.apply(self.connection, steps, self.act)

    def open_by(self, tasks: Sequence[TaskRow]) -> list[TaskRow]:
        """The tasks as they stand once those whose period has come are open: nobody need wait for a tick."""
        due = [task for task in tasks if task.state == State.WAITING and task.opens_at is not None]
        opened = set()
        for stage in dict.fromkeys(task.stage for task in due):
            progress = self.progress(stage)
            for task in due:
                if task.stage == stage and self.may_open(task, progress):
                    self.at(max(task.opens_at or task.touched_at, task.touched_at)).open([task], progress)
                    opened.add(task.id)
        fresh = store.tasks_by_id(self.connection, opened)
        return [fresh.get(task.id, task) for task in tasks]

    def at(self, moment: datetime) -> "Settling":
        """The same, at another moment."""
        if moment == self.act.happened_at:
            return self
        other = copy(self)
        other.act = replace(self.act, happened_at=moment)
        return other

    def hangs_on_completion(self, stage_id: str) -> bool:
        deadline = self.blueprint.due(stage_id).deadline
        return (
            isinstance(deadline, Relative)
            and deadline.anchor_is_stage
            and deadline.direction == "after"
            and bool(deadline.amount)
        )

    def dated(self, task: TaskRow, progress: Progress) -> dict[str, Any]:
        """The date columns a `sau …` deadline gives now that its anchor is done; nothing for other deadlines."""
        if task.by_hand or not self.hangs_on_completion(task.stage):
            return {}
        moment = anchor_done_at(self.blueprint, task.stage, task.period, task.unit, progress)
        if moment is None:
            return {}
        return self.columns(task, Anchor(local_date(moment, self.office.zone)))

    def columns(self, task: TaskRow, anchor: Anchor | None) -> dict[str, Any]:
        stage = self.blueprint.plan.stages[task.stage]
        calendar = self.calendar(task.unit)
        dates = dates_of(self.blueprint.due(task.stage).deadline, None, anchor, calendar, stage.roll)
        columns = dates.columns(calendar, never_overdue=stage.never_overdue)
        original = task.original_last_day or dates.last_day
        return {**columns, "original_last_day": original, **rearmed(task, self.act.happened_at)}

    def calendar(self, unit: str) -> Calendar:
        """The calendar by which a unit's days are counted."""
        return self.almanac.of(self.blueprint.calendar_name, self.register, unit)

    def undated(self) -> dict[str, Any]:
        return Dates().columns(self.office.calendar, never_overdue=True)

    def reproject(self, stage_id: str) -> None:
        """Dates that hang on this stage's date follow it."""
        for follower in self.blueprint.followers.get(stage_id, []):
            if self.blueprint.anchor(follower) != stage_id or self.hangs_on_completion(follower):
                continue
            anchors = store.stage_tasks(self.connection, self.instance.id, stage_id)
            tasks = store.stage_tasks(self.connection, self.instance.id, follower)
            rows = []
            for task in tasks:
                if task.state in FINAL or task.by_hand:
                    continue
                columns = self.hung(task, anchors)
                if (columns["last_day"], columns["provisional"]) != (task.last_day, task.provisional):
                    rows.append((task, columns))
            if rows:
                machine.amend(self.connection, "date", rows, self.act)
                self.reproject(follower)

    def hung(self, task: TaskRow, anchors: Sequence[TaskRow]) -> dict[str, Any]:
        """The date columns of a task whose deadline hangs on the dates of other tasks, or on a day.

        The dates of dropped tasks count only where there are no others.
        """
        anchors = [item for item in anchors if item.state not in DROPPED] or anchors
        periods = matching(task.period, sorted({item.period for item in anchors}))
        deadline = self.blueprint.due(task.stage).deadline
        return self.columns(task, anchor_of(deadline, [a._asdict() for a in anchors if a.period in periods], None))

    def close_again(self, stage_id: str) -> None:
        """After an undo: followers that opened only because of the undone move wait again."""
        for follower in self.blueprint.followers.get(stage_id, []):
            progress = self.progress(follower)
            tasks = store.stage_tasks(self.connection, self.instance.id, follower, state=State.ASSIGNED)
            steps = [
                Step(task, Trigger.UNDO, State.WAITING, self.closed(task))
                for task in tasks
                if self.blueprint.waits(follower)
                and not is_free(self.blueprint, follower, task.period, task.unit, progress)
            ]
            if steps:
                machine.apply(self.connection, steps, self.act)
            self.undate(follower, progress)

    def undate(self, stage_id: str, progress: Progress) -> None:
        """Take the date back that hung on a completion which never was."""
        if not self.hangs_on_completion(stage_id):
            return
        rows = [
            (task, {**self.undated(), **rearmed(task, self.act.happened_at)})
            for task in store.stage_tasks(self.connection, self.instance.id, stage_id)
            if task.state not in FINAL and task.state != State.WAITING and task.last_day and not task.by_hand
            and anchor_done_at(self.blueprint, stage_id, task.period, task.unit, progress) is None
        ]  # fmt: skip
        if rows:
            machine.amend(self.connection, "date", rows, self.act)

    def closed(self, task: TaskRow) -> dict[str, Any]:
        """The columns of a task that waits again: no date that hung on its predecessor, all rungs unmade."""
        return {
            **(self.undated() if self.hangs_on_completion(task.stage) else {}),
            "opened_at": None,
            "swept_at": None,
            "next_action_at": next_look_at(task.approximate, task.opens_at, self.act.happened_at),
            "deadline_version": task.deadline_version + 1,
        }


def refuse_closed(instance: InstanceRow) -> None:
    """Raises Conflict where the instance was closed."""
    if instance.closed_at is not None:
        text = _("{name} was closed on {day}: nothing changes in it any more (kh undo of its closing opens it again)")
        raise Conflict(text.format(name=instance.name, day=shown_day(local_date(instance.closed_at))))


def rearmed(task: TaskRow, moment: datetime) -> dict[str, Any]:
    """The columns of a new deadline version: passed rungs stay passed, future ones are armed again.

    A task that was never swept keeps its opening notice: its passed rungs lie before the opening anyway.
    """
    swept = {} if task.swept_at is None else {"swept_at": max(moment, task.swept_at)}
    return {"deadline_version": task.deadline_version + 1, "next_action_at": moment, **swept}


def by_instance(tasks: Iterable[TaskRow]) -> dict[str, list[TaskRow]]:
    found: dict[str, list[TaskRow]] = defaultdict(list)
    for task in tasks:
        found[task.instance].append(task)
    return found
