"""From what a phrase says to what it means: which meaning belongs to which form."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from engine.deadlines import anchors, limits
from engine.deadlines.context import Context
from engine.deadlines.forms import Again, Apart, At, Limit, Periodic, Read, Refused, Unset
from engine.deadlines.meaning import Day, Deadline, Open, Period, Reference, Window
from engine.deadlines.prose import LIMIT, Framed, amount_in_words
from engine.deadlines.recurring import UNITS_OF_ROLES, place_of, recurring, role_of
from engine.i18n import N_, _

REFUSALS = {
    "data-window": N_("this says what time the data cover, it sets no deadline"),
    "negated": N_("“not before” and “not after” set no deadline"),
    "bare-after": N_("“after” without a duration sets no deadline: how long after?"),
}
# Known by their place in a period that only a recurrence names.
UNBOUND = {
    "closing": N_("the last month of which period?"),
    "year-after": N_("the year after which? Name the year, or say that it recurs"),
}
NOTES = {
    "figures": N_("a number and its words in brackets differ: the figures are read"),
    "half-day": N_("morning or afternoon is not kept: the whole day is read"),
}
_YEAR = re.compile(r"(?<![0-9])(?:19|20|21)[0-9]{2}(?![0-9])")


def _limit(context: Context, form: Limit) -> Deadline:
    """A month known by its place (`tháng cuối quý`) makes a limit recur by itself."""
    if role := role_of(form):
        if reason := UNBOUND.get(role):
            raise context.refusal(place_of(form), _(reason), ("hằng quý", "hằng năm"))
        if role in ("month-next", "year-next"):
            next_month = _("“the next month” is read as every month")
            context.warn(next_month if role == "month-next" else _("“the next year” is read as every year"))
        return recurring(context, Again(UNITS_OF_ROLES[role], form))
    return limits.once(context, form)


def _periodic(context: Context, form: Periodic) -> Deadline:
    """`định kỳ` alone says that it recurs, not how often."""
    if role_of(form.limit) is None:
        raise context.refusal(form.at, _("how often does it recur?"), ("hằng tháng", "hằng quý", "hằng năm"))
    return _limit(context, form.limit)


def _unset(context: Context, form: Unset) -> Deadline:
    return Open(**context.common()) if form.kind == "open" else Reference(**context.common())


def _refused(context: Context, form: Refused) -> Deadline:
    raise context.refusal(form.at, _(REFUSALS[form.why]))


MEANINGS: dict[type, Callable[[Context, Any], Deadline]] = {
    Limit: _limit,
    Again: recurring,
    Periodic: _periodic,
    Apart: anchors.apart,
    At: anchors.at,
    Unset: _unset,
    Refused: _refused,
}


def meaning_of(context: Context, said: Read, framed: Framed) -> Deadline:
    """The meaning of a phrase, with a warning for what was passed over and might have mattered."""
    for start, end in said.rest:
        if LIMIT.search(context.text.lower(), start + 1, end):
            context.warn(_("not read: {clause}").format(clause=context.text[start:end].strip(" ,;")))
    for note in framed.notes:
        context.warn(_(NOTES[note]))
    if isinstance(said.form, Apart) and (place := amount_in_words(framed.passed)) is not None:
        raise context.refusal(place, _("an amount in words that is not known: write it in figures"))
    found = MEANINGS[type(said.form)](context, said.form)
    return _year_in_doubt(found, framed.passed)


def _year_in_doubt(found: Deadline, passed: str) -> Deadline:
    """A year in the free text beside an inferred one: perhaps that one was meant."""
    if "year" not in found.inferred or not isinstance(found, (Day, Window, Period)):
        return found
    year = (found.named if isinstance(found, Day) else found.end).year
    named = set(map(int, _YEAR.findall(passed)))
    if not named or year in named:
        return found
    doubt = _("the year {year} is inferred, but the text names {others}").format(
        year=year, others=", ".join(map(str, sorted(named)))
    )
    return replace(found, warnings=(*found.warnings, doubt))
