"""What a deadline phrase means, in words: one sentence, the last good day, and whether anybody works then."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from itertools import islice
from typing import TYPE_CHECKING

from engine.calendar import Calendar
from engine.clock import shown_day
from engine.deadlines import Day, Deadline, Event, Open, Period, Recurring, Reference, Relative, Window
from engine.i18n import N_, _, counted

if TYPE_CHECKING:
    from engine.plan.blueprint import Blueprint

WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
UNITS: dict[str, Callable[[int], str]] = {
    "day": lambda n: counted("{n} day", "{n} days", n),
    "working-day": lambda n: counted("{n} working day", "{n} working days", n),
    "week": lambda n: counted("{n} week", "{n} weeks", n),
    "month": lambda n: counted("{n} month", "{n} months", n),
}
EVERY = {
    "day": N_("every day"),
    "month": N_("every month"),
    "quarter": N_("every quarter"),
    "half-year": N_("every half-year"),
    "year": N_("every year"),
}
# What a phrase leaves to its reader, by the words of `Deadline.inferred`; the first turn of a recurrence is no matter.
INFERRED = {
    "year": N_("no year is written: the first that fits is taken"),
    "amount": N_("no amount of time is written: one day is taken"),
}
MOST_DATES = 60


@dataclass(frozen=True)
class Explained:
    """A phrase in words. `days` are the last good days still to come, the only one where it happens once."""

    phrase: str
    sentence: str
    days: tuple[str, ...]
    inferred: tuple[str, ...]
    warnings: tuple[str, ...]


def in_words(deadline: Deadline, calendar: Calendar, until: date | None = None) -> Explained:
    """Explain a phrase; of a recurring one every date up to `until` (or the first few)."""
    days = [_good_day(day, calendar) for day in _last_days(deadline, calendar, until)]
    inferred = [_(INFERRED[what]) for what in deadline.inferred if what in INFERRED]
    return Explained(deadline.phrase, _sentence(deadline), tuple(days), tuple(inferred), deadline.warnings)


def plan_in_words(blueprint: "Blueprint", calendar: Calendar) -> list[tuple[str, str, Explained]]:
    """(stage, deadline or inferred, explained) for every phrase of a plan. Raises PhraseError."""
    until = blueprint.plan.span_days[1]
    return [
        (stage_id, key, in_words(blueprint.read_phrase(phrase), calendar, until))
        for stage_id, stage in blueprint.plan.stages.items()
        for key, phrase in (("deadline", stage.deadline), ("inferred", stage.inferred))
        if phrase
    ]


def written(day: date) -> str:
    """A day with its weekday: Sunday 29/03/2020."""
    return f"{_(WEEKDAYS[day.weekday()])} {shown_day(day)}"


def _clock(moment: time) -> str:
    return moment.isoformat("minutes")


def _until(moment: time | None) -> str:
    return _(", until {time}").format(time=_clock(moment)) if moment else ""


def _last_days(deadline: Deadline, calendar: Calendar, until: date | None) -> Iterator[date]:
    if isinstance(deadline, Day | Period):
        yield deadline.last_day
    elif isinstance(deadline, Relative) and (day := deadline.last_day(calendar)):
        yield day
    elif isinstance(deadline, Recurring) and until is not None:
        turns = deadline.occurrences(deadline.issued, until)
        yield from islice((turn.last_day for turn in turns if turn.last_day), MOST_DATES)
    elif isinstance(deadline, Recurring) and deadline.first and deadline.first.last_day:
        yield deadline.first.last_day


def _good_day(day: date, calendar: Calendar) -> str:
    why = calendar.day_off_name(day)
    if why is None:
        return written(day)
    before = calendar.previous_working(day)
    text = _("{day} – a day off ({why}); the last working day before it is {before}")
    return text.format(day=written(day), why=why, before=written(before))


def _sentence(deadline: Deadline) -> str:
    match deadline:
        case Day():
            return _day(deadline)
        case Window() if deadline.start == deadline.end:
            return _("about {day}; the day must still be fixed").format(day=written(deadline.start))
        case Window():
            text = _("some time between {first} and {last}; the day must still be fixed")
            return text.format(first=written(deadline.start), last=written(deadline.end))
        case Period():
            text = _("within a period: from {first} to {last}, both included")
            return text.format(first=written(deadline.start), last=written(deadline.end)) + _until(deadline.time)
        case Recurring():
            return _recurring(deadline)
        case Relative():
            return _relative(deadline)
        case Event():
            return _("at a happening that is no stage of the plan: {anchor}").format(anchor=deadline.anchor)
        case Open():
            return _("no date: whenever it is called for")
        case Reference():
            return _("a date set elsewhere: this text gives none")


def _day(deadline: Day) -> str:
    if deadline.time is not None:
        text = _("until {time} on {day}")
        return text.format(time=_clock(deadline.time), day=written(deadline.named))
    if deadline.exclusive:
        text = _("before {named}: the last good day is {last}")
        return text.format(named=written(deadline.named), last=written(deadline.last_day))
    return _("at the latest on {day}").format(day=written(deadline.named))


def _recurring(deadline: Recurring) -> str:
    how_often = _(EVERY[deadline.every]) if deadline.every else _("each year at “{name}”").format(name=deadline.anchor)
    return _recurring_text(deadline).format(how_often=how_often, **_first_turn(deadline))


def _recurring_text(deadline: Recurring) -> str:
    if deadline.first is None:
        return _("again and again, {how_often}; no day is given")
    if deadline.approximate:
        return _("again and again, {how_often}, first some time between {first} and {last}; the day must be fixed")
    if deadline.exclusive is None:
        return _("again and again, {how_often}, within a period, first from {first} to {last}, both included")
    if deadline.time:
        return _("again and again, {how_often}, until {time} on the day named")
    if deadline.exclusive:
        return _("again and again, {how_often}, before the day named")
    return _("again and again, {how_often}, at the latest on the day named")


def _first_turn(deadline: Recurring) -> dict[str, str]:
    """What the sentence about a recurrence may say of its first turn."""
    turn = deadline.first
    days = {"first": turn and turn.from_, "last": turn and turn.to}
    shown = {name: written(day) for name, day in days.items() if day}
    return shown | ({"time": _clock(deadline.time)} if deadline.time else {})


def _relative(deadline: Relative) -> str:
    anchor = written(deadline.anchor_day) if deadline.anchor_day else f"“{deadline.anchor}”"
    if not deadline.amount:
        return _("on the day of {anchor}").format(anchor=anchor)
    amount = UNITS[deadline.unit](deadline.amount)
    text = (
        _("{amount} after {anchor}, its day not counted")
        if deadline.direction == "after"
        else _("{amount} before {anchor}, its day not counted")
    )
    return text.format(amount=amount, anchor=anchor) + _until(deadline.time)
