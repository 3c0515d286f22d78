"""The plan language: what one YAML file may say."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, ValidationInfo, model_validator

from engine.deadlines import clamped, read_duration, read_month_day_span, read_offset, read_span
from engine.errors import PhraseError
from engine.i18n import _
from engine.ladders import BUILT_IN_NAMES, CONDITIONS, TEMPLATES
from engine.plan.annexes import Criteria, Question, Quota
from engine.plan.directory import Directory
from engine.plan.spellings import AnyOf, Below, Each, Joint, Same
from engine.plan.words import (
    Day,
    Flag,
    Model,
    Number,
    Slug,
    Slugs,
    SomeSlugs,
    Text,
    Texts,
    as_list,
    as_text,
    known_word,
    refuse,
)

OutputKind = Literal[
    "report", "plan", "decision", "dossier", "list", "invitation", "letter", "proposal", "minutes", "speech", "data",
    "other",
]  # fmt: skip


def _phrase_of(reader: Any) -> Any:
    """Check a phrase with its reader, keep its words."""

    def check(value: str) -> str:
        try:
            reader(value)
        except PhraseError as error:
            raise refuse("phrase", error.told) from error
        return value

    return check


def read_data(text: str, reported: date = date(2000, 1, 1)) -> date:
    """The day the data are closed that an output is made of; raises PhraseError.

    `2011 .. 2020`, two dates, or a stretch of every year (`15/12 .. 14/12`), closed in the year it is reported in.
    """
    try:
        _first, last = read_month_day_span(text)
    except PhraseError:
        return read_span(text)[1]
    return clamped(reported.year, last)


MAX_AMOUNT = 1000


def _bounded(reader: Any) -> Any:
    def read(value: str) -> Any:
        found = reader(value)
        if found.amount > MAX_AMOUNT:
            raise PhraseError(value, 0, _("more than {n} of a unit").format(n=MAX_AMOUNT))
        return found

    return read


def _at_least_one(value: str) -> str:
    if read_duration(value).amount < 1:
        raise refuse("phrase", _("it must be at least one day apart"))
    return value


def _before_the_deadline(value: str) -> str:
    offset = read_offset(value)
    if offset.anchor != "deadline" or offset.direction != "before" or not offset.amount:
        raise refuse("phrase", _("`opens` is a time before the deadline, such as 30 ngày trước hạn"))
    return value


def _checked(reader: Any) -> Any:
    return Annotated[Text, AfterValidator(_phrase_of(reader))]


DurationText = _checked(_bounded(read_duration))
OffsetText = _checked(_bounded(read_offset))
SpanText = _checked(read_span)
DataText = _checked(read_data)
OccasionText = _checked(read_month_day_span)


class Source(Model):
    file: Text | None = None
    kind: Literal["original", "copy", "news"] = "original"


class Document(Model):
    number: Text | None = None
    issued: Day | None = None
    as_of: Day | None = None
    issuer: Slug
    signed_by: Text | None = None
    basis: Texts = ()
    copies_to: Texts = ()
    source: Source = Source()

    @model_validator(mode="after")
    def _dated(self) -> "Document":
        if self.issued is None and self.as_of is None:
            raise refuse("issued", _("the document needs `issued`, or `as_of` where it bears no date"))
        return self

    @property
    def date(self) -> date:
        """The day the plan is read with: issued, else assumed."""
        day = self.issued or self.as_of
        assert day is not None
        return day


SNAPSHOT = "snapshot"  # the context in which a plan is read back in the form the model itself has


class Responsible(Model):
    """Who answers for a stage: one unit, each of a group, or several jointly."""

    mode: Literal["one", "each", "joint"]
    units: tuple[Slug, ...] = Field(min_length=1)
    except_: tuple[Slug, ...] = Field(default=(), alias="except")


def _responsible(value: Any, info: ValidationInfo) -> Any:
    value = as_text(value)
    if isinstance(value, str):
        return {"mode": "one", "units": [value]}
    if isinstance(value, list):
        raise refuse("responsible", _("one task each, or one in common? write {each: […]} or {joint: […]}"))
    if isinstance(value, dict) and info.context != SNAPSHOT:
        modes = [mode for mode in ("each", "joint") if mode in value]
        if len(modes) != 1 or value.keys() & {"mode", "units"}:
            raise refuse("responsible", _("write a unit, {each: …} or {joint: […]}"))
        rest = {key: item for key, item in value.items() if key != modes[0]}
        rest["except"] = as_list(rest.get("except", []))
        return {"mode": modes[0], "units": as_list(value[modes[0]]), **rest}
    return value


class After(Model):
    """What a stage waits for: a whole stage, the units below, the unit's own task, or any of several stages."""

    how: Literal["stage", "below", "same", "any"]
    stages: tuple[Slug, ...] = Field(min_length=1)


Holder = Annotated[Responsible, BeforeValidator(_responsible, json_schema_input_type=Slug | Each | Joint)]


def _after(value: Any, info: ValidationInfo) -> Any:
    value = as_text(value)
    if isinstance(value, str):
        return {"how": "stage", "stages": [value]}
    if isinstance(value, dict) and info.context != SNAPSHOT:
        if len(value) != 1 or next(iter(value)) not in ("below", "same", "any"):
            raise refuse("after", _("write a stage, {below: X}, {same: X} or {any: [a, b]}"))
        how, stages = next(iter(value.items()))
        return {"how": how, "stages": as_list(stages)}
    return value


Wait = Annotated[After, BeforeValidator(_after, json_schema_input_type=Slug | Below | Same | AnyOf)]


class Output(Model):
    name: Text
    kind: OutputKind = "other"
    count: Number = Field(default=1, ge=1, le=1_000_000)
    required: Flag = False
    form: Texts = ()
    outline: Text | None = None
    data: DataText | None = None  # type: ignore[valid-type]


WHO_TYPES = ("ongoing", "prohibition")  # and all soft work
EVENT_TYPES = ("event", "prohibition")
EVENT_KEYS = ("chair", "attend", "guests", "form", "venue", "session")
_SHARE: dict[str, Any] = {
    "type": ["string", "integer"],
    "pattern": "^(?:all|0*[1-9][0-9]*|0*(?:[1-9][0-9]?|100) *%)$",
    "minimum": 1,
}


class Stage(Model):
    name: Text
    clause: Text
    type: Literal["task", "event", "ongoing", "prohibition"] = "task"
    responsible: Holder | None = None
    inferred_responsible: Holder | None = None
    who: Text | None = None
    with_: Slugs = Field(default=(), alias="with")
    on_behalf_of: Slug | None = None
    submit_to: Slugs = ()
    through: Slug | None = None
    accept_by: Slug | None = None
    after: Annotated[tuple[Wait, ...], BeforeValidator(as_list, json_schema_input_type=Wait | tuple[Wait, ...])] = ()
    gate: Literal["strict"] | None = None
    deadline: Text | None = None
    inferred: Text | None = None
    complete_when: Text = Field(default="all", json_schema_extra=_SHARE)
    soft: Flag = False
    ladder: Slug | None = None
    grace: DurationText | None = None  # type: ignore[valid-type]
    opens: Annotated[OffsetText, AfterValidator(_before_the_deadline)] | None = None  # type: ignore[valid-type]
    roll: Literal["next"] | None = None
    content: Texts = ()
    outputs: tuple[Output, ...] = ()
    note: Text | None = None
    chair: Slug | None = None
    attend: Slugs = ()
    guests: Texts = ()
    form: Text | None = None
    venue: Text | None = None
    session: Text | None = None

    @model_validator(mode="after")
    def _someone(self) -> "Stage":
        if self.responsible and self.inferred_responsible:
            message = _("give `responsible` or `inferred_responsible`, not both")
            raise refuse("responsible", message, "inferred_responsible")
        if self.who and not (self.soft or self.type in WHO_TYPES):
            raise refuse("who", _("`who` is for soft and ongoing work: name a unit under `responsible`"), "who")
        if not (self.responsible or self.inferred_responsible or self.who or self.type == "event"):
            raise refuse("responsible", _("who is responsible? name a unit, {each: GROUP} or {joint: […]}"))
        return self

    @model_validator(mode="after")
    def _only_events(self) -> "Stage":
        for name in EVENT_KEYS:
            if getattr(self, name) and self.type not in EVENT_TYPES:
                raise refuse("event", _("`{name}` belongs to an event: add `type: event`").format(name=name), name)
        return self

    @model_validator(mode="after")
    def _countable(self) -> "Stage":
        text = self.complete_when
        number = text.removesuffix("%").strip()
        if text != "all" and not (number.isascii() and number.isdigit() and int(number[:9]) >= 1):
            message = _("complete_when is `all`, a number such as 5, or a share such as 80%")
            raise refuse("complete_when", message, "complete_when")
        if text.endswith("%") and int(number[:9]) > 100:
            raise refuse("complete_when", _("complete_when cannot be more than 100%"), "complete_when")
        return self

    @property
    def never_overdue(self) -> bool:
        return self.soft or self.type == "ongoing"

    @property
    def holder(self) -> Responsible | None:
        return self.responsible or self.inferred_responsible

    @property
    def holder_key(self) -> str:
        """The key under which it is written who holds the stage."""
        return "inferred_responsible" if self.inferred_responsible else "responsible"


class RepeatModel(Model):
    every: Annotated[DurationText, AfterValidator(_at_least_one)]  # type: ignore[valid-type]
    at_most: Annotated[Number, Field(ge=1, le=1000)] | None = None


class RungModel(Model):
    severity: Number = Field(ge=0, le=4)
    when: OffsetText  # type: ignore[valid-type]
    if_: str | None = Field(default=None, alias="if", json_schema_extra={"enum": [*CONDITIONS, None]})
    to: SomeSlugs
    template: str = Field(json_schema_extra={"enum": list(TEMPLATES)})
    letter: Flag = False
    release: Literal["auto", "sign"] = "auto"
    urgent: Flag = False
    repeat: RepeatModel | None = None

    @model_validator(mode="after")
    def _known_words(self) -> "RungModel":
        known_word(self.template, tuple(TEMPLATES), "template")
        if self.if_ is not None:
            known_word(self.if_, CONDITIONS, "if")
        return self


def _own_name(name: str) -> str:
    if name in BUILT_IN_NAMES:
        raise refuse("ladder", _("{name} is built in: give your own ladder another name").format(name=name))
    return name


class Plan(Model):
    plan: Slug
    kind: Literal["summary", "mid-term", "interim", "emulation", "other"] = "other"
    title: Text
    language: Literal["vi", "en"] = "vi"
    document: Document
    directory: Annotated[
        Annotated[Text, Tag("file")] | Annotated[Directory, Tag("inline")],
        Discriminator(lambda value: "inline" if isinstance(value, dict | Directory) else "file"),
    ]
    calendar: Text | None = None
    coordinator: Slug
    span: SpanText  # type: ignore[valid-type]
    accept_by: Slug | None = None
    ladder: Slug = "don-doc"
    ladders: dict[Annotated[Slug, AfterValidator(_own_name)], tuple[RungModel, ...]] = {}
    criteria: tuple[Criteria, ...] = ()
    stages: dict[Slug, Stage] = Field(min_length=1)
    quotas: dict[Slug, Quota] = {}
    questions: tuple[Question, ...] = ()
    occasions: dict[Slug, OccasionText] = {}  # type: ignore[valid-type]

    @property
    def span_days(self) -> tuple[date, date]:
        return read_span(self.span)

    @property
    def number(self) -> str:
        """How the plan is cited: its number, else its id."""
        return self.document.number or self.plan
