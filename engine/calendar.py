"""The working calendar of a Vietnamese office: weekends, holidays, announced swaps and working hours."""

import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from engine.clock import OFFICE_ZONE, instant_of, local_date, zone
from engine.i18n import N_, _, language

SWAPS = Path(__file__).parent / "data" / "swaps.toml"
SATURDAY = 5
ONE_DAY = timedelta(days=1)
Hours = tuple[tuple[time, time], ...]
OFFICE_HOURS: Hours = ((time(7, 30), time(11, 30)), (time(13, 30), time(17)))
WEEKEND_NAMES = {5: N_("Saturday"), 6: N_("Sunday")}


@dataclass(frozen=True, slots=True)
class Announced:
    """A day off, or a weekend day worked, that an announcement sets; `source` is the paper that says so."""

    day: date
    works: bool
    source: str


@cache
def _shipped() -> dict[str, Any]:
    return tomllib.loads(SWAPS.read_text("utf-8"))


def last_confirmed_year() -> int:
    """The last year whose announcement the shipped data know."""
    return int(_shipped()["confirmed_until"])


@cache
def announced() -> Mapping[date, Announced]:
    """The swaps shipped with the program, by day."""
    found: dict[date, Announced] = {}
    for swap in _shipped()["swap"]:
        for works, days in ((False, swap.get("off", [])), (True, swap.get("work", []))):
            found |= {day: Announced(day, works, swap["source"]) for day in days}
    return found


@cache
def _viet_nam() -> Any:
    """The holidays package's class for the country, by its own file: through the package 250 others come along.

    That is a tenth of a second of every command that counts working days. Where there is no such file, they come.
    """
    import holidays

    spec = spec_from_file_location("viet_nam", Path(holidays.__file__).parent / "countries" / "vietnam.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except FileNotFoundError:
        return partial(holidays.country_holidays, "VN")
    return module.Vietnam


@cache
def public_holidays(year: int, tongue: str = "en") -> Mapping[date, str]:
    """The public holidays of a year and their names; empty for years the holidays package has no data for."""
    return dict(_viet_nam()(years=year, language="vi" if tongue == "vi" else "en_US"))


@cache
def worked_weekends(year: int) -> frozenset[date]:
    """The weekend days of a year worked in exchange for a bridge day, as far as the holidays package knows them."""
    known = _viet_nam()(years=(year - 1, year, year + 1))
    return frozenset(day for day in known.weekend_workdays if day.year == year)


@dataclass(slots=True, eq=False)
class Calendar:
    """Which days and hours an office works.

    Every answer is remembered: make one and keep it. `swaps` overrule holidays and weekends. Days are those of `zone`,
    instants are aware.
    """

    zone: str = OFFICE_ZONE
    hours: Hours = OFFICE_HOURS
    swaps: Mapping[date, Announced] = field(default_factory=announced)
    _years: dict[int, tuple[int, ...]] = field(default_factory=dict, init=False, repr=False)
    _works: dict[int, frozenset[int]] = field(default_factory=dict, init=False, repr=False)

    @property
    def work_start(self) -> time:
        return self.hours[0][0]

    # -- days ---------------------------------------------------------------------------------------------------------

    def is_working(self, day: date) -> bool:
        if day.year not in self._works:
            self._works[day.year] = frozenset(self._working(day.year))
        return day.toordinal() in self._works[day.year]

    def day_off_name(self, day: date) -> str | None:
        """Why nobody works that day, in the language in force; None for a working day."""
        if self.is_working(day):
            return None
        if swap := self.swaps.get(day):
            return _("day off by announcement ({source})").format(source=swap.source)
        holiday = public_holidays(day.year, language()).get(day)
        return holiday or _(WEEKEND_NAMES[day.weekday()])

    def next_working(self, day: date) -> date:
        """The day itself where it is worked, else the next one that is."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def previous_working(self, day: date) -> date:
        """The day itself where it is worked, else the last one that was."""
        while not self.is_working(day):
            day -= ONE_DAY
        return day

    def add_working(self, day: date, n: int) -> date:
        """The n-th working day after the day, before it where n is negative; the day itself is not counted.

        With n = 0 the day comes back as it is, worked or not.
        """
        if not n:
            return day
        return self._forward(day, n) if n > 0 else self._backward(day, -n)

    def _forward(self, day: date, n: int) -> date:
        year, days = day.year, self._working(day.year)
        index = bisect_right(days, day.toordinal()) + n - 1
        while index >= len(days):
            index -= len(days)
            year += 1
            days = self._working(year)
        return date.fromordinal(days[index])

    def _backward(self, day: date, n: int) -> date:
        year, days = day.year, self._working(day.year)
        index = bisect_left(days, day.toordinal()) - n
        while index < 0:
            year -= 1
            days = self._working(year)
            index += len(days)
        return date.fromordinal(days[index])

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days lie after `first` up to and with `last`; negative where `last` is the earlier."""
        if last < first:
            return -self.working_days_between(last, first)
        return self._before(last + ONE_DAY, first.year) - self._before(first + ONE_DAY, first.year)

    def _before(self, day: date, since: int) -> int:
        """How many working days of the years from `since` lie before a day."""
        whole = sum(len(self._working(year)) for year in range(since, day.year))
        return whole + bisect_left(self._working(day.year), day.toordinal())

    def _working(self, year: int) -> tuple[int, ...]:
        """The working days of a year, as ordinals in order."""
        if year not in self._years:
            self._years[year] = tuple(self._worked_days(year))
        return self._years[year]

    def _worked_days(self, year: int) -> list[int]:
        off, extra = public_holidays(year), worked_weekends(year)
        found = []
        for ordinal in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
            day = date.fromordinal(ordinal)
            swap = self.swaps.get(day)
            ordinary = day not in off and (day.weekday() < SATURDAY or day in extra)
            if swap.works if swap else ordinary:
                found.append(ordinal)
        return found

    # -- hours --------------------------------------------------------------------------------------------------------

    def opening_of(self, day: date) -> datetime:
        """The UTC instant at which work starts that day."""
        return instant_of(day, self.work_start, self.zone)

    def is_office_time(self, instant: datetime) -> bool:
        """Inside the working hours of a working day; the closing minute is outside."""
        local = instant.astimezone(zone(self.zone))
        return any(start <= local.time() < end for start, end in self.hours) and self.is_working(local.date())

    def next_office_time(self, instant: datetime) -> datetime:
        """The instant itself in office time, else the next instant at which an office opens, in UTC."""
        if self.is_office_time(instant):
            return instant
        today = local_date(instant, self.zone)
        for start, _end in self.hours:
            if self.is_working(today) and (opens := instant_of(today, start, self.zone)) >= instant:
                return opens
        return self.opening_of(self.next_working(today + ONE_DAY))
