"""Days and spans of one time: `trước ngày 30/3`, `cuối tháng 4/2020`, `từ ngày … đến ngày …`."""

from dataclasses import replace
from datetime import date, time
from itertools import pairwise
from typing import Any, TypeVar

from engine.deadlines.context import Context
from engine.deadlines.forms import Between, DayForm, Days, Limit, Now, SpanForm
from engine.deadlines.meaning import ONE_DAY, Day, Deadline, Period, Window, last_good
from engine.i18n import _

End = TypeVar("End", bound=DayForm | SpanForm | Now)


def once(context: Context, limit: Limit) -> Deadline:
    """What a limit means that falls once. Raises PhraseError."""
    when = limit.when
    if isinstance(when, Days):
        return _one_day(context, limit, when)
    if isinstance(when, Between):
        return _between(context, limit, when)
    return _span(context, limit, when)


# ---- a day ----------------------------------------------------------------------------------------------------------


def _one_day(context: Context, limit: Limit, when: Days) -> Deadline:
    form = when.days[0]
    if len(when.days) > 1 and limit.mode == "within" and (stretch_of := _in_a_row(context, when)):
        return _stretch(context, limit, *stretch_of)
    if len(when.days) > 1:
        raise context.refusal(when.days[1].at, _("several dates are one deadline only where they recur"), ("hằng năm",))
    if form.day == 0:
        raise context.refusal(form.at, _("which day is meant?"))
    at = context.clock(form)
    exclusive = limit.mode == "before" and form.clock != (24, 0)
    named = dated(context, form, exclusive and at is None)
    if limit.hedge and limit.mode == "within":
        return Window(start=named, end=named, time=at, tentative=limit.hedge == "tentative", **context.common())
    return Day(named=named, exclusive=exclusive, time=at, tentative=firm(context, limit), **context.common())


def firm(context: Context, limit: Limit) -> bool:
    """Whether a limit is a provisional one, which is said and then kept like any other."""
    if limit.hedge:
        context.warn(_("a provisional limit is kept as a firm one"))
    return limit.hedge is not None


def _in_a_row(context: Context, when: Days) -> tuple[date, date] | None:
    """First and last of days that follow each other: `ngày 15 và 16/4/2020`; what one leaves out the last one gives."""
    last = when.days[-1]
    if not last.month or last.role or any(day.clock or day.role or not day.day for day in when.days):
        return None
    end = dated(context, last)
    days = [
        context.day(replace(day, month=day.month or last.month), day.year or end.year) for day in when.days[:-1]
    ] + [end]
    return (days[0], end) if all(b - a == ONE_DAY for a, b in pairwise(days)) else None


def dated(context: Context, form: DayForm, exclusive: bool = False) -> date:
    """The day a form names; a missing year is the first whose last good day is not before the issue date."""
    if form.months:
        raise context.refusal(form.at, _("several dates are one deadline only where they recur"), ("hằng năm",))
    if form.role:
        raise context.refusal(form.at, _("this month returns each period: a recurrence is needed"))

    def in_year(year: int) -> tuple[date, date]:
        day = context.day(form, year)
        return day, last_good(day, exclusive, None)

    day = context.day(form, form.year) if form.year else context.first_year(in_year, form.at)
    context.check_weekday(form, day)
    return day


# ---- a span ---------------------------------------------------------------------------------------------------------


def _span(context: Context, limit: Limit, span: SpanForm) -> Deadline:
    if span.unit == "role":
        raise context.refusal(span.at, _("a part of which month?"), ("cuối tháng 4/2020", "trung tuần hằng tháng"))
    if limit.mode == "before":
        return _before_span(context, limit, span)
    if limit.mode in ("by", "until"):
        return _by_end(context, limit, span)
    start, end = _bounds(context, span)
    if span.part or limit.hedge:
        return Window(start=start, end=end, tentative=limit.hedge == "tentative", **context.common())
    return Period(start=start, end=end, **context.common())


def _by_end(context: Context, limit: Limit, span: SpanForm) -> Deadline:
    """By a month is by its last day, and by its end too."""
    if span.part == "late":
        span = replace(span, part=None)
    if span.part:
        context.warn(_("a limit in a part of a month is read as the end of that part"))
    _start, end = _bounds(context, span)
    return Day(named=end, tentative=firm(context, limit), **context.common())


def _before_span(context: Context, limit: Limit, span: SpanForm) -> Deadline:
    if span.part or span.each:
        raise context.refusal(
            span.at, _("before which day? A part of a month is no day"), ("chậm nhất cuối tháng 4", "trước ngày 25/4")
        )

    def in_year(year: int) -> tuple[date, date]:
        start, _end = context.bounds(span, year)
        return start, start - ONE_DAY

    named = context.bounds(span, span.year)[0] if span.year else context.first_year(in_year, span.at)
    return Day(named=named, exclusive=True, tentative=firm(context, limit), **context.common())


def _bounds(context: Context, span: SpanForm) -> tuple[date, date]:
    def in_year(year: int) -> tuple[tuple[date, date], date]:
        start, end = context.bounds(span, year)
        return (start, end), end

    return context.bounds(span, span.year) if span.year else context.first_year(in_year, span.at)


# ---- from … to … ----------------------------------------------------------------------------------------------------


def _between(context: Context, limit: Limit, when: Between) -> Deadline:
    if limit.mode != "within":
        raise context.refusal(limit.at, _("a limit is one day, not a stretch of days"))
    start, end = between(context, when)
    when = Between(*_shared(when))
    return _stretch(context, limit, start, end, _closing_time(context, when, start == end), bool(_part(when)))


def _stretch(
    context: Context, limit: Limit, start: date, end: date, at: time | None = None, part: bool = False
) -> Deadline:
    fields: dict[str, Any] = {"start": start, "end": end, "time": at}
    if limit.hedge or part:
        return Window(**fields, tentative=limit.hedge == "tentative", **context.common())
    return Period(**fields, **context.common())


def _closing_time(context: Context, when: Between, same_day: bool) -> time | None:
    """The time of day a stretch ends; that of its beginning is not kept."""
    opening = when.first.clock if isinstance(when.first, DayForm) else None
    closing = when.last.clock if isinstance(when.last, DayForm) else None
    if opening:
        context.clock(when.first)  # type: ignore[arg-type]
        context.warn(_("the time of day it begins is not kept, only the one it ends"))
    if same_day and opening and closing and closing <= opening:
        raise context.refusal(when.last.at, _("the span ends before it begins"))
    return context.clock(when.last) if isinstance(when.last, DayForm) else None


def _part(when: Between) -> str | None:
    return next((form.part for form in (when.first, when.last) if isinstance(form, SpanForm) and form.part), None)


def between(context: Context, when: Between) -> tuple[date, date]:
    """Both ends of a stretch of days; what the first end leaves out it takes from the second."""
    first, last = _shared(when)
    end = _edge(context, last, 1)
    if isinstance(first, Now):
        start = context.issued
    elif first.year:
        start = _edge(context, first, 0)
    else:
        start = _edge(context, replace(first, year=end.year), 0)
        if start > end:
            start = _edge(context, replace(first, year=end.year - 1), 0)
    if start > end:
        raise context.refusal(last.at, _("the span ends before it begins"))
    if when.adjoining and _edge(context, _in_year_of(first, start), 1) + ONE_DAY != _edge(
        context, _in_year_of(last, end), 0
    ):
        raise context.refusal(last.at, _("this does not follow on what stands before it"))
    return start, end


def _in_year_of(form: DayForm | SpanForm | Now, day: date) -> DayForm | SpanForm:
    assert not isinstance(form, Now)
    return replace(form, year=form.year or day.year)


def _shared(when: Between) -> tuple[DayForm | SpanForm | Now, DayForm | SpanForm]:
    first, last = when.first, when.last
    if not when.adjoining:  # from its beginning, to its end
        first, last = _whole(first, "early"), _whole(last, "late")
    if isinstance(first, DayForm) and isinstance(last, DayForm):
        if first.day == 0:  # từ 8h00 đến 11h30 ngày 15/4: one day for both
            first = replace(last, clock=first.clock)
        elif last.day == 0:
            last = replace(first, clock=last.clock)
        if not first.month:
            first = replace(first, month=last.month)
    if isinstance(first, (DayForm, SpanForm)) and first.year and not last.year:
        last = replace(last, year=_following(first, last))
    return first, last


def _whole(form: End, part: str) -> End:
    return replace(form, part=None) if isinstance(form, SpanForm) and form.part == part else form


def _following(first: DayForm | SpanForm, last: DayForm | SpanForm) -> int:
    """The year of an end that names none: that of its beginning, or the next where it would lie before."""
    year = first.year or 0
    return year + 1 if _months(last)[1] < _months(first)[0] else year


def _months(form: DayForm | SpanForm) -> tuple[int, int]:
    """The first and the last month a form lies in."""
    if isinstance(form, DayForm):
        return form.month or 0, form.month or 0
    return (form.first * 3 - 2, form.last * 3) if form.unit == "quarter" else (form.first, form.last)


def _edge(context: Context, form: DayForm | SpanForm, side: int) -> date:
    if isinstance(form, DayForm):
        if form.day == 0:
            raise context.refusal(form.at, _("which day is meant?"))
        return dated(context, form)
    if form.unit == "role":
        raise context.refusal(form.at, _("a part of which month?"))
    return _bounds(context, form)[side]


def stretch(context: Context, limit: Limit) -> tuple[date, date]:
    """First and last day of whatever a limit names: the bound of a recurrence."""
    when = limit.when
    if isinstance(when, Between):
        return between(context, when)
    if isinstance(when, SpanForm):
        return _bounds(context, when)
    day = dated(context, when.days[0])
    return day, day
