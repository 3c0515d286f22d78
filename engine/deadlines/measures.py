"""The short phrases of ladders and spans: amounts of time, offsets from a task's own dates, ranges of days."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from engine.deadlines.meaning import MonthDay, clamped
from engine.errors import PhraseError
from engine.i18n import _


@dataclass(frozen=True, slots=True)
class Duration:
    """An amount of time; unit is day, working-day, week or month."""

    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class Offset:
    """So much time before or after one of a task's own dates: opening, deadline, submission or return."""

    amount: int
    unit: str
    direction: str
    anchor: str


_UNITS = {
    "ngày làm việc": "working-day",
    "ngày": "day",
    "tuần": "week",
    "tháng": "month",
    "working day": "working-day",
    "business day": "working-day",
    "day": "day",
    "calendar day": "day",
    "week": "week",
    "month": "month",
}
_DIRECTIONS = {"trước": "before", "sau": "after", "kể từ": "after", "before": "before", "after": "after"}
_ANCHORS = {
    "hạn": "deadline",
    "ngày hạn": "deadline",
    "thời hạn": "deadline",
    "deadline": "deadline",
    "due date": "deadline",
    "giao": "opening",
    "giao việc": "opening",
    "mở": "opening",
    "opening": "opening",
    "gửi": "submission",
    "nộp": "submission",
    "gửi báo cáo": "submission",
    "submission": "submission",
    "trả lại": "return",
    "return": "return",
}
_ON_THE_DAY = {
    "ngày hạn": "deadline",
    "đúng hạn": "deadline",
    "đúng ngày hạn": "deadline",
    "vào ngày hạn": "deadline",
    "đến hạn": "deadline",
    "deadline": "deadline",
    "on the day": "deadline",
    "on the deadline": "deadline",
    "opening": "opening",
    "khi giao": "opening",
    "khi giao việc": "opening",
    "at opening": "opening",
    "submission": "submission",
    "khi gửi": "submission",
    "at submission": "submission",
    "return": "return",
    "khi trả lại": "return",
    "at return": "return",
}
_DURATION = re.compile(r"([0-9]{1,4}) ?([^0-9]+?)")
_OFFSET = re.compile(r"(.+?) (trước|sau|kể từ|before|after) (?:khi |ngày (?=giao|gửi|nộp|trả)|lúc |the )?(.+)")
_EXAMPLES = (
    "7 ngày làm việc trước hạn",
    "3 ngày làm việc sau hạn",
    "ngày hạn",
    "khi giao việc",
    "3 ngày làm việc sau khi gửi",
)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).lower().split())


def read_duration(text: str) -> Duration:
    """`5 ngày làm việc`, `1 tuần`, `5 working days`; raises PhraseError."""
    plain = _plain(text)
    if (found := _DURATION.fullmatch(plain)) and (unit := _UNITS.get(found[2].removesuffix("s"))):
        return Duration(int(found[1]), unit)
    raise _refusal(text, _("this is no amount of time"), ("5 ngày làm việc", "1 tuần", "30 ngày"))


def read_offset(text: str) -> Offset:
    """`7 ngày làm việc trước hạn`, `khi giao việc`, `3 working days after submission`; raises PhraseError."""
    plain = _plain(text)
    if plain in _ON_THE_DAY:
        return Offset(0, "day", "after", _ON_THE_DAY[plain])
    if (found := _OFFSET.fullmatch(plain)) and found[3] in _ANCHORS:
        duration = read_duration(found[1])
        return Offset(duration.amount, duration.unit, _DIRECTIONS[found[2]], _ANCHORS[found[3]])
    raise _refusal(text, _("this is no time before or after a task's dates"), _EXAMPLES)


_ISO = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_SPAN = re.compile(rf"{_ISO} ?(?:\.\.|…) ?{_ISO}")
_YEARS = re.compile(r"([0-9]{4}) ?(?:\.\.|…) ?([0-9]{4})")
_MONTHS = re.compile(r"([0-9]{1,2})/([0-9]{4}) ?(?:\.\.|…) ?([0-9]{1,2})/([0-9]{4})")
_MONTH_DAYS = re.compile(r"([0-9]{1,2})/([0-9]{1,2}) ?(?:\.\.|…) ?([0-9]{1,2})/([0-9]{1,2})")


def read_span(text: str) -> tuple[date, date]:
    """`2020-03-04 .. 2020-12-31`, `2011 .. 2020`, `03/2020 .. 12/2020`, both ends in it; raises PhraseError."""
    try:
        found = _days_of(_plain(text))
    except ValueError:
        raise _refusal(text, _("there is no such day")) from None
    if found is None:
        raise _refusal(text, _("this is no span of days"), ("2020-03-04 .. 2020-12-31", "2011 .. 2020"))
    if found[0] > found[1]:
        raise _refusal(text, _("the span ends before it begins"))
    return found


def _days_of(text: str) -> tuple[date, date] | None:
    """First and last day of two days, years or months; ValueError where there is no such day."""
    if days := _SPAN.fullmatch(text):
        numbers = [int(group) for group in days.groups()]
        return date(*numbers[:3]), date(*numbers[3:])
    if years := _YEARS.fullmatch(text):
        return date(int(years[1]), 1, 1), date(int(years[2]), 12, 31)
    if found := _MONTHS.fullmatch(text):
        first_month, first_year, month, year = (int(group) for group in found.groups())
        return date(first_year, first_month, 1), clamped(year, (date(year, month, 1).month, 31))
    return None


def read_month_day_span(text: str) -> tuple[MonthDay, MonthDay]:
    """`17/10 .. 18/11`, a window of every year as ((month, day), (month, day)); raises PhraseError."""
    if found := _MONTH_DAYS.fullmatch(_plain(text)):
        days = [int(group) for group in found.groups()]
        try:
            first, last = date(2000, days[1], days[0]), date(2000, days[3], days[2])
        except ValueError:
            raise _refusal(text, _("there is no such day")) from None
        return (first.month, first.day), (last.month, last.day)
    raise _refusal(text, _("this is no window of a year"), ("17/10 .. 18/11",))


def _refusal(text: str, reason: str, expected: tuple[str, ...] = ()) -> PhraseError:
    return PhraseError(text[:500], 0, reason, expected)
