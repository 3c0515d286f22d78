"""Recurrences: from `trước ngày 15 của tháng cuối quý` to the days of a year."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from engine.deadlines.context import Context
from engine.deadlines.forms import Again, Between, DayForm, Days, Limit, Now, SpanForm
from engine.deadlines.limits import firm, stretch
from engine.deadlines.meaning import LENGTHS, Deadline, MonthDay, Recurring, clamped
from engine.i18n import _

UNITS_OF_ROLES = {
    "quarter-1": "quarter",
    "quarter-2": "quarter",
    "quarter-3": "quarter",
    "month": "month",
    "month-next": "month",
    "year": "year",
    "year-next": "year",
    "year-after": "year",
}


def role_of(limit: Limit) -> str | None:
    """The month known by its place that makes a limit recur, as `tháng cuối quý` does; None for a day of one year."""
    return next((form.role for form in _parts(limit) if not isinstance(form, Now) and form.role), None)


def place_of(limit: Limit) -> int:
    """The place of the first day or span a limit names."""
    return _parts(limit)[0].at


def _parts(limit: Limit) -> Sequence[DayForm | SpanForm | Now]:
    when = limit.when
    if isinstance(when, Days):
        return when.days
    return (when.first, when.last) if isinstance(when, Between) else (when,)


def recurring(context: Context, form: Again) -> Deadline:
    """What falls due again and again. Raises PhraseError."""
    limit, bound = form.limit, form.bound
    if limit and not bound and form.leads and _bounds_only(limit):
        limit, bound = None, limit
    fields: dict[str, Any] = {"every": form.every, "issued": context.issued}
    if limit:
        fields |= _dated(context, form, limit)
    if bound:
        fields |= _bounded(context, bound)
    if form.also:
        context.warn(_("what is asked for on demand is not tracked"))
    return _with_period(context, Recurring(**fields, **context.common()))


def _with_period(context: Context, found: Recurring) -> Recurring:
    if found.first is not None:
        context.infer("period")
    elif found.exclusive is not None or found.dates:
        context.warn(_("no date of this recurrence lies in its span"))
    return replace(found, **context.common())


def _bounds_only(limit: Limit) -> bool:
    """`hằng năm đến năm 2025`: an end with a year of its own bounds a recurrence, it is no day in it."""
    if limit.mode in ("before", "by"):
        return False
    return any(not isinstance(form, Now) and form.year for form in _parts(limit))


def _bounded(context: Context, bound: Limit) -> dict[str, Any]:
    if not _bounds_only(bound):
        raise context.refusal(place_of(bound), _("the end of a recurrence needs a year"), ("đến năm 2025",))
    start, end = stretch(context, bound)
    return {"since": start, "until": end} if bound.mode == "within" else {"until": end}


def _dated(context: Context, form: Again, limit: Limit) -> dict[str, Any]:
    when = limit.when
    for part in _parts(limit):
        if isinstance(part, Now) or part.year:
            raise context.refusal(part.at, _("a recurring deadline names no year"))
    if isinstance(when, Days):
        return _on_days(context, form, limit, when)
    starts, ends = _window(context, form, when)
    if _two_halves(form, ends):
        return {"every": "half-year"} | _as_window(context, limit, starts, ends, False)
    return _as_window(context, limit, starts, ends, isinstance(when, SpanForm) and when.part is not None)


def _on_days(context: Context, form: Again, limit: Limit, when: Days) -> dict[str, Any]:
    dates = tuple(sorted(pair for day in when.days for pair in _days_of(context, form, day)))
    _check_count(context, form, dates, when.days[0].at)
    clocks = {context.clock(day) for day in when.days}
    if len(clocks) > 1:
        raise context.refusal(when.days[-1].at, _("one time of day for all dates"))
    every = {"every": "half-year"} if _two_halves(form, dates) else {}
    if limit.hedge and limit.mode == "within":
        return {**every, "dates": dates, "starts": dates, "approximate": True, "tentative": limit.hedge == "tentative"}
    exclusive = limit.mode == "before" and when.days[0].clock != (24, 0)
    return {**every, "dates": dates, "exclusive": exclusive, "time": clocks.pop(), "tentative": firm(context, limit)}


def _two_halves(form: Again, dates: tuple[MonthDay, ...]) -> bool:
    """Two dates a year, one in each half, are half-yearly."""
    return form.every == "year" and len(dates) == 2 and dates[0][0] <= 6 < dates[1][0]


def _days_of(context: Context, form: Again, day: DayForm) -> list[MonthDay]:
    """The (month, day) pairs of one year that a day stands for."""
    if day.day == 0:
        if form.every != "day":
            raise context.refusal(day.at, _("which day is meant?"))
        return []
    if day.months:
        return [pair for month in day.months for pair in _days_of(context, form, replace(day, month=month, months=()))]
    if day.month:
        return [(day.month, context.day(day, 2000).day)]
    number = 31 if day.day is None else day.day
    if not 1 <= number <= 31:
        raise context.refusal(day.at, _("there is no day {day}").format(day=number))
    return [_clip((month, number)) for month in _months(context, form, day.role, day.at, day.day is None)]


def _months(context: Context, form: Again, role: str | None, at: int, last: bool = False) -> Sequence[int]:
    """The months of a year that a day known by its place falls in."""
    length = LENGTHS.get(form.every)
    if role == "closing" and length:
        return range(length, 13, length)
    if role and UNITS_OF_ROLES.get(role) != form.every:
        raise context.refusal(at, _("this month belongs to another period than the recurrence"))
    if form.every == "month":
        return range(1, 13)
    if role and role.startswith("quarter"):
        return range(int(role[-1]), 13, 3)
    if last and length:
        return range(length, 13, length)
    raise context.refusal(at, _("which month is meant?"), ("ngày 15 của tháng cuối quý", "ngày 15/12 hằng năm"))


def _check_count(context: Context, form: Again, dates: tuple[MonthDay, ...], at: int) -> None:
    """One date for each period, except for a year, which may have several. Two halves make it half-yearly."""
    if form.every in ("day", "year"):
        if form.every == "day" and dates:
            raise context.refusal(at, _("a daily deadline names no day"))
        return
    length = LENGTHS[form.every]
    if not len({(month - 1) // length for month, _day in dates}) == len(dates) == 12 // length:
        raise context.refusal(at, _("one date for each period is needed"))


def _window(
    context: Context, form: Again, when: SpanForm | Between
) -> tuple[tuple[MonthDay, ...], tuple[MonthDay, ...]]:
    if isinstance(when, SpanForm):
        return _span_window(context, form, when)
    first, last = when.first, when.last
    if not isinstance(first, DayForm) or not isinstance(last, DayForm):
        return _span_between(context, form, when)
    if first.clock or last.clock:
        raise context.refusal(last.at, _("a recurring stretch of days names no time of day"))
    if last.month and not first.month:
        first = DayForm(first.day, last.month, at=first.at)
    if last.role and not first.role:
        first = DayForm(first.day, role=last.role, at=first.at)
    starts, ends = _days_of(context, form, first), _days_of(context, form, last)
    if len(starts) != len(ends):
        raise context.refusal(first.at, _("both ends of a window name a month, or neither"))
    _check_count(context, form, tuple(ends), last.at)
    return tuple(starts), tuple(ends)


def _span_between(context: Context, form: Again, when: Between) -> tuple[tuple[MonthDay, ...], tuple[MonthDay, ...]]:
    pairs = []
    for part in (when.first, when.last):
        if not isinstance(part, SpanForm) or part.unit not in ("month", "quarter") or form.every != "year":
            raise context.refusal(part.at, _("this window cannot recur"))
        pairs.append(context.edges(part))
    return (pairs[0][0],), (pairs[1][1],)


def _span_window(context: Context, form: Again, span: SpanForm) -> tuple[tuple[MonthDay, ...], tuple[MonthDay, ...]]:
    if span.unit == "role":
        return _part_windows(context, form, span)
    if span.each:
        return _listed(context, form, span)
    if span.unit == "year" and not span.part:
        raise context.refusal(span.at, _("several recurrences at once: write a stage for each"))
    if form.every != "year":
        raise context.refusal(span.at, _("this window cannot recur so often"))
    start, end = context.edges(span)
    return (start,), (_clip(end),)


def _listed(context: Context, form: Again, span: SpanForm) -> tuple[tuple[MonthDay, ...], tuple[MonthDay, ...]]:
    """`tháng 6 và tháng 12 hằng năm`, `quý II, quý IV hằng năm`: one window each."""
    pairs = [context.edges(replace(span, first=turn, last=turn, each=())) for turn in sorted(set(span.each))]
    ends = tuple(_clip(end) for _start, end in pairs)
    _check_count(context, form, ends, span.at)
    return tuple(start for start, _end in pairs), ends


def _part_windows(context: Context, form: Again, span: SpanForm) -> tuple[tuple[MonthDay, ...], tuple[MonthDay, ...]]:
    """`trung tuần hằng tháng`, `hạ tuần tháng cuối quý`, `cuối mỗi quý`, `cuối mỗi năm`."""
    assert span.part
    if form.every in ("month", "quarter") and (span.role or form.every == "month"):
        pairs = [context.part_of_month(span.part, month) for month in _months(context, form, span.role, span.at)]
    elif form.every in ("quarter", "year"):
        length = LENGTHS[form.every]
        pairs = [context.part_of_months(span, first, first + length - 1) for first in range(1, 13, length)]
    else:
        raise context.refusal(span.at, _("this window cannot recur so often"))
    return tuple(start for start, _end in pairs), tuple(_clip(end) for _start, end in pairs)


def _clip(day: MonthDay) -> MonthDay:
    """The last day of a shorter month, in the longest of its years."""
    return day[0], clamped(2000, day).day


def _as_window(
    context: Context, limit: Limit, starts: tuple[MonthDay, ...], ends: tuple[MonthDay, ...], part: bool
) -> dict[str, Any]:
    if limit.mode != "within" and isinstance(limit.when, Between):
        raise context.refusal(limit.at, _("a limit is one day, not a stretch of days"))
    if limit.mode in ("by", "until"):
        return {"dates": ends, "exclusive": False, "tentative": firm(context, limit)}
    if limit.mode == "before":
        if part:
            raise context.refusal(limit.at, _("before which day? A part of a month is no day"))
        return {"dates": starts, "exclusive": True, "tentative": firm(context, limit)}
    approximate = part or limit.hedge is not None
    facts = {"dates": ends, "starts": starts, "approximate": approximate}
    return {**facts, "tentative": limit.hedge == "tentative"}
