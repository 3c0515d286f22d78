"""Every query about what was handed in."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from engine.prepared import Among, insert_numbered
from engine.rows import HandInRow
from engine.states import DROPPED, FINAL, RECEIVED
from engine.store import INSTANCE, TASK, chunks, table
from engine.tables import HandIn

HAND_IN = table(HandIn)
_COLUMNS = [HAND_IN.c[name] for name in HandInRow._fields]
_VALID = HAND_IN.c.void_at.is_(None)


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Their ids, in the same order."""
    return insert_numbered(connection, HAND_IN, rows)


_OF_TASKS = Among(
    lambda tasks: select(*_COLUMNS).where(HAND_IN.c.task_id.in_(tasks), _VALID).order_by(HAND_IN.c.id), HandInRow._make
)


def _rows(connection: Connection, *conditions: ColumnElement[bool]) -> list[HandInRow]:
    query = select(*_COLUMNS).where(*conditions).order_by(HAND_IN.c.id)
    return [HandInRow._make(row) for row in connection.execute(query)]


def _by_task(rows: Iterable[HandInRow]) -> dict[int, list[HandInRow]]:
    found: dict[int, list[HandInRow]] = {}
    for row in rows:
        found.setdefault(row.task_id, []).append(row)
    return found


def valid(connection: Connection, task_ids: Iterable[int]) -> dict[int, list[HandInRow]]:
    """task → what counts of it now: neither returned nor undone."""
    return _by_task(_OF_TASKS.all(connection, sorted(set(task_ids))))


def parts_in(connection: Connection, instance_id: int) -> dict[int, list[HandInRow]]:
    """The same for the tasks of an instance that are not handed in: of them only parts came."""
    open_now = TASK.c.state.not_in(FINAL | RECEIVED)
    ours = HAND_IN.c.task_id.in_(select(TASK.c.id).where(TASK.c.instance_id == instance_id, open_now))
    return _by_task(_rows(connection, ours, _VALID))


def valid_at(connection: Connection, instance_id: int, moment: datetime) -> dict[int, list[HandInRow]]:
    """The same for all tasks of an instance, as of a moment."""
    ours = HAND_IN.c.task_id.in_(select(TASK.c.id).where(TASK.c.instance_id == instance_id))
    void = HAND_IN.c.void_at
    return _by_task(_rows(connection, ours, HAND_IN.c.arrived_at <= moment, void.is_(None) | (void > moment)))


def every(connection: Connection, task_id: int) -> list[HandInRow]:
    """All that was ever handed in for a task, with what counts no more."""
    return _rows(connection, HAND_IN.c.task_id == task_id)


def set_void(connection: Connection, ids: Iterable[int], at: datetime | None) -> None:
    """None: they count again."""
    for some in chunks(sorted(ids)):
        connection.execute(update(HAND_IN).where(HAND_IN.c.id.in_(some)).values(void_at=at))


def take_turns(connection: Connection, instance_id: int) -> None:
    """Two who count in one instance wait for each other, to the end of their transactions."""
    connection.execute(select(INSTANCE.c.id).where(INSTANCE.c.id == instance_id).with_for_update())


def counted(connection: Connection, instance_id: int, quota: str, stage: str) -> list[HandInRow]:
    """What the tasks of a stage that still stand count against a quota."""
    ours = select(TASK.c.id).where(
        TASK.c.instance_id == instance_id, TASK.c.stage == stage, TASK.c.state.not_in(DROPPED)
    )
    return _rows(connection, HAND_IN.c.quota == quota, _VALID, HAND_IN.c.task_id.in_(ours))


def has_file(connection: Connection, digest: str) -> bool:
    """Does anything handed in, valid or not, refer to this file?"""
    return connection.execute(select(HAND_IN.c.id).where(HAND_IN.c.file == digest).limit(1)).first() is not None
