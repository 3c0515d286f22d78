"""One phrase being read: what it is read with, and what is noted on the way."""

import calendar as months
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, TypeVar

from engine.clock import YEARS
from engine.deadlines.forms import DayForm, SpanForm
from engine.deadlines.meaning import ONE_DAY, MonthDay, clamped
from engine.errors import PhraseError
from engine.i18n import N_, _

T = TypeVar("T")


def place(phrase: str, at: int) -> int:
    """The place in a phrase of a place in its NFC form."""
    if unicodedata.is_normalized("NFC", phrase):
        return min(at, len(phrase))
    lengths = [len(unicodedata.normalize("NFC", phrase[:end])) for end in range(len(phrase) + 1)]
    return max(end for end, length in enumerate(lengths) if length <= at)


@dataclass(slots=True)
class Context:
    """The issue date, the plan's own names, and the warnings and inferences of this reading."""

    phrase: str  # as written
    text: str  # the same in NFC
    issued: date
    stages: Collection[str]
    occasions: Mapping[str, tuple[MonthDay, MonthDay]]
    inferred: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def refusal(self, at: int, reason: str, expected: Sequence[str] = ()) -> PhraseError:
        return PhraseError(self.phrase, place(self.phrase, at), reason, expected)

    def warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)

    def infer(self, what: str) -> None:
        if what not in self.inferred:
            self.inferred.append(what)

    def common(self) -> dict[str, Any]:
        """The fields every meaning has; asked for last, when all is noted."""
        return {"phrase": self.phrase, "inferred": tuple(self.inferred), "warnings": tuple(self.warnings)}

    # -- days ---------------------------------------------------------------------------------------------------------

    def day(self, form: DayForm, year: int) -> date:
        """This day of a year; refused where there is no such day."""
        if not form.month:
            raise self.refusal(form.at, _("which month is meant?"), ("30/3/2020", "ngày 15 hằng tháng"))
        if not 1 <= form.month <= 12:
            raise self.refusal(form.at, _("there is no month {month}").format(month=form.month))
        self.check_year(year, form.at)
        last = months.monthrange(year, form.month)[1]
        number = last if form.day is None else form.day
        if not 1 <= number <= last:
            text = _("{day}/{month}/{year} does not exist") if form.year else _("{day}/{month} does not exist")
            raise self.refusal(form.at, text.format(day=number, month=form.month, year=year))
        return date(year, form.month, number)

    def check_year(self, year: int, at: int) -> int:
        if year not in YEARS:
            text = _("year {year} is outside {first}–{last}")
            raise self.refusal(at, text.format(year=year, first=YEARS[0], last=YEARS[-1]))
        return year

    def first_year(self, make: Callable[[int], tuple[T, date]], at: int) -> T:
        """The first year whose last good day is not before the issue date: how a missing year is read."""
        refusal: PhraseError | None = None
        for year in range(self.issued.year, min(self.issued.year + 9, YEARS[-1]) + 1):
            try:
                found, last_good = make(year)
            except PhraseError as error:
                refusal = refusal or error
                continue
            if last_good >= self.issued:
                self.infer("year")
                return found
        if refusal:
            raise refusal
        raise self.refusal(at, _("no year fits the issue date"))

    def clock(self, form: DayForm) -> time | None:
        """The time of day; None for 24:00, which is the end of the day."""
        if form.clock is None or form.clock == (24, 0):
            return None
        hour, minute = form.clock
        if hour > 23 or minute > 59:
            raise self.refusal(form.at, _("there is no time {hour}:{minute:02}").format(hour=hour, minute=minute))
        return time(hour, minute)

    def check_weekday(self, form: DayForm, day: date) -> None:
        if form.weekday is not None and form.weekday != day.weekday():
            self.warn(_("{day} is not the weekday the phrase names").format(day=day.isoformat()))

    # -- spans --------------------------------------------------------------------------------------------------------

    def months_of(self, form: SpanForm) -> tuple[int, int]:
        """First and last month of a month, a run of months or quarters; a whole year is 1–12."""
        if form.each and form.each != tuple(range(form.first, form.last + 1)):
            raise self.refusal(form.at, _("several months are one deadline only where they recur"), ("hằng năm",))
        if form.unit == "quarter":
            return form.first * 3 - 2, form.last * 3
        first, last = (1, 12) if form.unit == "year" else (form.first, form.last)
        for month in (first, last):
            if not 1 <= month <= 12:
                raise self.refusal(form.at, _("there is no month {month}").format(month=month))
        if first > last:
            raise self.refusal(form.at, _("the span ends before it begins"))
        return first, last

    def edges(self, form: SpanForm) -> tuple[MonthDay, MonthDay]:
        """First and last (month, day) of a span or of the part of it that is named; day 31 stands for a month's end."""
        first, last = self.months_of(form)
        if form.part is None:
            return (first, 1), (last, 31)
        if first == last:
            return self.part_of_month(form.part, first)
        return self.part_of_months(form, first, last)

    def part_of_month(self, part: str, month: int) -> tuple[MonthDay, MonthDay]:
        if part == "middle-late":
            self.warn(_("“trung tuần cuối tháng” is read as the 16th to the end of the month"))
        if part.startswith("week"):
            self.warn(_("a week of a month is counted in sevens: from the 1st, the last one back from its end"))
        first, last = PARTS_OF_MONTH[part]
        if part == LAST_WEEK:
            first = months.monthrange(2001, month)[1] - 6
        return (month, first), (month, last)

    def part_of_months(self, form: SpanForm, first: int, last: int) -> tuple[MonthDay, MonthDay]:
        parts = PARTS_OF_QUARTER if last - first == 2 else PARTS_OF_YEAR
        if form.part not in parts:
            raise self.refusal(form.at, _("this part is known of a month only"))
        low, high, reading = parts[form.part]
        self.warn(_(reading))
        return (first + low, 1), (first + high, 31)

    def bounds(self, form: SpanForm, year: int) -> tuple[date, date]:
        """First and last day of a span in a year."""
        self.check_year(year, form.at)
        first, last = self.edges(form)
        last_year = self.check_year(form.last_year or year, form.at)
        if form.joined and last_year != year + form.joined:
            raise self.refusal(form.at, _("two years that do not follow each other"))
        if last_year < year:
            raise self.refusal(form.at, _("the span ends before it begins"))
        start, end = clamped(year, first), clamped(last_year, last)
        return (end - 6 * ONE_DAY if form.part == LAST_WEEK else start), end


LAST_WEEK = "week-0"
PARTS_OF_MONTH = (
    {"early": (1, 10), "middle": (11, 20), "late": (21, 31), "middle-late": (16, 31)}
    | {"first-half": (1, 15), "last-half": (16, 31), LAST_WEEK: (25, 31)}
    | {f"week-{n}": (7 * n - 6, 7 * n) for n in (1, 2, 3, 4)}
)
# Months counted from the first of the quarter or year. No rule fixes these: they always carry a warning.
PARTS_OF_QUARTER = {
    "early": (0, 0, N_("the beginning of a quarter is read as its first month")),
    "middle": (1, 1, N_("the middle of a quarter is read as its second month")),
    "late": (2, 2, N_("the end of a quarter is read as its last month")),
}
PARTS_OF_YEAR = {
    "early": (0, 2, N_("the beginning of a year is read as its first quarter")),
    "middle": (3, 8, N_("the middle of a year is read as its second and third quarter")),
    "late": (9, 11, N_("the end of a year is read as its last quarter")),
}
