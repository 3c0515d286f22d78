"""The rows of the store, with the constraints that state what must always hold."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Text
from sqlmodel import CheckConstraint, Column, Field, ForeignKey, Index, Integer, SQLModel, UniqueConstraint

from engine.states import State

STATES = ", ".join(f"'{state}'" for state in State)


def _key() -> Any:
    return Field(default=None, primary_key=True)


def _owner(table: str) -> Any:
    return Field(sa_column=Column(Integer, ForeignKey(f"{table}.id"), nullable=False))


class Snapshot(SQLModel, table=True):
    """A plan as it was when it was started, known by the digest of its content."""

    sha256: str = Field(primary_key=True, max_length=64)
    content: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)  # the file's text, for the reader


class Unit(SQLModel, table=True):
    """The register: one row per unit and directory, as JSON of its dated facts."""

    directory: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    facts: str = Field(sa_type=Text)


class Person(SQLModel, table=True):
    """Who may act for which unit. With no row for a directory its owner may do everything."""

    directory: str = Field(primary_key=True)
    user: str = Field(primary_key=True)
    unit: str
    coordinates: bool = False


class CalendarDay(SQLModel, table=True):
    """Days announced on top of the law; the newest row of a scope and day counts, none is ever changed."""

    __tablename__ = "calendar_day"
    id: int | None = _key()
    calendar: str = ""  # empty words: for everybody
    directory: str = ""
    level: str = ""
    unit: str = ""
    day: date
    works: bool | None  # None: again what the week and the holidays make of it
    source: str = Field(sa_type=Text)


class Instance(SQLModel, table=True):
    id: int | None = _key()
    name: str = Field(unique=True)
    snapshot: str = Field(foreign_key="snapshot.sha256")
    directory: str
    started_at: datetime
    closed_at: datetime | None = None


class Tally(SQLModel, table=True):
    """How far a stage is (per period, and per superior where some stage waits for the units below it)."""

    __table_args__ = (
        UniqueConstraint("instance_id", "stage", "period", "scope"),
        CheckConstraint("done >= 0 AND dropped >= 0 AND done + dropped <= total", name="tally_bounds"),
    )
    id: int | None = _key()
    instance_id: int = _owner("instance")
    stage: str
    period: str = ""
    scope: str = ""  # "" for the whole stage, else the superior whose units are counted
    total: int
    done: int = 0
    dropped: int = 0
    reached_at: datetime | None = None


class Task(SQLModel, table=True):
    """One unit's share of one stage. Everything about its plan stays in the snapshot."""

    __table_args__ = (
        UniqueConstraint("instance_id", "stage", "period", "unit"),
        CheckConstraint(f"state IN ({STATES})", name="task_state"),
        CheckConstraint("state <> 'completed' OR completed_at IS NOT NULL", name="task_completed_at"),
        CheckConstraint("state = 'waiting' OR opened_at IS NOT NULL OR state IN ('cancelled', 'exempt')",
                        name="task_opened_at"),
        Index("task_due", "next_action_at"),
        Index("task_overdue", "overdue_at"),
    )  # fmt: skip
    id: int | None = _key()
    instance_id: int = _owner("instance")
    stage: str
    period: str = ""
    unit: str
    state: str
    version: int = 1
    opens_at: datetime | None = None
    opened_at: datetime | None = None
    touched_at: datetime  # when its last entry happened: nothing may be told before it
    submitted_at: datetime | None = None
    returned_at: datetime | None = None
    completed_at: datetime | None = None
    deadline_version: int = 1
    named: date | None = None
    last_day: date | None = None
    due_time: time | None = None
    original_last_day: date | None = None
    from_on: date | None = None
    to_on: date | None = None
    approximate: bool = False
    by_hand: bool = False  # a person set the day: nothing that hangs on other dates moves it
    provisional: bool = False  # the date hangs on a window not yet fixed: reminded, never overdue
    overdue_at: datetime | None = None
    acked_until: datetime | None = None  # then the acknowledgement counts no more
    swept_at: datetime | None = None  # rungs due up to here have their decisions
    next_action_at: datetime | None = None


class Entry(SQLModel, table=True):
    """One line of the audit log. Never updated, never deleted (triggers see to it)."""

    __table_args__ = (Index("entry_task", "task_id"), Index("entry_instance", "instance_id"))
    id: int | None = _key()
    at: datetime  # when it was recorded
    happened_at: datetime  # when it happened, as told
    actor: str
    for_unit: str | None = None
    instance_id: int | None = Field(default=None, foreign_key="instance.id")
    task_id: int | None = Field(default=None, foreign_key="task.id")
    trigger: str
    before: str | None = None
    after: str | None = None
    doc: str | None = None
    reason: str | None = None
    data: str = Field(default="{}", sa_type=Text)  # JSON: what else changed, old values beside new


class Answer(SQLModel, table=True):
    """What was decided on a question the document leaves open."""

    instance_id: int = Field(foreign_key="instance.id", primary_key=True)
    question: str = Field(primary_key=True)
    text: str = Field(sa_type=Text)


class Message(SQLModel, table=True):
    """The outbox: one message to one address on one office day, rendered once."""

    __table_args__ = (
        UniqueConstraint("recipient", "channel", "office_date", "urgent", "held"),
        Index("message_pending", "status", "next_attempt_at"),
    )
    id: int | None = _key()
    recipient: str
    channel: str
    office_date: date
    urgent: bool = False
    held: bool = False  # composed of rungs that wait for a signature
    message_id: str = Field(unique=True)
    subject: str
    body: str = Field(sa_type=Text)
    attachments: str = Field(default="[]", sa_type=Text)  # JSON: [{name, type, text or base64}]
    severity: int
    rung: str
    template: str
    composed_at: datetime
    status: str  # held | pending | sent | dead | cancelled
    reason: str | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    sent_at: datetime | None = None
    doc: str | None = None
    signed_by: str | None = None


class Decision(SQLModel, table=True):
    """Whether one rung reached one recipient for one task: made at most once, ended by one recorded outcome."""

    __table_args__ = (
        UniqueConstraint("task_id", "rung", "occurrence", "deadline_version", "recipient"),
        CheckConstraint("outcome = 'pending' OR outcome = 'composed' OR reason IS NOT NULL", name="decision_reason"),
        Index("decision_pending", "outcome", "due_at"),
        Index("decision_message", "message_id"),
    )
    id: int | None = _key()
    task_id: int = _owner("task")
    rung: str
    occurrence: int
    deadline_version: int
    recipient: str  # a unit, or unit#head
    role: str
    severity: int
    template: str
    urgent: bool = False
    held: bool = False
    due_at: datetime
    deferred_to: datetime | None = None
    outcome: str = "pending"
    reason: str | None = None
    message_id: int | None = Field(default=None, foreign_key="message.id")
    silence_id: int | None = Field(default=None, foreign_key="silence.id")


class Silence(SQLModel, table=True):
    """Quiet about one task until a moment, by whom and why; afterwards its highest rung speaks again."""

    __table_args__ = (Index("silence_task", "task_id"), Index("silence_ends", "ended_at", "until"))
    id: int | None = _key()
    task_id: int = _owner("task")
    until: datetime
    author: str
    reason: str = Field(sa_type=Text)
    made_at: datetime
    ended_at: datetime | None = None  # when it ran out, or was lifted


class Heartbeat(SQLModel, table=True):
    """When something last ran."""

    name: str = Field(primary_key=True)
    at: datetime
