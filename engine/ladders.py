"""Ladders of reminders and escalations: the rungs as data, the built-in `don-doc`, and when a rung falls due."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from itertools import count
from typing import Any

from engine.calendar import Calendar
from engine.clock import local_date
from engine.deadlines import Duration, Offset, read_offset, shifted
from engine.i18n import N_, _

CONDITIONS = ("not-acknowledged", "not-submitted", "not-accepted", "undated", "not-fixed")
ROLES = (
    "responsible", "head", "with", "coordinator", "submit_to", "through", "parent", "issuer", "chair", "attend",
)  # fmt: skip

# The templates a rung may name, with the label a reader sees.
TEMPLATES = {
    "giao-viec": N_("Assignment"),
    "nhac-viec": N_("Reminder"),
    "tiep-nhan": N_("Received so far"),
    "nhac-qua-han": N_("Overdue reminder"),
    "don-doc": N_("Chasing"),
    "bao-cao-cap-tren": N_("Report to the superior"),
    "giai-trinh": N_("Explanation demanded"),
    "chot-ngay": N_("Date to be fixed"),
    "chua-co-han": N_("No date yet"),
    "ngung-chay": N_("The office stood still"),
    "chuyen-giao": N_("To be handed over to a successor"),
}


@dataclass(frozen=True, slots=True)
class Repeat:
    every: Duration
    at_most: int | None  # how often in all, the first time included; None: without end


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder. `id` is unique in its ladder, e.g. T-7, T+3, opening."""

    id: str
    severity: int
    when: Offset
    to: tuple[str, ...]
    template: str
    condition: str | None = None
    repeat: Repeat | None = None
    letter: bool = False
    release: str = "auto"
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """The dates of one task that rungs hang on. Instants are UTC, days are office days."""

    opened_at: datetime | None
    last_day: date | None
    counts_from: date | None  # the day overdue rungs count from: the named day where it is exclusive
    window_from: date | None
    submitted_at: datetime | None
    returned_at: datetime | None
    grace: Duration | None = None


def label(template: str) -> str:
    return _(TEMPLATES[template])


def rung_id(when: Offset) -> str:
    if not when.amount:
        return {"deadline": "T0"}.get(when.anchor, when.anchor)
    sign = "-" if when.direction == "before" else "+"
    unit = {"working-day": "", "day": "d", "week": "w", "month": "m"}[when.unit]
    anchor = "T" if when.anchor == "deadline" else when.anchor
    return f"{anchor}{sign}{when.amount}{unit}"


def with_unique_ids(rungs: Sequence[Rung]) -> tuple[Rung, ...]:
    """Two rungs at one time get `#2`, `#3` behind the id."""
    seen: dict[str, int] = {}
    named = []
    for rung in rungs:
        seen[rung.id] = seen.get(rung.id, 0) + 1
        named.append(rung if seen[rung.id] == 1 else replace(rung, id=f"{rung.id}#{seen[rung.id]}"))
    return tuple(named)


def make_rung(when: str, severity: int, to: Sequence[str], template: str, **more: Any) -> Rung:
    """A rung from the words of the plan language. Raises PhraseError."""
    offset = read_offset(when)
    return Rung(rung_id(offset), severity, offset, tuple(to), template, **more)


@cache
def built_in(name: str) -> tuple[Rung, ...]:
    """`don-doc`, the system's default (no law fixes its days), or the short ladder of soft duties."""
    return with_unique_ids([make_rung(**row) for row in _BUILT_IN[name]])  # type: ignore[arg-type]


_OWED = {"condition": "not-submitted"}
_BUILT_IN: dict[str, list[dict[str, object]]] = {
    "don-doc": [
        {"severity": 0, "when": "opening", "to": ["responsible"], "template": "giao-viec"},
        *(
            {"severity": 0, "when": f"{n} ngày làm việc trước hạn", "to": ["responsible"], "template": "nhac-viec"}
            | _OWED
            for n in (7, 3, 1)
        ),
        {"severity": 0, "when": "ngày hạn", "to": ["submit_to", "coordinator"], "template": "tiep-nhan", **_OWED},
        {"severity": 1, "when": "1 ngày làm việc sau hạn", "to": ["responsible"], "template": "nhac-qua-han", **_OWED},
        {"severity": 2, "when": "3 ngày làm việc sau hạn", "to": ["responsible", "coordinator"],
         "template": "don-doc", "letter": True, **_OWED},
        {"severity": 3, "when": "5 ngày làm việc sau hạn", "to": ["parent", "coordinator"],
         "template": "bao-cao-cap-tren", **_OWED},
        {"severity": 4, "when": "10 ngày làm việc sau hạn", "to": ["responsible", "head"],
         "template": "giai-trinh", **_OWED},
    ],
    "soft": [
        {"severity": 0, "when": "opening", "to": ["responsible"], "template": "giao-viec"},
        {"severity": 0, "when": "3 ngày làm việc trước hạn", "to": ["responsible"], "template": "nhac-viec", **_OWED},
    ],
    "ongoing": [{"severity": 0, "when": "opening", "to": ["responsible"], "template": "giao-viec"}],
    "none": [],
}  # fmt: skip
BUILT_IN_NAMES = ("don-doc", "none")

# Asked of the coordinator with every ladder but `none`: a date still open, a duty without any (DESIGN §5, §6).
FIX_DATE = Rung(
    "fix-date", 0, Offset(10, "working-day", "before", "deadline"), ("coordinator",), "chot-ngay",
    condition="not-fixed", repeat=Repeat(Duration(1, "week"), None),
)  # fmt: skip
UNDATED = Rung(
    "undated", 0, Offset(1, "month", "after", "opening"), ("coordinator",), "chua-co-han",
    condition="undated", repeat=Repeat(Duration(1, "month"), None),
)  # fmt: skip
SYSTEM_RUNGS = {rung.id: rung for rung in (FIX_DATE, UNDATED)}

# Raised out of turn, by a person (`kh remind`) or by the office after it stood still; no sweep ever makes them.
_AT_ONCE = Offset(0, "day", "after", "opening")
REMIND = Rung("remind", 0, _AT_ONCE, ("responsible",), "nhac-viec", condition="not-submitted", urgent=True)
CHASE = replace(REMIND, id="remind-overdue", severity=1, template="nhac-qua-han")
STOOD_STILL = Rung("stood-still", 0, _AT_ONCE, ("coordinator",), "ngung-chay", condition="always")
HAND_OVER = replace(STOOD_STILL, id="unit-ended", template="chuyen-giao", condition="to-hand-over")
TAKEN_IN = replace(REMIND, id="taken-in", template="giao-viec", urgent=False)  # part of another's work is now its own
ALARMS = frozenset({STOOD_STILL.id, HAND_OVER.id})  # of the system to the coordinator: never in place of another
MANUAL_RUNGS = {rung.id: rung for rung in (REMIND, CHASE, STOOD_STILL, HAND_OVER, TAKEN_IN)}


def days_due(rung: Rung, times: Timeline, calendar: Calendar) -> Iterator[tuple[date, int]]:
    """(office day, occurrence) of a rung, in order; endless where it repeats without a cap.

    What counts back from a day moves back to a working day, all else forward.
    """
    first = _first_day(rung, times, calendar)
    if first is None:
        return
    onto = calendar.previous_working if rung.when.direction == "before" else calendar.next_working
    yield onto(first), 1
    if rung.repeat is None:
        return
    for occurrence in count(2):
        if rung.repeat.at_most is not None and occurrence > rung.repeat.at_most:
            return
        yield onto(shift(first, rung.repeat.every, occurrence - 1, calendar)), occurrence


def _first_day(rung: Rung, times: Timeline, calendar: Calendar) -> date | None:
    """The day itself, worked or not."""
    when = rung.when
    anchor = _anchor_day(rung, times, calendar)
    if anchor is None:
        return None
    if when.anchor == "deadline" and when.direction == "after" and when.amount and times.grace:
        anchor = shift(anchor, times.grace, 1, calendar)
    return moved(anchor, when, calendar)


def _anchor_day(rung: Rung, times: Timeline, calendar: Calendar) -> date | None:
    when = rung.when
    if rung.condition == "not-fixed" and when.anchor == "deadline":
        return times.window_from
    if when.anchor == "deadline":
        return times.last_day if when.amount and when.direction == "before" else times.counts_from
    moment = {"opening": times.opened_at, "submission": times.submitted_at, "return": times.returned_at}[when.anchor]
    return local_date(moment, calendar.zone) if moment else None


def shift(day: date, duration: Duration, times: int, calendar: Calendar) -> date:
    """The day `times` durations later (earlier, where the amount is negative)."""
    amount = duration.amount * times
    if duration.unit == "working-day":
        return calendar.add_working(day, amount)
    return shifted(day, amount, duration.unit)


def moved(day: date, offset: Offset, calendar: Calendar) -> date:
    """The day so long before or after another, worked or not."""
    amount = -offset.amount if offset.direction == "before" else offset.amount
    return shift(day, Duration(amount, offset.unit), 1, calendar)
