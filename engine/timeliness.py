"""What the clock says about a task: derived, never stored."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.calendar import Calendar
from engine.clock import local_date
from engine.i18n import N_, _
from engine.plan.model import Stage
from engine.rows import AlikeRow, TaskRow
from engine.states import DROPPED, TO_HAND_IN, State

DUE_SOON_WORKING_DAYS = 3


class Timeliness(StrEnum):
    UNDATED = "undated"
    DATE_OPEN = "date_open"
    IN_TIME = "in_time"
    DUE_SOON = "due_soon"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    DONE_ON_TIME = "done_on_time"
    DONE_LATE = "done_late"
    ONGOING = "ongoing"


LABELS = {
    Timeliness.UNDATED: N_("no date"),
    Timeliness.DATE_OPEN: N_("date not fixed"),
    Timeliness.IN_TIME: N_("in time"),
    Timeliness.DUE_SOON: N_("due soon"),
    Timeliness.DUE_TODAY: N_("due today"),
    Timeliness.OVERDUE: N_("overdue"),
    Timeliness.DONE_ON_TIME: N_("done on time"),
    Timeliness.DONE_LATE: N_("done late"),
    Timeliness.ONGOING: N_("ongoing"),
}

# The 2×2 every official expects, and what cannot be judged: each task but dropped and ongoing ones is in one cell.
CELLS = {
    Timeliness.DONE_ON_TIME: "done_on_time",
    Timeliness.DONE_LATE: "done_late",
    Timeliness.IN_TIME: "open_in_time",
    Timeliness.DUE_SOON: "open_in_time",
    Timeliness.DUE_TODAY: "open_in_time",
    Timeliness.OVERDUE: "open_overdue",
    Timeliness.UNDATED: "undated",
    Timeliness.DATE_OPEN: "undated",
}


@dataclass(frozen=True, slots=True)
class Standing:
    timeliness: Timeliness
    days_late: int  # calendar days after the last day, at least 1 if late


def label(timeliness: str) -> str:
    return _(LABELS[Timeliness(timeliness)])


def standing(task: TaskRow | AlikeRow, stage: Stage, now: datetime, calendar: Calendar) -> Standing:
    """How a task stands at an instant. What was handed in is judged by its arrival, accepted yet or not.

    A suspended task is never overdue.
    """
    if stage.type == "ongoing":
        return Standing(Timeliness.ONGOING, 0)
    if task.state == State.SUSPENDED:
        return Standing(Timeliness.IN_TIME if task.last_day else _open(task, now, calendar), 0)
    done = task.state == State.COMPLETED
    handed_in = task.submitted_at if done or task.state == State.SUBMITTED else None
    moment = handed_in or now
    if task.overdue_at is not None and moment >= task.overdue_at and task.state not in DROPPED:
        return Standing(Timeliness.DONE_LATE if done else Timeliness.OVERDUE, days_late(task, moment, calendar))
    return Standing(Timeliness.DONE_ON_TIME if done else _open(task, now, calendar), 0)


def is_overdue(task: TaskRow, now: datetime) -> bool:
    """Is the work itself still owed after its time?"""
    return task.overdue_at is not None and now >= task.overdue_at and task.state in TO_HAND_IN


def days_late(task: TaskRow | AlikeRow, moment: datetime, calendar: Calendar) -> int:
    """Calendar days after the last day, without suspended ones; at least 1."""
    last_day = task.late_from or task.last_day
    assert last_day is not None
    return max(1, (local_date(moment, calendar.zone) - last_day).days - task.paused_days)


def _open(task: TaskRow | AlikeRow, now: datetime, calendar: Calendar) -> Timeliness:
    if task.last_day is None:
        return Timeliness.DATE_OPEN if task.approximate else Timeliness.UNDATED
    today = local_date(now, calendar.zone)
    if task.last_day == today:
        return Timeliness.DUE_TODAY
    near = today < task.last_day and calendar.working_days_between(today, task.last_day) <= DUE_SOON_WORKING_DAYS
    return Timeliness.DUE_SOON if near else Timeliness.IN_TIME
