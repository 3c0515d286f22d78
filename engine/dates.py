"""From a stage's deadline to the dates of its tasks, given what is known of its anchor."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time
from typing import Any

from engine.calendar import Calendar
from engine.clock import day_after, instant_of
from engine.deadlines import Day, Deadline, Occurrence, Period, Recurring, Relative, Window
from engine.ladders import moved
from engine.plan.blueprint import Blueprint


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a relative deadline hangs on: the day something is due (or, provisionally, may begin), or was done."""

    day: date
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of one task, named as the columns of `task` are."""

    named: date | None = None
    last_day: date | None = None
    due_time: time | None = None
    from_on: date | None = None
    to_on: date | None = None
    approximate: bool = False
    provisional: bool = False

    def columns(self, calendar: Calendar, *, never_overdue: bool) -> dict[str, Any]:
        return {
            "named": self.named, "last_day": self.last_day, "due_time": self.due_time, "from_on": self.from_on,
            "to_on": self.to_on, "approximate": self.approximate, "provisional": self.provisional,
            "overdue_at": None if never_overdue or self.provisional else self.overdue_at(calendar),
        }  # fmt: skip

    def overdue_at(self, calendar: Calendar) -> datetime | None:
        """The instant lateness begins: midnight after the last day, or the time of day."""
        if self.last_day is None:
            return None
        if self.due_time is not None:
            return instant_of(self.last_day, self.due_time, calendar.zone)
        return instant_of(day_after(self.last_day), time(0), calendar.zone)


def dates_of(
    deadline: Deadline | None,
    occurrence: Occurrence | None,
    anchor: Anchor | None,
    calendar: Calendar,
    roll: str | None,
) -> Dates:
    """The dates a deadline gives a task; nothing where it depends on what has not happened yet."""
    found = _unrolled(deadline, occurrence, anchor, calendar)
    if roll == "next" and found.last_day is not None:
        return replace(found, last_day=calendar.next_working(found.last_day))
    return found


def _unrolled(
    deadline: Deadline | None, occurrence: Occurrence | None, anchor: Anchor | None, calendar: Calendar
) -> Dates:
    if isinstance(deadline, Day):
        return Dates(deadline.named, deadline.last_day, deadline.time)
    if isinstance(deadline, Window):
        return Dates(from_on=deadline.start, to_on=deadline.end, approximate=True)
    if isinstance(deadline, Period):
        return Dates(None, deadline.end, deadline.time, deadline.start, deadline.end)
    if isinstance(deadline, Relative):
        if anchor is None:
            return Dates()
        day = deadline.resolve(anchor.day, calendar)
        return Dates(day, day, deadline.time, provisional=anchor.provisional)
    if occurrence is not None:
        time_of_day = deadline.time if isinstance(deadline, Recurring) else None
        approximate = occurrence.last_day is None and occurrence.to is not None
        return Dates(occurrence.named, occurrence.last_day, time_of_day, occurrence.from_, occurrence.to, approximate)
    return Dates()


def opens_on(
    blueprint: Blueprint, stage_id: str, occurrence: Occurrence | None, last_day: date | None, calendar: Calendar
) -> date | None:
    """The day a task waits for: only what recurs, or says `opens:`, has one.

    It is `opens` before the deadline; without a deadline the first day of the period, and none at all for a follower,
    which waits for its leader.
    """
    stage = blueprint.plan.stages[stage_id]
    if last_day is not None and (occurrence or stage.opens):
        return moved(last_day, blueprint.opening_offset(stage), calendar)
    if last_day is None and occurrence and not blueprint.waits(stage_id):
        return occurrence.start
    return None


def anchor_of(deadline: Deadline | None, tasks: list[Mapping[str, Any]], reached_on: date | None) -> Anchor | None:
    """What a deadline hangs on, from the tasks of its anchor stage.

    `sau` counts from actual completion; `trước` from the date in force (the named one where it is exclusive),
    else, provisionally, from the start of the window.
    """
    if not isinstance(deadline, Relative):
        return None
    if deadline.anchor_day:
        return Anchor(deadline.anchor_day)
    if deadline.direction == "after" and deadline.amount:
        return Anchor(reached_on) if reached_on else None
    fixed = [task["named"] or task["last_day"] for task in tasks if task["last_day"]]
    if fixed:
        return Anchor(min(fixed), any(task["provisional"] for task in tasks))
    windows = [task["from_on"] for task in tasks if task["from_on"]]
    return Anchor(min(windows), provisional=True) if windows else None


Stretch = tuple[str, str]  # stage, period


def project(blueprint: Blueprint, calendar: Calendar) -> dict[Stretch, tuple[Occurrence | None, Dates]]:
    """The dates of every stage and period as far as the plan alone gives them, each after the one it hangs on."""
    found: dict[Stretch, tuple[Occurrence | None, Dates]] = {}
    for stage_id in blueprint.stage_order():
        deadline = blueprint.due(stage_id).deadline
        leader = blueprint.anchor(stage_id)
        for occurrence in blueprint.occurrences(stage_id) or (None,):
            period = occurrence.period if occurrence else ""
            led = found.get((leader, period)) or found.get((leader, "")) if leader else None
            anchor = anchor_of(deadline, [asdict(led[1])] if led else [], None)
            roll = blueprint.plan.stages[stage_id].roll
            found[stage_id, period] = occurrence, dates_of(deadline, occurrence, anchor, calendar, roll)
    return found
