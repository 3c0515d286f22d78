"""Tasks as they stood at a moment that is over: the log, read backwards."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine import store
from engine.rows import TaskRow, restored

ENTRY = store.ENTRY.c


def rewound(connection: Connection, instance_id: int, tasks: Iterable[TaskRow], moment: datetime) -> list[TaskRow]:
    """The tasks as of `moment`, by what had happened until then and was not undone since."""
    entries = _entries(connection, instance_id, moment)
    return [task for task in (_rewind(task, entries.get(task.id, ())) for task in tasks) if task is not None]


def _entries(connection: Connection, instance_id: int, moment: datetime) -> dict[int, list[Any]]:
    """By task, the newest first: what happened after the moment."""
    found: dict[int, list[Any]] = {}
    rows = store.entries(connection, ENTRY.instance_id == instance_id, ENTRY.happened_at > moment)
    later = {row.id for row in rows}
    for row in reversed(rows):
        undoes = json.loads(row.data).get("undoes")
        if row.task_id is not None and not (undoes and undoes not in later):  # what was wrong then stays mended
            found.setdefault(row.task_id, []).append(row)
    return found


def _rewind(task: TaskRow, entries: Iterable[Any]) -> TaskRow | None:
    """None where the task was not there yet."""
    old: dict[str, Any] = {}
    for row in entries:
        if row.before is None:
            return None
        old["state"] = row.before
        changed = json.loads(row.data).get("changed", {})
        old |= {name: restored(name, values[0]) for name, values in changed.items() if name in TaskRow._fields}
    return task._replace(**old) if old else task
