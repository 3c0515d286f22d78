"""Office time: the one place where instants (UTC) and local days meet."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from engine.errors import BadValue
from engine.i18n import _

Clock = Callable[[], datetime]

OFFICE_ZONE = "Asia/Ho_Chi_Minh"


def system_clock() -> datetime:
    """The instant now, in UTC. Only commands and the scheduler call it."""
    return datetime.now(UTC)


@cache
def zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise BadValue(_("unknown time zone: {name} (write Asia/Ho_Chi_Minh)").format(name=name)) from error


def local_date(instant: datetime, zone_name: str = OFFICE_ZONE) -> date:
    """The office day an instant falls on."""
    return instant.astimezone(zone(zone_name)).date()


def instant_of(day: date, at: time = time(0), zone_name: str = OFFICE_ZONE) -> datetime:
    """The UTC instant at which the office clock shows this day and time."""
    return datetime.combine(day, at, zone(zone_name)).astimezone(UTC)


def shown(instant: datetime, zone_name: str = OFFICE_ZONE) -> str:
    """An instant as the office writes it: 30/03/2020 14:00."""
    return instant.astimezone(zone(zone_name)).strftime("%d/%m/%Y %H:%M")


def shown_day(day: date) -> str:
    """A day as the office writes it: 30/03/2020."""
    return f"{day:%d/%m/%Y}"


def day_after(day: date) -> date:
    return day + timedelta(days=1)


YEARS = range(1900, 2201)  # what the calendar knows


def require_year(year: int) -> None:
    """Raises BadValue for a year that the calendar does not know."""
    if year not in YEARS:
        text = _("the calendar knows the years {first} to {last}, not {year}")
        raise BadValue(text.format(first=YEARS[0], last=YEARS[-1], year=year))


_OFFICE_DAY = re.compile("([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


def iso_day(text: str) -> str:
    """A day as an office writes it, 24/4/2020, as 2020-04-24; any other text as it is."""
    found = _OFFICE_DAY.fullmatch(text)
    return f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}" if found else text


def is_day(text: str) -> bool:
    """Is an ISO time told as a bare day?"""
    return len(text) == 10


def read_instant(text: str, default_time: time, zone_name: str = OFFICE_ZONE) -> datetime:
    """An ISO time as given on the command line, in UTC. Raises BadValue.

    Without an offset it is office time; a bare date means `default_time` of that day.
    """
    try:
        if is_day(text):
            return instant_of(read_day(text), default_time, zone_name)
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadValue(_("not an ISO time: {text} (write 2020-03-30 or 2020-03-30T14:00)").format(text=text)) from error
    require_year(moment.year)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone(zone_name))).astimezone(UTC)


def read_day(text: str) -> date:
    """An ISO day as given on the command line. Raises BadValue."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadValue(_("not a day: {text} (write 2020-04-24)").format(text=text)) from error
    require_year(day.year)
    return day
