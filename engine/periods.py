"""Periods of a recurring stage: 2022, 2022-H1, 2022-Q1, 2022-03, 2022-03-05 in selectors, in words for readers."""

import re
from functools import cache

from engine.i18n import language

_PERIOD = re.compile(r"(\d{4})(?:-(?:H([12])|Q([1-4])|(\d{2})(?:-(\d{2}))?))?\Z")

# As offices write them.
_WORDS = {
    "vi": {
        "year": "năm {year}", "H1": "6 tháng đầu năm {year}", "H2": "6 tháng cuối năm {year}",
        "quarter": "quý {roman}/{year}", "month": "tháng {padded}/{year}", "day": "ngày {day}/{month}/{year}",
    },
    "en": {
        "year": "{year}", "H1": "first half of {year}", "H2": "second half of {year}",
        "quarter": "quarter {quarter} of {year}", "month": "{name} {year}", "day": "{day}/{month}/{year}",
    },
}  # fmt: skip
_ROMAN = ("I", "II", "III", "IV")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def is_period(text: str) -> bool:
    return _PERIOD.match(text) is not None


@cache
def months(period: str) -> frozenset[int]:
    """The months a period covers, counted from year 0."""
    found = _PERIOD.match(period)
    if not found:
        return frozenset()
    year, half, quarter, month, _day = found.groups()
    start = int(year) * 12
    if half:
        return frozenset(range(start + 6 * int(half) - 6, start + 6 * int(half)))
    if quarter:
        return frozenset(range(start + 3 * int(quarter) - 3, start + 3 * int(quarter)))
    if month:
        return frozenset({start + int(month) - 1})
    return frozenset(range(start, start + 12))


def matching(period: str, offered: list[str]) -> list[str]:
    """The periods of a predecessor that a task of `period` waits for: the same, those within, or the one around."""
    if period in offered or not period:
        return [period] if period in offered else offered
    within = [item for item in offered if item and months(item) <= months(period)]
    return within or [item for item in offered if not item or months(period) <= months(item)]


def in_words(period: str, code: str | None = None) -> str:
    """`quý I/2022`, `6 tháng đầu năm 2022`, `first half of 2022`, in a language or the one in force.

    What is no period stays as it is.
    """
    found = _PERIOD.match(period)
    if not found:
        return period
    year, half, quarter, month, day = found.groups()
    kind = f"H{half}" if half else "quarter" if quarter else "day" if day else "month" if month else "year"
    return _WORDS[code or language()][kind].format(
        year=year, quarter=quarter, roman=_ROMAN[int(quarter or 1) - 1], day=day, month=month,
        padded=month_number(int(month or 1)), name=MONTHS[int(month or 1) - 1],
    )  # fmt: skip


def month_number(month: int) -> str:
    """`02`, but `3`: one that could be read for another has its zero (Decree 30/2020/NĐ-CP)."""
    return f"{month:02}" if month < 3 else str(month)


def with_period(name: str, period: str | None) -> str:
    """The name of a stage with its period, where it has one: `Báo cáo (quý I/2022)`."""
    return f"{name} ({in_words(period)})" if period else name
