"""The hand of the parser: one method for each rule of the grammar, called while the parse goes."""

from dataclasses import replace
from typing import Any

from lark import Token, Transformer, v_args

from engine.deadlines.figures import (
    AMOUNTS,
    EVERY,
    NUMBER,
    PARTS,
    ROLES,
    ROLES_OF_YEARS,
    WEEKDAYS,
    amount_and_unit,
    month_number,
    nth,
    number,
    numbers_of,
    quarter_number,
)
from engine.deadlines.forms import (
    Again,
    Anchor,
    Apart,
    At,
    Between,
    DayForm,
    Days,
    Every,
    Limit,
    Now,
    Periodic,
    Read,
    Refused,
    Role,
    SpanForm,
    Unset,
)


def _end(token: Token) -> int:
    """Where a token ends, without the white space behind it."""
    return _at(token) + len(token.rstrip())


def _at(token: Token) -> int:
    return int(token.start_pos or 0)


def _of(*children: Any) -> dict[str, Any]:
    """The year a day or span names, or the role of a year known by its place."""
    if role := _only(children, Role):
        return {"role": str(role)}
    return {"year": _only(children, int) or None}


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

    def of_year(self, token: Token) -> int | Role:
        """0 stands for `năm`, the year of the plan."""
        return Role(ROLES_OF_YEARS[token.type]) if token.type in ROLES_OF_YEARS else number(token)

    def numeric(self, token: Token, *years: int | Role) -> DayForm:
        day, month, *rest = map(int, NUMBER.findall(token))
        return DayForm(day, month, at=_at(token), **_of(*rest, *years))

    def iso(self, token: Token) -> DayForm:
        year, month, day = map(int, token.split("-"))
        return DayForm(day, month, year, at=_at(token))

    def day_month(self, day: Token, *rest: Any) -> DayForm:
        names = _tokens(rest)
        month = month_number(names.get("MONTH") or names["MONTH_NAME"])
        return DayForm(number(day), month, at=_at(day), **_of(*rest))

    def month_day(self, month: Token, day: Token, *years: int | Role) -> DayForm:
        return DayForm(number(day), month_number(month), at=_at(month), **_of(*years))

    def day_months(self, day: Token, *rest: Any) -> DayForm:
        which = None if day.type == "LAST_DAY" else number(day)
        return DayForm(which, at=_at(day), months=numbers_of(_tokens(rest)["MONTHS"]), **_of(*rest))

    def day_role(self, day: Token, *rest: Any) -> DayForm:
        return DayForm(number(day), role=_word(rest), at=_at(day))

    def day_only(self, day: Token) -> DayForm:
        return DayForm(number(day), at=_at(day))

    def last_of(self, last: Token, *rest: Any) -> DayForm:
        names = _tokens(rest)
        if month := names.get("MONTH") or names.get("MONTH_NAME"):
            return DayForm(None, month_number(month), at=_at(last), **_of(*rest))
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
        return PARTS.get(token.type) or f"week-{nth(token)}", _at(token)

    def _span(self, unit: str, children: tuple[Any, ...], first: int = 0, last: int = 0, **more: Any) -> SpanForm:
        part: tuple[str, int] | None = _only(children, tuple)
        at = part[1] if part else _at(_only(children, Token))
        return SpanForm(unit, first, last or first, part=part[0] if part else None, at=at, **(_of(*children) | more))

    def month(self, *children: Any) -> SpanForm:
        names = _tokens(children)
        return self._span("month", children, month_number(names.get("MONTH") or names["MONTH_NAME"]))

    def months(self, first: Token, _dash: Token, last: Token, *years: int | Role) -> SpanForm:
        return SpanForm("month", month_number(first), month_number(last), at=_at(first), **_of(*years))

    def month_year(self, token: Token) -> SpanForm:
        month, year = map(int, NUMBER.findall(token))
        return SpanForm("month", month, month, year, at=_at(token))

    def half_month(self, half: Token, month: Token, *years: int | Role) -> SpanForm:
        form = self.month(month, *years)
        return replace(form, part="first-half" if _run(half) == (1, 6) else "last-half", at=_at(half))

    def several(self, token: Token, *years: int | Role) -> SpanForm:
        unit = "quarter" if token.type == "QUARTERS" else "month"
        each = numbers_of(token)
        if "-" in token and len(each) == 2:
            each = tuple(range(each[0], each[1] + 1)) or each
        return SpanForm(unit, each[0], each[-1], at=_at(token), each=each, **_of(*years))

    def adjoining(self, *children: Any) -> Between:
        cut = max(n for n, child in enumerate(children) if isinstance(child, tuple))
        first, last = children[:cut], children[cut:]
        make = self.quarter if "QUARTER" in _tokens(last) else self.month
        return Between(make(*first), make(*last), adjoining=True)

    def quarter(self, *children: Any) -> SpanForm:
        names = _tokens(children)
        if whole := names.get("QUARTER_YEAR"):
            word, year = whole.split("-")
            return SpanForm("quarter", quarter_number(word), quarter_number(word), int(year), at=_at(whole))
        return self._span("quarter", children, quarter_number(names["QUARTER"]))

    def year(self, *children: Any) -> SpanForm:
        token = _tokens(children)
        word = token.get("YEAR") or token.get("YYYY") or ""  # none in `năm nay`
        return self._span("year", children, year=number(word) or None)

    def years(self, *children: Any) -> SpanForm:
        first, last = (c for c in children if isinstance(c, Token) and c.type in ("YEAR", "YYYY"))
        joined = 1 if "AND" in _tokens(children) else 0
        return self._span("year", children, year=number(first), last_year=number(last), joined=joined)

    def listed_years(self, token: Token) -> SpanForm:
        years = numbers_of(token)
        joined = len(years) - 1 if list(years) == sorted(years) else -1
        return SpanForm("year", year=years[0], last_year=years[-1], joined=joined, at=_at(token))

    def run(self, run: Token, *rest: Any) -> SpanForm:
        token = rest[0]
        year = number(token) if isinstance(token, Token) else token
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
        return Limit("within", children[-1])

    def tentative(self, *_words: Token) -> str:
        return "tentative"

    def about(self, *_words: Token) -> str:
        return "about"

    def hedged(self, hedge: str, limit: Limit) -> Limit:
        return replace(limit, hedge=hedge)

    # -- recurrences --------------------------------------------------------------------------------------------------

    def every(self, *words: Token) -> Every:
        return Every(next(EVERY[word.type] for word in words if word.type in EVERY))

    def undated(self, every: Every, *more: Any) -> Again:
        return Again(every, also=_only(more, Unset) is not None)

    def dated(self, limit: Limit, every: Every, *more: Any) -> Again:
        return Again(every, limit, _only(more, Limit), also=_only(more, Unset) is not None)

    def periodic(self, word: Token, limit: Limit, every: Every | None = None) -> Again | Periodic:
        return self.dated(limit, every) if every else Periodic(limit, at=_at(word))

    def hedged_dated(self, hedge: str, limit: Limit, every: Every) -> Again:
        return Again(every, replace(limit, hedge=hedge))

    def every_first(self, every: Every, *rest: Any) -> Again:
        limit: Limit = rest[-1]
        return Again(every, replace(limit, hedge=_word(rest)), leads=True)

    def occasion(self, _word: Token, anchor: Anchor, every: Every | None = None) -> At:
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
        names = _tokens(children)
        if turn := names.get("NTH_DAY"):
            day = turn.find("ngày")
            clock = _clock(turn[:day]) if day > 0 else None
            return Apart(nth(turn[max(day, 0) :]), "working-day", direction, _only(children, Anchor), clock)
        amount, unit = amount_and_unit(names["DURATION"])
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

    def inside(self, _word: Token, words: Token, *_every: Any) -> At:
        return At(Anchor(_at(words), _end(words)), "inside")

    def open(self, *_words: Token) -> Unset:
        return Unset("open")

    def reference(self, *_words: Token) -> Unset:
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


def _clock(token: str) -> tuple[int, int]:
    """Hour and minute; an afternoon's hours are counted on from noon."""
    hour, minute, *_rest = *(int(n) for n in NUMBER.findall(token)), 0
    half = token.rstrip().replace(".", "")
    if hour < 12 and half.endswith(("chiều", "tối", "pm")):
        hour += 12
    return 0 if hour == 12 and half.endswith("am") else hour, minute


def _run(token: Token) -> tuple[int, int]:
    """The first and last month of `6 tháng đầu`, `nửa cuối`, `H2`."""
    if token.type == "RUN":
        count = number(token) or AMOUNTS[token.split()[0]]
        return (1, count) if "đầu" in token else (13 - count, 12)
    first = " ".join(token.split()).startswith(("nửa đầu", "first", "the first", "h1"))
    return (1, 6) if first else (7, 12)
