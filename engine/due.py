"""What there is to do at an instant, found by one statement: all that a tick costs when it is nothing."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Boolean, ColumnElement, Connection, bindparam, exists, func, select

from engine import seals, silences
from engine.outbox import DECISION, MESSAGE, is_pending, is_ready
from engine.prepared import Prepared
from engine.store import ENTRY, HEARTBEAT, TASK

_NOW = bindparam("now", type_=TASK.c.next_action_at.type)


class Due(NamedTuple):
    """When the last tick was, and what waits for one now."""

    last: datetime | None
    tasks: bool
    decisions: bool
    messages: bool
    silences: bool
    entry: int | None  # the newest, and the newest sealed one
    sealed: int | None

    @property
    def entries(self) -> bool:
        return self.entry != self.sealed


def _any(column: ColumnElement[int], *where: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(column).where(*where)).cast(Boolean)


_DUE = Prepared(
    select(
        select(HEARTBEAT.c.at).where(HEARTBEAT.c.name == bindparam("heartbeat")).scalar_subquery(),
        _any(TASK.c.id, TASK.c.next_action_at <= _NOW),
        _any(DECISION.c.id, is_ready(_NOW)),
        _any(MESSAGE.c.id, is_pending(_NOW)),
        _any(silences.SILENCE.c.id, silences.SILENCE.c.ended_at.is_(None), silences.SILENCE.c.until <= _NOW),
        select(func.max(ENTRY.c.id)).scalar_subquery(),
        select(func.max(seals.SEALED.c.entry_id)).scalar_subquery(),
    ),
    Due._make,
)


def look(connection: Connection, heartbeat: str, now: datetime) -> Due:
    """Each part by an index, so that it takes the same among ten tasks and among a million."""
    found: Due | None = _DUE.first(connection, heartbeat=heartbeat, now=now)
    assert found is not None
    return found
