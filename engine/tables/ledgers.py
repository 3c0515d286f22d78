"""What was handed in, asked for and suspended, line by line."""

from datetime import date, datetime

from sqlalchemy import Text
from sqlmodel import CheckConstraint, Field, Index, SQLModel

from engine.tables.columns import key, owner


class HandIn(SQLModel, table=True):
    """One output as it arrived in one form: its paper, its count, its file."""

    __tablename__ = "hand_in"
    __table_args__ = (Index("hand_in_task", "task_id"), Index("hand_in_quota", "quota"))
    id: int | None = key()
    task_id: int = owner("task")
    output: str = ""  # its name in the plan; empty words: the work as a whole
    form: str = ""  # the way it came, where the plan tells several apart
    doc: str | None = None
    pieces: int = 1
    quota: str = ""
    collective: int = 0
    individual: int = 0
    file: str | None = None  # SHA-256 of the content, under which it is kept
    file_name: str | None = None
    file_size: int | None = None
    arrived_at: datetime
    actor: str
    void_at: datetime | None = None  # when it was returned, or its entry undone: it counts no more


class Extension(SQLModel, table=True):
    """One request for more time, and what became of it."""

    __table_args__ = (
        CheckConstraint("outcome IN ('requested', 'granted', 'refused', 'void')", name="extension_outcome"),
        CheckConstraint("outcome <> 'granted' OR granted IS NOT NULL", name="extension_granted"),
        Index("extension_task", "task_id"),
    )
    id: int | None = key()
    task_id: int = owner("task")
    requested_at: datetime
    last_day: date  # in force when it was asked for
    asked: date
    late: bool  # asked for after that day: what is late stays late
    doc: str | None = None
    reason: str = Field(sa_type=Text)
    outcome: str = "requested"
    decided_at: datetime | None = None
    decided_by: str | None = None
    decision_doc: str | None = None
    decision_reason: str | None = Field(default=None, sa_type=Text)
    granted: date | None = None


class Suspension(SQLModel, table=True):
    """One stretch of time that does not count, by a written decision; open where `to_at` is missing."""

    __table_args__ = (Index("suspension_task", "task_id"),)
    id: int | None = key()
    task_id: int = owner("task")
    state: str  # to which the task goes back
    from_at: datetime
    to_at: datetime | None = None
    doc: str | None = None
    reason: str = Field(sa_type=Text)
