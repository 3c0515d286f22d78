"""What several machines on one database tell each other: what was done, who is alive, who hands over what."""

from datetime import datetime

from sqlmodel import Column, Field, ForeignKey, Index, Integer, SQLModel


class Command(SQLModel, table=True):
    """A person's transaction: whether it is here tells whether it was committed, where the reply was lost."""

    __table_args__ = (Index("command_at", "at"),)
    id: str = Field(primary_key=True, max_length=32)
    at: datetime


class Claim(SQLModel, table=True):
    """Whose turn a message is, and until when; the token of the last one who took it is the only one that counts."""

    message_id: int = Field(
        sa_column=Column(Integer, ForeignKey("message.id"), primary_key=True, autoincrement=False)
    )  # fmt: skip
    token: str = Field(max_length=32, index=True)
    holder: str
    until: datetime


class Worker(SQLModel, table=True):
    """A process that works for this office, and when it was last heard of."""

    name: str = Field(primary_key=True)
    kind: str  # run | worker
    started_at: datetime
    seen_at: datetime
    doing: str = ""
