"""The days of a year on which the office does otherwise than the week says, and where each comes from."""

from dataclasses import dataclass
from datetime import date, timedelta

from engine.calendar import SATURDAY, Calendar, public_holidays
from engine.errors import BadValue
from engine.i18n import _, language


@dataclass(frozen=True)
class SpecialDay:
    day: date
    works: bool
    name: str
    source: str


def special_days(calendar: Calendar, year: int) -> list[SpecialDay]:
    """Weekdays off and weekend days worked. Raises BadValue for a year outside 1900 to 2200."""
    if not 1900 <= year <= 2200:
        raise BadValue(_("the calendar knows the years 1900 to 2200, not {year}").format(year=year))
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [_special(calendar, day) for day in days if calendar.is_working(day) != (day.weekday() < SATURDAY)]


def _special(calendar: Calendar, day: date) -> SpecialDay:
    swap = calendar.swaps.get(day)
    works = calendar.is_working(day)
    if works:
        name = _("worked in exchange for a day off")
    else:
        name = public_holidays(day.year, language()).get(day) or _("day off in exchange")
    return SpecialDay(day, works, name, swap.source if swap else _("holidays package"))
