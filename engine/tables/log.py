"""The audit log, its seals, and when something last ran."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Column, Field, Index, Integer, SQLModel

from engine.tables.columns import key


class Entry(SQLModel, table=True):
    """One line of the audit log. Never updated, never deleted (triggers see to it)."""

    __table_args__ = (Index("entry_task", "task_id"), Index("entry_instance", "instance_id"))
    id: int | None = key()
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


class Seal(SQLModel, table=True):
    """One link of the chain over the log: a digest of some entries and of the link before."""

    position: int = Field(primary_key=True)
    at: datetime
    entries: int
    digest: str = Field(unique=True, max_length=64)
    previous: str = Field(max_length=64)


class SealedEntry(SQLModel, table=True):
    """Which link an entry lies in. An entry without a row is not sealed yet."""

    __tablename__ = "sealed_entry"
    __table_args__ = (Index("sealed_entry_position", "position"),)
    entry_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    position: int = Field(foreign_key="seal.position")


class Heartbeat(SQLModel, table=True):
    """When something last ran."""

    name: str = Field(primary_key=True)
    at: datetime
