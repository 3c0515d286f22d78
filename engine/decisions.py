"""Whether a notice that fell due is sent, and if not why: pure functions and one table of reasons."""

from dataclasses import dataclass
from datetime import datetime

from engine.calendar import Calendar
from engine.clock import local_date
from engine.i18n import N_
from engine.ladders import Rung
from engine.rows import DecisionRow, SilenceRow, TaskRow
from engine.states import DROPPED, HALTED, OPEN, TO_HAND_IN, State

SETTLING_IN = 3  # working days after opening in which no reminder is worth sending
SEND = "send"


@dataclass(frozen=True, slots=True)
class Reason:
    """How a decision ends, and why in words an inspector reads."""

    outcome: str
    text: str


REASONS = {
    "before-opening": Reason(
        "before-opening", N_("the rung fell due before the task was open, or within three working days after")
    ),
    "nobody-above": Reason(
        "cancelled", N_("nobody stands above the unit: it stops at severity 1, with the coordinator")
    ),
    "closed": Reason("cancelled", N_("the plan was closed")),
    "amended": Reason("cancelled", N_("the plan was amended: the ladder has this rung no more")),
    "dropped": Reason("cancelled", N_("the duty was dropped, or waits for its turn again")),
    "suspended": Reason("cancelled", N_("the task was suspended")),
    "transferring": Reason("cancelled", N_("the unit had ended; the task waits for its successor")),
    "handed-over": Reason("cancelled", N_("the task was handed over: from then on its new unit is written to")),
    "ended": Reason("undeliverable", N_("the recipient has ended, or does not exist yet")),
    "redated": Reason("cancelled", N_("the date in force changed: its own rungs count")),
    "done": Reason("done", N_("the task was done by then")),
    "acknowledged": Reason("done", N_("the unit had taken the task up")),
    "dated": Reason("done", N_("the date was fixed by then")),
    "superseded": Reason("superseded", N_("a higher rung for the same task and recipient went out instead")),
    "silenced": Reason("silenced", N_("silenced")),
    "muted": Reason("muted", N_("the same message lists the whole stage")),
    "undeliverable": Reason("undeliverable", N_("the recipient has no contact")),
    "reached": Reason("done", N_("the unit was reached after all")),
    "sent": Reason("sent", N_("accepted on the way to the recipient")),
}


def is_too_early(rung: Rung, at: datetime, task: TaskRow, calendar: Calendar) -> bool:
    """Did a rung fall due before the task was really open? Then it is dropped."""
    if rung.condition == "not-fixed":
        return False
    if task.opened_at is None or at < task.opened_at:
        return True
    if rung.when.anchor == "deadline" and rung.when.direction == "before" and rung.when.amount:
        opened, day = (local_date(moment, calendar.zone) for moment in (task.opened_at, at))
        return calendar.working_days_between(opened, day) < SETTLING_IN
    return False


# A rung that counts from a submission speaks of one that still lies there; from a return, of one not answered yet.
_STANDS_IN = {"submission": State.SUBMITTED, "return": State.RETURNED}


def decide(rung: Rung, decision: DecisionRow, task: TaskRow, now: datetime, silence: SilenceRow | None = None) -> str:
    """SEND, or the key in REASONS that ends the decision now."""
    if rung.condition == "always":
        return SEND
    if rung.condition == "to-hand-over":
        return SEND if task.state == State.TRANSFERRING else "done"
    if task.state in DROPPED or (task.state == State.WAITING and rung.condition != "not-fixed"):
        return "dropped"
    if task.state in HALTED:
        return task.state
    if decision.deadline_version != task.deadline_version and rung.when.anchor != "opening":
        return "redated"
    if task.state != _STANDS_IN.get(rung.when.anchor, task.state):
        return "done"
    settled = _settled(rung, task, now)
    if settled:
        return settled
    return "silenced" if silence else SEND


def _settled(rung: Rung, task: TaskRow, now: datetime) -> str | None:
    """Why nothing is owed any more that the rung asks for; None where it is."""
    match rung.condition:
        case "not-acknowledged":
            return None if task.state == State.ASSIGNED or _lapsed(task, now) else "acknowledged"
        case "not-submitted":
            return None if task.state in TO_HAND_IN else "done"
        case "undated":
            return None if task.state in OPEN and task.last_day is None else "dated"
        case "not-fixed":
            return None if task.state in OPEN and task.approximate else "dated"
        case _ if rung.when.anchor == "opening" and not rung.when.amount:
            return None if task.state in TO_HAND_IN else "done"
        case _:
            return None if task.state in OPEN else "done"


def _lapsed(task: TaskRow, now: datetime) -> bool:
    """Was the task taken up so long ago that the acknowledgement counts no more?"""
    return task.state == State.IN_PROGRESS and task.acked_until is not None and task.acked_until <= now
