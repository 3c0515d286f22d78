"""Requests for more time and pauses of the clock, as a reader sees them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine import ledgers
from engine.clock import local_date
from engine.office import Office
from engine.rows import SuspensionRow, TaskRow
from engine.service.select import Selection, select


def extension_views(
    office: Office, connection: Connection, selection: Selection, now: datetime
) -> list[dict[str, Any]]:
    """One mapping per request about the selected tasks, in the order of the tasks."""
    tasks = select(office, connection, selection, now)
    found = ledgers.extensions(connection, [task.id for task in tasks])
    return [{"task": task.selector, **_plain(row)} for task in tasks for row in found.get(task.id, ())]


def _plain(row: Any) -> dict[str, Any]:
    """A ledger's row without its keys."""
    return {name: value for name, value in row._asdict().items() if name not in ("id", "task_id")}


def ledger_views(connection: Connection, task: TaskRow, zone: str) -> dict[str, Any]:
    """Both ledgers of one task."""
    pauses = ledgers.suspensions(connection, ledgers.SUSPENSION.c.task_id == task.id)
    return {
        "extension_requests": [_plain(row) for row in ledgers.extensions(connection, [task.id]).get(task.id, ())],
        "suspensions": [{**_plain(row), "remaining_days": remaining_days(task, row, zone)} for row in pauses],
    }


def remaining_days(task: TaskRow, stretch: SuspensionRow, zone: str) -> int | None:
    """Calendar days that were left when the clock was stopped, less than 0 where it was late; None once it runs."""
    if stretch.to_at is not None or task.last_day is None:
        return None
    return (task.last_day - local_date(stretch.from_at, zone)).days
