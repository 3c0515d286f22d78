"""The hand of the parser: one method for each rule of the grammar, called while the parse goes."""

import re
from dataclasses import replace
from typing import Any

from lark import Token, Transformer, v_args

from engine.deadlines.figures import (
    EVERY,
    NUMBER,
    PARTS,
    QUARTERS,
    ROLES,
    WEEKDAYS,
    amount_and_unit,
    month_number,
    number,
)
from engine.deadlines.forms import (
    Again,
    Anchor,
    Apart,
    At,
    Between,
    DayForm,
    Days,
    Limit,
    Now,
    Read,
    Refused,
    SpanForm,
    Unset,
)


def _end(token: Token) -> int:
    return int(token.end_pos or 0)


def _at(token: Token) -> int:
    return int(token.start_pos or 0)


def _only(children: tuple[Any, ...], kind: type) -> Any:
    return next((child for child in children if isinstance(child, kind)), None)


def _word(children: tuple[Any, ...]) -> str | None:
    return next((child for child in children if type(child) is str), None)


def _tokens(children: tuple[Any, ...]) -> dict[str, Token]:
    return {child.type: child for child in children if isinstance(child, Token)}


@v_args(inline=True)
class Forms(Transformer[Token, Read]):
    """One method a rule, called while the parser goes."""

    # -- days ---------------------------------------------------------------------------------------------------------

    def of_year(self, token: Token) -> int:
        """0 stands for `năm`, the year of the plan."""
        return number(token)

    def numeric(self, token: Token, year: int | None = None) -> DayForm:
        day, month, *rest = map(int, NUMBER.findall(token))
        return DayForm(day, month, rest[0] if rest else year or None, at=_at(token))

    def iso(self, token: Token) -> DayForm:
        year, month, day = map(int, token.split("-"))
        return DayForm(day, month, year, at=_at(token))

    def day_month(self, day: Token, *rest: Any) -> DayForm:
        names = _tokens(rest)
        month = month_number(names.get("MONTH") or names["MONTH_NAME"])
        return DayForm(number(day), month, _only(rest, int) or None, at=_at(day))

    def month_day(self, month: Token, day: Token, year: int | None = None) -> DayForm:
        return DayForm(number(day), month_number(month), year or None, at=_at(month))

    def day_role(self, day: Token, *rest: Any) -> DayForm:
        return DayForm(number(day), role=_word(rest), at=_at(day))

    def day_only(self, day: Token) -> DayForm:
        return DayForm(number(day), at=_at(day))

    def last_of(self, last: Token, *rest: Any) -> DayForm:
        names = _tokens(rest)
        if month := names.get("MONTH") or names.get("MONTH_NAME"):
            return DayForm(None, month_number(month), _only(rest, int) or None, at=_at(last))
        return DayForm(None, role=_word(rest), at=_at(last))

    def last_only(self, last: Token) -> DayForm:
        return DayForm(None, at=_at(last))

    def role(self, token: Token) -> str:
        return ROLES[token.type]

    def day(self, *children: Any) -> DayForm:
        form: DayForm = children[-1]
        weekday = _tokens(children[:-1]).get("WEEKDAY")
        return replace(form, weekday=WEEKDAYS[" ".join(weekday.split())]) if weekday else form

    def clock_day(self, clock: Token, *rest: Any) -> DayForm:
        form: DayForm = rest[-1]
        return replace(form, clock=_clock(clock), at=_at(clock))

    def day_clock(self, form: DayForm, *rest: Token) -> DayForm:
        return replace(form, clock=_clock(rest[-1]))

    def clock_only(self, clock: Token) -> DayForm:
        return DayForm(0, clock=_clock(clock), at=_at(clock))

    def days(self, *children: Any) -> Days:
        return Days(tuple(child for child in children if isinstance(child, DayForm)))

    # -- spans --------------------------------------------------------------------------------------------------------

    def part(self, token: Token) -> tuple[str, int]:
        return PARTS[token.type], _at(token)

    def _span(self, unit: str, children: tuple[Any, ...], first: int = 0, last: int = 0, **more: Any) -> SpanForm:
        part: tuple[str, int] | None = _only(children, tuple)
        token = _only(children, Token)
        year = more.pop("year", None) or _only(children, int) or None
        at = part[1] if part else _at(token) if token else 0
        return SpanForm(unit, first, last or first, year, part=part[0] if part else None, at=at, **more)

    def month(self, *children: Any) -> SpanForm:
        names = _tokens(children)
        return self._span("month", children, month_number(names.get("MONTH") or names["MONTH_NAME"]))

    def months(self, first: Token, _dash: Token, last: Token, year: int | None = None) -> SpanForm:
        return SpanForm("month", month_number(first), month_number(last), year or None, at=_at(first))

    def two_months(self, first: Token, _and: Token, last: Token) -> SpanForm:
        return SpanForm("two-months", month_number(first), month_number(last), at=_at(first))

    def quarter(self, *children: Any) -> SpanForm:
        token = _tokens(children)["QUARTER"]
        return self._span("quarter", children, QUARTERS[re.sub(r"các|qu[ýí]|q|\s", "", token)])

    def year(self, *children: Any) -> SpanForm:
        token = _tokens(children)
        word = token.get("YEAR") or token.get("YYYY") or token.get("THIS_YEAR")
        return self._span("year", children, year=self.of_year(word) if word else None)

    def years(self, *children: Any) -> SpanForm:
        first, last = (c for c in children if isinstance(c, Token) and c.type in ("YEAR", "YYYY"))
        return self._span(
            "year", children, year=self.of_year(first), last_year=self.of_year(last), joined="AND" in _tokens(children)
        )

    def run(self, run: Token, *rest: Any) -> SpanForm:
        token = rest[0]
        year = self.of_year(token) if isinstance(token, Token) else token
        first, last = _run(run)
        return self._span("month", (run, year), first, last)

    def part_role(self, part: tuple[str, int], role: str) -> SpanForm:
        return SpanForm("role", part=part[0], role=role, at=part[1])

    def part_only(self, part: tuple[str, int]) -> SpanForm:
        return SpanForm("role", part=part[0], at=part[1])

    def between(self, *children: Any) -> Between:
        first, last = (child for child in children if not isinstance(child, Token))
        return Between(first, last)

    def from_now(self, _from: Token, now: Token, _until: Token, last: DayForm | SpanForm) -> Between:
        return Between(Now(_at(now)), last)

    # -- limits -------------------------------------------------------------------------------------------------------

    def before(self, *children: Any) -> Limit:
        return Limit("before", children[-1], _at(children[0]))

    def by(self, *children: Any) -> Limit:
        mode = "until" if {child.type for child in children[:-1]} == {"UNTIL"} else "by"
        return Limit(mode, children[-1], _at(children[0]))

    def within(self, *children: Any) -> Limit:
        return Limit("within", children[-1], _at(children[0]) if len(children) > 1 else 0)

    def tentative(self, *_words: Token) -> str:
        return "tentative"

    def about(self, *_words: Token) -> str:
        return "about"

    def hedged(self, hedge: str, limit: Limit) -> Limit:
        return replace(limit, hedge=hedge)

    # -- recurrences --------------------------------------------------------------------------------------------------

    def every(self, *words: Token) -> tuple[str, int]:
        token = next(word for word in words if word.type in EVERY)
        return EVERY[token.type], _at(words[0])

    def undated(self, every: tuple[str, int]) -> Again:
        return Again(every[0], at=every[1])

    def dated(self, limit: Limit, every: tuple[str, int], *bound: Any) -> Again:
        return Again(every[0], limit, _only(bound, Limit), at=every[1])

    def hedged_dated(self, hedge: str, limit: Limit, every: tuple[str, int]) -> Again:
        return Again(every[0], replace(limit, hedge=hedge), at=every[1])

    def every_first(self, every: tuple[str, int], *rest: Any) -> Again:
        limit: Limit = rest[-1]
        return Again(every[0], replace(limit, hedge=_word(rest)), leads=True, at=every[1])

    def every_or(self, every: tuple[str, int], *_rest: Any) -> Again:
        return Again(every[0], also=True, at=every[1])

    def occasion(self, _word: Token, anchor: Anchor, every: tuple[str, int] | None = None) -> At:
        return At(anchor, "occasion", every is not None)

    # -- anchors ------------------------------------------------------------------------------------------------------

    def words(self, *tokens: Token) -> Anchor:
        named = [token for token in tokens if token.type != "WHEN"]
        return Anchor(_at(named[0]), _end(named[-1]))

    def dated_anchor(self, *children: Any) -> Anchor:
        form: DayForm = children[-1]
        return Anchor(form.at, form.at, form)

    def after(self, *children: Any) -> Apart:
        return self._apart("after", children)

    def ahead_of(self, *children: Any) -> Apart:
        return self._apart("before", children)

    after_anchor, ahead_of_anchor = after, ahead_of

    def _apart(self, direction: str, children: tuple[Any, ...]) -> Apart:
        amount, unit = amount_and_unit(_tokens(children)["DURATION"])
        return Apart(amount, unit, direction, _only(children, Anchor))

    def just_before(self, *children: Any) -> Apart:
        return Apart(None, "day", "before", children[-1])

    def bare_after(self, *children: Any) -> Refused:
        return Refused("bare-after", _at(children[0]))

    def at(self, _word: Token, anchor: Anchor) -> At:
        return At(anchor, "at")

    def on_named(self, *tokens: Token) -> At:
        named = [token for token in tokens if token.type != "IN"]
        return At(Anchor(_at(named[0]), _end(named[-1])), "at")

    def inside(self, _word: Token, words: Token) -> At:
        return At(Anchor(_at(words), _end(words)), "inside")

    def open(self, *_words: Token) -> Unset:
        return Unset("open")

    def reference(self, _word: Token) -> Unset:
        return Unset("reference")

    # -- the whole ----------------------------------------------------------------------------------------------------

    def ahead(self, *_window: Token) -> None:
        return None

    def start(self, *children: Any) -> Read:
        form = next(child for child in children if child is not None and not isinstance(child, Token))
        clauses = [child for child in children if isinstance(child, Token) and child.type in ("TAIL", "BRACKET")]
        rest = tuple((_at(clause), _end(clause)) for clause in clauses)
        return Read(form, rest)

    def data_only(self, window: Token, *_rest: Token) -> Read:
        return Read(Refused("data-window", _at(window)))

    def forbidden(self, word: Token) -> Read:
        return Read(Refused("negated", _at(word)))


def _clock(token: Token) -> tuple[int, int]:
    """Hour and minute; an afternoon's hours are counted on from noon."""
    hour, minute, *_rest = *(int(n) for n in NUMBER.findall(token)), 0
    if hour < 12 and token.rstrip().endswith(("chiều", "tối", "pm")):
        hour += 12
    return hour, minute


def _run(token: Token) -> tuple[int, int]:
    """The first and last month of `6 tháng đầu`, `nửa cuối`, `H2`."""
    if token.type == "RUN":
        count = min(number(token), 12)
        return (1, count) if token.endswith("đầu") else (13 - count, 12)
    first = token.startswith(("nửa đầu", "first", "the first", "h1"))
    return (1, 6) if first else (7, 12)
