"""What a deadline means: eight frozen kinds and their pure functions over days, anchors and the calendar."""

import calendar as months
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, ClassVar, Protocol

MonthDay = tuple[int, int]
TimeOfDay = time  # the fields below are named `time`
ONE_DAY = timedelta(days=1)


class WorkingDays(Protocol):
    """What an amount of time needs of a calendar (engine.calendar.Calendar has it)."""

    def next_working(self, day: date) -> date: ...

    def add_working(self, day: date, n: int) -> date: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """The phrase as written, which parts were inferred (`year`, `period`, `amount`), and warnings for the reader."""

    kind: ClassVar[str] = ""
    phrase: str
    inferred: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(Meaning):
    """One day. Exclusive: the named day is too late, unless a time of day is given."""

    kind: ClassVar[str] = "date"
    named: date
    exclusive: bool = False
    time: TimeOfDay | None = None
    tentative: bool = False

    @property
    def last_day(self) -> date:
        return last_good(self.named, self.exclusive, self.time)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Meaning):
    """About some days, both ends in it: no last good day until somebody fixes one."""

    kind: ClassVar[str] = "window"
    start: date
    end: date
    tentative: bool = False
    time: TimeOfDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period(Meaning):
    """A stretch of days, both ends in it."""

    kind: ClassVar[str] = "period"
    start: date
    end: date
    time: TimeOfDay | None = None  # of the last day

    @property
    def last_day(self) -> date:
        return self.end


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One period of a recurrence: `start` and `end` bound the period, `from_` and `to` the window in it."""

    period: str
    start: date
    end: date
    named: date | None
    last_day: date | None
    from_: date | None
    to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring(Meaning):
    """Again and again.

    `dates` are the (month, day) pairs of one year that end each turn, none where no day is given; days 29 to 31 shrink
    to the month's end. `starts` open the windows that `dates` close; a window may begin in the period before.
    `exclusive` is None where no single day is named. `every` is None by occasion, whose name is `anchor`.
    """

    kind: ClassVar[str] = "recurring"
    every: str | None
    issued: date
    dates: tuple[MonthDay, ...] = ()
    starts: tuple[MonthDay, ...] = ()
    exclusive: bool | None = None
    time: TimeOfDay | None = None
    approximate: bool = False
    tentative: bool = False
    anchor: str | None = None
    since: date | None = None
    until: date | None = None

    @property
    def first(self) -> Occurrence | None:
        """The first turn whose last good day is not before the issue date; None where no day is given."""
        if not self.dates and self.exclusive is None:
            return None
        horizon = _safe_year(self.issued.year + 9)
        turns = self.occurrences(self.issued, date(horizon, 12, 31))
        return next((turn for turn in turns if (turn.last_day or turn.to or turn.end) >= self.issued), None)

    def occurrences(self, first: date, last: date) -> Iterator[Occurrence]:
        """Every turn whose named day (a window's last day; undated: any day of the period) lies in [first, last]."""
        low, high = max(first, self.since or first), min(last, self.until or last)
        if low > high:
            return
        if self.every == "day":
            yield from self._daily(low, high)
        elif self.dates:
            yield from self._dated(low, high)
        elif self.every:
            yield from self._undated(low, high)

    def _daily(self, low: date, high: date) -> Iterator[Occurrence]:
        for ordinal in range(low.toordinal(), high.toordinal() + 1):
            day = date.fromordinal(ordinal)
            named = None if self.exclusive is None else day
            yield Occurrence(day.isoformat(), day, day, named, named, None, None)

    def _dated(self, low: date, high: date) -> Iterator[Occurrence]:
        for year in range(low.year, high.year + 1):
            for index in range(len(self.dates)):
                turn = self._turn(year, index)
                if low <= (turn.named or turn.to or turn.end) <= high:
                    yield turn

    def _turn(self, year: int, index: int) -> Occurrence:
        end = clamped(year, self.dates[index])
        name, first, last = self._period(end)
        if self.exclusive is not None:
            return Occurrence(name, first, last, end, last_good(end, self.exclusive, self.time), None, None)
        start = clamped(year, self.starts[index])
        if start > end:  # it began with the turn before: the last one of the year before, for the first of a year
            start = clamped(year if index else _safe_year(year - 1), self.starts[index - 1])
        return Occurrence(name, first, last, None, None if self.approximate else end, start, end)

    def _period(self, day: date) -> tuple[str, date, date]:
        unit = self.every or "year"
        if unit == "year" and len(self.dates) > 1:
            crowded = len({month for month, _ in self.dates}) < len(self.dates)
            unit = "day" if crowded else "month"
        return period_of(day, unit)

    def _undated(self, low: date, high: date) -> Iterator[Occurrence]:
        day = low
        while day <= high:
            name, start, end = period_of(day, self.every or "year")
            yield Occurrence(name, start, end, None, None, None, None)
            if end == date.max:
                return
            day = end + ONE_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative(Meaning):
    """So much time before or after an anchor; amount 0 is the anchor's own day.

    `trước hoi-nghi` without an amount is read as one day before, marked inferred. `anchor_day` is set where the phrase
    itself dates the anchor.
    """

    kind: ClassVar[str] = "relative"
    amount: int
    unit: str  # day | working-day | week | month
    direction: str  # before | after
    anchor: str
    anchor_is_stage: bool = False
    anchor_day: date | None = None
    time: TimeOfDay | None = None

    def resolve(self, anchor_day: date, calendar: WorkingDays) -> date:
        """The last good day. The anchor's day is not counted; only a count forward moves off a day off."""
        if not self.amount:
            return anchor_day
        sign = 1 if self.direction == "after" else -1
        if self.unit == "working-day":
            return calendar.add_working(anchor_day, sign * self.amount)
        day = shifted(anchor_day, sign * self.amount, self.unit)
        return calendar.next_working(day) if sign > 0 else day

    def last_day(self, calendar: WorkingDays) -> date | None:
        """The last good day, where the phrase itself dates the anchor."""
        return self.resolve(self.anchor_day, calendar) if self.anchor_day else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Meaning):
    """At a happening that is no stage of the plan."""

    kind: ClassVar[str] = "event"
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Open(Meaning):
    """No date at all: in good time, on demand."""

    kind: ClassVar[str] = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference(Meaning):
    """A date set elsewhere."""

    kind: ClassVar[str] = "reference"


Deadline = Day | Window | Period | Recurring | Relative | Event | Open | Reference


def last_good(named: date, exclusive: bool, at: time | None) -> date:
    """The day before an exclusive date; the date itself where it is inclusive or carries a time of day."""
    return named - ONE_DAY if exclusive and at is None else named


def clamped(year: int, day: MonthDay) -> date:
    """This day of a year, or the last of its month where the month is shorter."""
    return date(year, day[0], min(day[1], months.monthrange(year, day[0])[1]))


def _safe_year(year: int) -> int:
    return max(1, min(year, 9999))


def shifted(day: date, amount: int, unit: str) -> date:
    """So many days, weeks or months later; a month later than the 31st is the end of a shorter month."""
    if unit != "month":
        return day + timedelta(days=amount * (7 if unit == "week" else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + amount, 12)
    return clamped(year, (month + 1, day.day))


LENGTHS = {"year": 12, "half-year": 6, "quarter": 3, "month": 1}  # of a period, in months
_NAMES: dict[str, Callable[[date, int], str]] = {
    "year": lambda day, _turn: f"{day.year:04}",
    "half-year": lambda day, turn: f"{day.year:04}-H{turn}",
    "quarter": lambda day, turn: f"{day.year:04}-Q{turn}",
    "month": lambda day, turn: f"{day.year:04}-{turn:02}",
}


def period_of(day: date, unit: str) -> tuple[str, date, date]:
    """The name, first and last day of the year, half-year, quarter, month or day a day belongs to."""
    if unit == "day":
        return day.isoformat(), day, day
    length = LENGTHS[unit]
    turn = (day.month - 1) // length + 1
    end = clamped(day.year, (turn * length, 31))
    return _NAMES[unit](day, turn), date(day.year, end.month - length + 1, 1), end


# ---- One JSON object for any of them --------------------------------------------------------------------------------

KEYS = (
    *("phrase", "kind", "exclusive", "named", "last_day", "time", "from", "to", "approximate", "tentative"),
    *("every", "dates", "until", "amount", "unit", "direction", "anchor", "inferred", "warnings"),
)


def _day(it: Day) -> dict[str, Any]:
    return _fields(it, "exclusive", "named", "last_day", "time", "tentative") | {"approximate": False}


def _window(it: Window) -> dict[str, Any]:
    return _fields(it, "time", "tentative") | {"from": it.start, "to": it.end, "approximate": True}


def _period(it: Period) -> dict[str, Any]:
    firm = {"exclusive": False, "approximate": False, "tentative": False}
    return firm | {"last_day": it.last_day, "time": it.time, "from": it.start, "to": it.end}


def _recurring(it: Recurring) -> dict[str, Any]:
    facts = _fields(it, "exclusive", "time", "every", "until", "approximate", "tentative", "anchor")
    facts["dates"] = [f"{month:02}-{day:02}" for month, day in it.dates] if len(it.dates) > 1 else None
    if turn := it.first:
        facts |= {"named": turn.named, "last_day": turn.last_day, "from": turn.from_, "to": turn.to}
    return facts


def _relative(it: Relative) -> dict[str, Any]:
    return _fields(it, "amount", "unit", "direction", "anchor", "time")


def _anchored(it: Event) -> dict[str, Any]:
    return _fields(it, "anchor")


def _undated(_it: Open | Reference) -> dict[str, Any]:
    return {}


FACTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "date": _day,
    "window": _window,
    "period": _period,
    "recurring": _recurring,
    "relative": _relative,
    "event": _anchored,
    "open": _undated,
    "reference": _undated,
}


def _fields(it: Meaning, *names: str) -> dict[str, Any]:
    return {name: getattr(it, name) for name in names}


def explain(deadline: Deadline, calendar: WorkingDays) -> dict[str, object]:
    """What `kh explain --json` prints: every key in order, dates in ISO form, None where a key does not apply."""
    facts = {"phrase": deadline.phrase, "kind": deadline.kind, **FACTS[deadline.kind](deadline)}
    if isinstance(deadline, Relative):
        facts["last_day"] = deadline.last_day(calendar)
    facts |= {"inferred": list(deadline.inferred), "warnings": list(deadline.warnings)}
    return {key: _plain(facts.get(key)) for key in KEYS}


def _plain(value: object) -> object:
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value.isoformat() if isinstance(value, date) else value
