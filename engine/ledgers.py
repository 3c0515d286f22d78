"""Every query about extensions and suspensions: what was asked for and decided, and when the clock stood still."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update

from engine.rows import ExtensionRow, SuspensionRow
from engine.store import TASK, chunks, table
from engine.tables import Extension, Suspension

EXTENSION, SUSPENSION = table(Extension), table(Suspension)
_EXTENSION_COLUMNS = [EXTENSION.c[name] for name in ExtensionRow._fields]
_SUSPENSION_COLUMNS = [SUSPENSION.c[name] for name in SuspensionRow._fields]


def add_extensions(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    connection.execute(insert(EXTENSION), [dict(row) for row in rows])


def _extensions(connection: Connection, *conditions: ColumnElement[bool]) -> list[ExtensionRow]:
    """In the order they were asked for; what was undone is left out."""
    query = select(*_EXTENSION_COLUMNS).where(EXTENSION.c.outcome != "void", *conditions).order_by(EXTENSION.c.id)
    return [ExtensionRow._make(row) for row in connection.execute(query)]


def extensions(connection: Connection, task_ids: Iterable[int]) -> dict[int, list[ExtensionRow]]:
    """task → its requests."""
    found: dict[int, list[ExtensionRow]] = {}
    for some in chunks(sorted(set(task_ids))):
        for row in _extensions(connection, EXTENSION.c.task_id.in_(some)):
            found.setdefault(row.task_id, []).append(row)
    return found


def extensions_of(connection: Connection, instance_id: int) -> dict[int, list[ExtensionRow]]:
    """The same for all tasks of an instance, in one query."""
    ours = EXTENSION.c.task_id.in_(select(TASK.c.id).where(TASK.c.instance_id == instance_id))
    found: dict[int, list[ExtensionRow]] = {}
    for row in _extensions(connection, ours):
        found.setdefault(row.task_id, []).append(row)
    return found


def last_extension(connection: Connection, task_id: int) -> int:
    """The id of a task's newest request."""
    return _extensions(connection, EXTENSION.c.task_id == task_id)[-1].id


def decide_extension(connection: Connection, extension_id: int, outcome: str, **decision: Any) -> None:
    """Set what became of a request; what is not said is taken back."""
    blank = dict.fromkeys(("decided_at", "decided_by", "decision_doc", "decision_reason", "granted"))
    statement = update(EXTENSION).where(EXTENSION.c.id == extension_id)
    connection.execute(statement.values(outcome=outcome, **{**blank, **decision}))


def add_suspensions(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    connection.execute(insert(SUSPENSION), [dict(row) for row in rows])


def suspensions(connection: Connection, *conditions: ColumnElement[bool]) -> list[SuspensionRow]:
    query = select(*_SUSPENSION_COLUMNS).where(*conditions).order_by(SUSPENSION.c.id)
    return [SuspensionRow._make(row) for row in connection.execute(query)]


def open_suspensions(connection: Connection, task_ids: Iterable[int]) -> dict[int, SuspensionRow]:
    """task → the stretch it is in now."""
    return {
        row.task_id: row
        for some in chunks(sorted(set(task_ids)))
        for row in suspensions(connection, SUSPENSION.c.task_id.in_(some), SUSPENSION.c.to_at.is_(None))
    }


def last_suspension(connection: Connection, task_id: int) -> SuspensionRow:
    return suspensions(connection, SUSPENSION.c.task_id == task_id)[-1]


def end_suspension(connection: Connection, suspension_id: int, at: datetime | None) -> None:
    """None: it lasts again."""
    connection.execute(update(SUSPENSION).where(SUSPENSION.c.id == suspension_id).values(to_at=at))
