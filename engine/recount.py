"""When days are announced, what was counted in working days moves: durations, openings and reminders of running tasks.

Fixed dates stay: those the document writes, and those a person set.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from engine import machine, store
from engine.almanac import Almanac
from engine.calendar import Calendar
from engine.dates import Dates, Stretch, opens_on, project
from engine.deadlines import Occurrence, Relative
from engine.escalation import rungs_of, timeline
from engine.gates import Progress, next_look_at
from engine.ladders import Rung, Timeline, days_due
from engine.machine import Act
from engine.office import Office
from engine.plan.blueprint import Blueprint
from engine.rows import InstanceRow, TaskRow
from engine.settle import Settling, rearmed
from engine.states import FINAL, State

Shift = tuple[str, date, date]  # what moved (`deadline`, `opening`, a rung), from, to
Shifts = tuple[Shift, ...]
DEADLINE, OPENING = "deadline", "opening"
A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Shifted:
    """A task of which something moved."""

    task: str
    shifts: Shifts


class Recount:
    """One instance, counted again after `before` became `after`, in the caller's transaction."""

    def __init__(
        self,
        office: Office,
        connection: Connection,
        instance: InstanceRow,
        act: Act,
        *,
        before: Almanac,
        after: Almanac,
    ):
        self.connection, self.act = connection, act
        self.settling = Settling(office, connection, instance, act, after)
        self.counted = Settling(office, connection, instance, act, before)
        self.blueprint = self.settling.blueprint

    def run(self) -> Iterator[Shifted]:
        """Write what moved, each task with its entry; each stage after the one its date hangs on."""
        for stage_id in self.blueprint.stage_order():
            tasks = store.stage_tasks(self.connection, self.settling.instance.id, stage_id)
            running = [task for task in tasks if task.state not in FINAL]
            self.settling.register.load(task.unit for task in running)
            yield from self.stage(stage_id, [task for task in running if self.is_concerned(task)])

    def is_concerned(self, task: TaskRow) -> bool:
        return self.counted.calendar(task.unit).swaps != self.settling.calendar(task.unit).swaps

    def stage(self, stage_id: str, tasks: Sequence[TaskRow]) -> Iterator[Shifted]:
        progress = self.settling.progress(stage_id) if tasks else None
        groups: dict[Shifts, list[tuple[TaskRow, dict[str, Any]]]] = defaultdict(list)
        for task in tasks:
            assert progress is not None
            shifts, columns = self.shift(task, progress)
            if shifts:
                groups[shifts].append((task, columns))
        for shifts, rows in groups.items():
            moved = [{"what": what, "from": old.isoformat(), "to": new.isoformat()} for what, old, new in shifts]
            machine.amend(self.connection, "calendar", rows, self.act, {"moved": moved})
            yield from (Shifted(task.selector, shifts) for task, _columns in rows)

    def shift(self, task: TaskRow, progress: Progress) -> tuple[Shifts, dict[str, Any]]:
        """What moves for one task, and its new columns."""
        columns = self.dates(task, progress)
        fresh = task._replace(**columns)
        shifts: list[Shift] = []
        if task.last_day and fresh.last_day and fresh.last_day != task.last_day:
            shifts.append((DEADLINE, task.last_day, fresh.last_day))
        if task.state == State.WAITING:
            opening, changes = self.opening(task, fresh)
            return (*shifts, *opening), {**columns, **changes}
        reminders = _reminders(
            rungs_of(self.blueprint, task.stage),
            timeline(self.blueprint, task), self.counted.calendar(task.unit),
            timeline(self.blueprint, fresh), self.settling.calendar(task.unit), task.swept_at,
        )  # fmt: skip
        if reminders and not columns:
            columns = {"next_action_at": self.act.happened_at, "swept_at": self.swept(task, reminders)}
        return (*shifts, *reminders), columns

    def dates(self, task: TaskRow, progress: Progress) -> dict[str, Any]:
        """The date columns as they are counted now; nothing where the last day stays."""
        columns = self.counted_now(task, progress) if task.last_day else {}
        return columns if columns.get("last_day") not in (None, task.last_day) else {}

    def counted_now(self, task: TaskRow, progress: Progress) -> dict[str, Any]:
        stage = self.blueprint.plan.stages[task.stage]
        if task.by_hand:
            return {}
        if self.settling.hangs_on_completion(task.stage):
            return self.settling.dated(task, progress)
        if isinstance(self.blueprint.due(task.stage).deadline, Relative):
            leader = self.blueprint.anchor(task.stage)
            anchors = store.stage_tasks(self.connection, task.instance_id, leader) if leader else []
            return self.settling.hung(task, anchors)
        if stage.roll:
            calendar = self.settling.calendar(task.unit)
            _occurrence, dates = _projected(self.blueprint, calendar)[task.stage, task.period]
            columns = dates.columns(calendar, never_overdue=stage.never_overdue)
            return {**columns, **rearmed(task, self.act.happened_at)}
        return {}

    def opening(self, task: TaskRow, fresh: TaskRow) -> tuple[Shifts, dict[str, Any]]:
        """The day a waiting task opens, where it is counted in working days or its deadline moved."""
        occurrence = self.occurrence(task)
        old, new = (
            opens_on(self.blueprint, row.stage, occurrence, row.last_day, settling.calendar(row.unit))
            for row, settling in ((task, self.counted), (fresh, self.settling))
        )
        if old is None or new is None or old == new:
            return (), {"next_action_at": self.looked_at(fresh, task.opens_at)}
        opens_at = self.settling.calendar(task.unit).opening_of(new)
        return ((OPENING, old, new),), {"opens_at": opens_at, "next_action_at": self.looked_at(fresh, opens_at)}

    def looked_at(self, task: TaskRow, opens_at: datetime | None) -> datetime | None:
        return next_look_at(task.approximate, opens_at, self.act.happened_at)

    def occurrence(self, task: TaskRow) -> Occurrence | None:
        found = self.blueprint.occurrences(task.stage) or ()
        return next((item for item in found if item.period == task.period), None)

    def swept(self, task: TaskRow, reminders: Shifts) -> datetime | None:
        """How far the sweep has come: not so far that a reminder moved back behind it would be passed over.

        Those decided already stay decided: a decision is made once.
        """
        if task.swept_at is None:
            return None
        calendar = self.settling.calendar(task.unit)
        return min(task.swept_at, *(calendar.opening_of(new) - A_MOMENT for _rung, _old, new in reminders))


@lru_cache(maxsize=64)
def _projected(blueprint: Blueprint, calendar: Calendar) -> dict[Stretch, tuple[Occurrence | None, Dates]]:
    return project(blueprint, calendar)


@lru_cache(maxsize=4096)
def _reminders(
    rungs: tuple[Rung, ...],
    old: Timeline,
    counted: Calendar,
    new: Timeline,
    counting: Calendar,
    since: datetime | None,
) -> Shifts:
    """The next reminder of each rung still to come, where its day moved; tasks of one stage share the answer."""
    found = []
    for rung in rungs:
        coming = _coming(rung, old, counted, since)
        if coming is None:
            continue
        day, occurrence = coming
        moved = next((other for other, number in days_due(rung, new, counting) if number == occurrence), day)
        if moved != day:
            found.append((rung.id, day, moved))
    return tuple(found)


def _coming(rung: Rung, times: Timeline, calendar: Calendar, since: datetime | None) -> tuple[date, int] | None:
    due = days_due(rung, times, calendar)
    return next(((day, number) for day, number in due if since is None or calendar.opening_of(day) > since), None)
