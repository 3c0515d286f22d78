"""What is to be said, to whom, and what came of it."""

from datetime import date, datetime

from sqlalchemy import Text
from sqlmodel import CheckConstraint, Field, Index, SQLModel, UniqueConstraint

from engine.tables.columns import key, owner


class Message(SQLModel, table=True):
    """The outbox: one message to one address on one office day, rendered once."""

    __table_args__ = (
        UniqueConstraint("recipient", "channel", "office_date", "urgent", "held"),
        Index("message_pending", "status", "next_attempt_at"),
    )
    id: int | None = key()
    recipient: str
    channel: str
    office_date: date
    urgent: bool = False
    held: bool = False  # composed of rungs that wait for a signature
    message_id: str = Field(unique=True)
    subject: str
    body: str = Field(sa_type=Text)
    html: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    attachments: str = Field(default="[]", sa_type=Text)  # JSON: [{name, type, text}] or [{name, type, base64}]
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
        Index("decision_pending", "outcome", "deferred_to", "due_at"),
        Index("decision_message", "message_id"),
    )
    id: int | None = key()
    task_id: int = owner("task")
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
    id: int | None = key()
    task_id: int = owner("task")
    until: datetime
    author: str
    reason: str = Field(sa_type=Text)
    made_at: datetime
    ended_at: datetime | None = None  # when it ran out, or was lifted


class Echo(SQLModel, table=True):
    """A decision that a further message tells of too: its recipient chose several channels."""

    __table_args__ = (Index("echo_message", "message_id"),)
    decision_id: int = Field(foreign_key="decision.id", primary_key=True)
    message_id: int = Field(foreign_key="message.id", primary_key=True)
