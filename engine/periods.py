"""Periods of a recurring stage as they stand in selectors: 2022, 2022-H1, 2022-Q1, 2022-03, 2022-03-05."""

import re
from functools import cache

_PERIOD = re.compile(r"(\d{4})(?:-(?:H([12])|Q([1-4])|(\d{2})(?:-(\d{2}))?))?\Z")


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
