"""Deadlines as offices write them: phrases read by a grammar into a small algebra of meanings."""

from engine.deadlines.grammar import read
from engine.deadlines.meaning import (
    Day,
    Deadline,
    Event,
    MonthDay,
    Occurrence,
    Open,
    Period,
    Recurring,
    Reference,
    Relative,
    Window,
    explain,
)
from engine.deadlines.measures import Duration, Offset, read_duration, read_month_day_span, read_offset, read_span

__all__ = [
    "Day",
    "Deadline",
    "Duration",
    "Event",
    "MonthDay",
    "Occurrence",
    "Offset",
    "Open",
    "Period",
    "Recurring",
    "Reference",
    "Relative",
    "Window",
    "explain",
    "read",
    "read_duration",
    "read_month_day_span",
    "read_offset",
    "read_span",
]
