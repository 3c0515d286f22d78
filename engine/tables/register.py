"""What is known beside any plan: its snapshot, units, people and announced days."""

from datetime import date

from sqlalchemy import Text
from sqlmodel import Field, Index, SQLModel

from engine.tables.columns import key


class Snapshot(SQLModel, table=True):
    """A plan as it was when it was started, known by the digest of its content."""

    sha256: str = Field(primary_key=True, max_length=64)
    content: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)  # the file's text, for the reader


class Unit(SQLModel, table=True):
    """The register: one row per unit and directory, as JSON of its dated facts."""

    __table_args__ = (Index("unit_ends", "valid_to"),)
    directory: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    facts: str = Field(sa_type=Text)
    valid_to: date | None = None  # the unit's last day, out of its facts, so that those that ended are found


class Person(SQLModel, table=True):
    """Who may act for which unit. With no row for a directory its owner may do everything."""

    directory: str = Field(primary_key=True)
    user: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    coordinates: bool = False
    from_on: date | None = None  # the days on which the person acts, both in them
    to_on: date | None = None
    token: str | None = None  # SHA-256 of the secret that proves who it is; where there is one, it is asked for


class CalendarDay(SQLModel, table=True):
    """Days announced on top of the law; the newest row of a scope and day counts, none is ever changed."""

    __tablename__ = "calendar_day"
    id: int | None = key()
    calendar: str = ""  # empty words: for everybody
    directory: str = ""
    level: str = ""
    unit: str = ""
    day: date
    works: bool | None  # None: again what the week and the holidays make of it
    source: str = Field(sa_type=Text)
