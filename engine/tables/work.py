"""Started plans: their tasks, how far their stages are, and what was decided about them."""

from datetime import date, datetime, time

from sqlalchemy import Text, text
from sqlmodel import CheckConstraint, Field, Index, SQLModel, UniqueConstraint

from engine.tables.columns import STATES, UNFINISHED, key, owner


class Instance(SQLModel, table=True):
    id: int | None = key()
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
    id: int | None = key()
    instance_id: int = owner("instance")
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
        CheckConstraint("opened_at IS NOT NULL OR state IN "
                        "('waiting', 'suspended', 'transferring', 'cancelled', 'exempt')", name="task_opened_at"),
        Index("task_due", "next_action_at"),
        Index("task_overdue", "overdue_at", sqlite_where=text(UNFINISHED), postgresql_where=text(UNFINISHED)),
        Index("task_last_day", "last_day", sqlite_where=text(UNFINISHED), postgresql_where=text(UNFINISHED)),
        Index("task_unit", "unit"),
    )  # fmt: skip
    id: int | None = key()
    instance_id: int = owner("instance")
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
    late_from: date | None = None  # the day lateness counts from, where an extension came too late to undo it
    paused_days: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # after the last day: not counted
    taken_from: str = Field(default="", sa_column_kwargs={"server_default": ""})  # the unit it was handed over by
    acked_until: datetime | None = None  # then the acknowledgement counts no more
    swept_at: datetime | None = None  # rungs due up to here have their decisions
    next_action_at: datetime | None = None


class Answer(SQLModel, table=True):
    """What was decided on a question the document leaves open."""

    instance_id: int = Field(foreign_key="instance.id", primary_key=True)
    question: str = Field(primary_key=True)
    text: str = Field(sa_type=Text)


class StandIn(SQLModel, table=True):
    """In one instance a unit plays another's part from a moment on: the plan's own unit ended."""

    __tablename__ = "stand_in"
    __table_args__ = (Index("stand_in_instance", "instance_id"),)
    id: int | None = key()
    instance_id: int = owner("instance")
    stage: str = ""  # empty words: wherever the unit has the role
    role: str  # a word of the plan language: coordinator, submit_to, through, …; responsible: took a task over
    unit: str
    successor: str
    since: datetime


class Amendment(SQLModel, table=True):
    """An instance went over from one snapshot to another; the old one is kept."""

    __table_args__ = (Index("amendment_instance", "instance_id"),)
    id: int | None = key()
    instance_id: int = owner("instance")
    at: datetime
    old: str = Field(foreign_key="snapshot.sha256")
    new: str = Field(foreign_key="snapshot.sha256")
    undone_at: datetime | None = None
