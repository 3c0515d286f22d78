"""The periods of an office's reports and the days that close their data: Decree 09/2019/NĐ-CP, article 12.

A month's data run from the 15th of the month before to its 14th; those of a quarter, a half-year and a year from the
15th of the month before its first to the 14th of its last.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine.clock import YEARS, day_after, instant_of, read_day, shown_day
from engine.errors import BadValue
from engine.i18n import _
from engine.periods import in_words, months

FIRST_DAY, LAST_DAY = 15, 14


@dataclass(frozen=True, slots=True)
class Closing:
    """The days whose data a report takes in, both included. Of a single day `first` is None: all up to that day."""

    name: str
    first: date | None
    last: date

    def end(self, zone: str) -> datetime:
        """The last instant of its last day: what is due on that day is not overdue yet."""
        return instant_of(day_after(self.last), time(0), zone) - timedelta(microseconds=1)

    def start(self, zone: str) -> datetime | None:
        return instant_of(self.first, time(0), zone) if self.first else None

    @property
    def label(self) -> str:
        if self.first is None:
            return _("to {day}").format(day=shown_day(self.last))
        days = {"first": shown_day(self.first), "last": shown_day(self.last)}
        return _("{period}: {first} to {last}").format(period=in_words(self.name), **days)

    def before(self) -> "Closing | None":
        """The period before, of the same length; a single day has none."""
        if self.first is None:
            return None
        span = months(self.name)
        return _of_months(min(span) - len(span), len(span))


def read_closing(text: str) -> Closing:
    """2020-03, 2020-Q1, 2020-H1, 2020, or a day. Raises BadValue."""
    if len(text) == len("2020-03-14"):
        day = read_day(text)
        return Closing(text, None, day)
    span = months(text)
    found = _of_months(min(span), len(span)) if span and int(text[:4]) in YEARS else None
    if found is None or found.name != text:
        message = _("not a period: {text} (write 2020-03, 2020-Q1, 2020-H1, 2020, or a day: 2020-03-14)")
        raise BadValue(message.format(text=text))
    return found


def _of_months(first: int, length: int) -> Closing:
    """Of a period that begins with a month, counted from year 0."""
    year, month = divmod(first, 12)
    name = {
        1: f"{year}-{month + 1:02d}", 3: f"{year}-Q{month // 3 + 1}", 6: f"{year}-H{month // 6 + 1}", 12: f"{year}",
    }[length]  # fmt: skip
    return Closing(name, _on(first - 1, FIRST_DAY), _on(first + length - 1, LAST_DAY))


def _on(month: int, day: int) -> date:
    return date(month // 12, month % 12 + 1, day)
