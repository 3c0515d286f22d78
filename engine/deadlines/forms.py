"""What a phrase says, before anything is reckoned: one small form for each rule of the grammar."""

from dataclasses import dataclass


class Role(str):
    """A year known by its place: `năm báo cáo`, `năm sau`."""


class Every(str):
    """How often: `day`, `month`, `quarter`, `half-year` or `year`."""


@dataclass(frozen=True, slots=True)
class DayForm:
    """A named day. `role` is a month known by its place: the last of a quarter, each month."""

    day: int | None = None  # None: the last one of its month
    month: int | None = None
    year: int | None = None
    role: str | None = None
    weekday: int | None = None
    clock: tuple[int, int] | None = None
    at: int = 0
    months: tuple[int, ...] = ()  # the same day of several months


@dataclass(frozen=True, slots=True)
class SpanForm:
    """A month, a quarter, a year or several, or a part of one."""

    unit: str  # month | quarter | year | role (a part of a month known by its place)
    first: int = 0
    last: int = 0
    year: int | None = None
    last_year: int | None = None
    part: str | None = None
    role: str | None = None
    at: int = 0
    joined: int = 0  # years listed one by one: so many years from the first to the last
    each: tuple[int, ...] = ()  # months or quarters listed one by one


@dataclass(frozen=True, slots=True)
class Now:
    at: int = 0


@dataclass(frozen=True, slots=True)
class Between:
    first: "DayForm | SpanForm | Now"
    last: "DayForm | SpanForm"
    adjoining: bool = False  # one ends where the other begins: cuối tháng 9, đầu tháng 10


@dataclass(frozen=True, slots=True)
class Days:
    days: tuple[DayForm, ...]


When = Days | SpanForm | Between


@dataclass(frozen=True, slots=True)
class Limit:
    mode: str  # before | by | until | within
    when: When
    at: int = 0
    hedge: str | None = None  # tentative | about


@dataclass(frozen=True, slots=True)
class Again:
    every: str
    limit: Limit | None = None
    bound: Limit | None = None
    leads: bool = False  # the recurrence is said first: what follows may end it
    also: bool = False


@dataclass(frozen=True, slots=True)
class Periodic:
    """`định kỳ` with a limit, which has to say how often."""

    limit: Limit
    at: int = 0


@dataclass(frozen=True, slots=True)
class Anchor:
    start: int
    end: int
    day: DayForm | None = None


@dataclass(frozen=True, slots=True)
class Apart:
    """An amount of time away from an anchor; no amount for `trước hoi-nghi`."""

    amount: int | None
    unit: str
    direction: str
    anchor: Anchor
    clock: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class At:
    anchor: Anchor
    how: str  # at | inside | occasion
    yearly: bool = False


@dataclass(frozen=True, slots=True)
class Unset:
    kind: str  # open | reference


@dataclass(frozen=True, slots=True)
class Refused:
    why: str  # data-window | negated | bare-after
    at: int


Form = Limit | Again | Periodic | Apart | At | Unset | Refused


@dataclass(frozen=True, slots=True)
class Read:
    """A whole phrase: its form and the places of the clauses that were passed over behind it."""

    form: Form
    rest: tuple[tuple[int, int], ...] = ()
