"""Deadlines as offices write them: phrases read by a grammar into a small algebra of meanings."""

from collections.abc import Collection, Mapping
from datetime import date

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
    clamped,
    explain,
    shifted,
)
from engine.deadlines.measures import Duration, Offset, read_duration, read_month_day_span, read_offset, read_span


def read(
    phrase: str,
    *,
    issued: date,
    stages: Collection[str] = (),
    occasions: Mapping[str, tuple[MonthDay, MonthDay]] | None = None,
) -> Deadline:
    """What a deadline means, see `engine.deadlines.grammar`: imported by who reads one, not by who only looks."""
    from engine.deadlines import grammar

    return grammar.read(phrase, issued=issued, stages=stages, occasions=occasions)


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
    "clamped",
    "explain",
    "read",
    "read_duration",
    "read_month_day_span",
    "read_offset",
    "read_span",
    "shifted",
]
