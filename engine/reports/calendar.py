"""The days of a year on which the office does otherwise than the week says, and where each comes from."""

from dataclasses import dataclass
from datetime import date, timedelta

from engine.almanac import Almanac, Scope
from engine.calendar import SATURDAY, Calendar, public_holidays
from engine.clock import require_year
from engine.errors import NotFound
from engine.i18n import _, language


@dataclass(frozen=True)
class SpecialDay:
    day: date
    works: bool
    name: str
    source: str


def special_days(almanac: Almanac, year: int, name: str = "") -> list[SpecialDay]:
    """Weekdays off and weekend days worked. Raises BadValue for a year it does not know, NotFound for the name."""
    require_year(year)
    known = {day.scope.calendar for day in almanac.days} - {""}
    if name and name not in known:
        raise NotFound(_("calendar"), name, known)
    calendar = almanac.of(name)
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    found = [_special(calendar, day) for day in days if calendar.is_working(day) != (day.weekday() < SATURDAY)]
    return sorted([*found, *_closures(almanac, year, name)], key=lambda item: item.day)


def _closures(almanac: Almanac, year: int, name: str) -> list[SpecialDay]:
    """The days on which only some units do otherwise, each with whom it concerns."""
    return [
        SpecialDay(item.day, item.works, _("only {whom}").format(whom=_whom(item.scope)), item.source)
        for item in almanac.days
        if item.works is not None and item.day.year == year and item.scope.directory
        and item.scope.calendar in ("", name) and almanac.knows(item)
    ]  # fmt: skip


def _whom(scope: Scope) -> str:
    return " / ".join(word for word in (scope.directory, scope.level, scope.unit) if word)


def warnings(almanac: Almanac, year: int) -> list[str]:
    if almanac.is_confirmed(year):
        return []
    text = _("the days off of {year} are worked out, not announced yet: kh calendar load takes the announcement in")
    return [text.format(year=year)]


def _special(calendar: Calendar, day: date) -> SpecialDay:
    swap = calendar.swaps.get(day)
    works = calendar.is_working(day)
    if works:
        name = _("worked in exchange for a day off")
    else:
        name = public_holidays(day.year, language()).get(day) or _("day off in exchange")
    return SpecialDay(day, works, name, swap.source if swap else _("holidays package"))
