"""What is kept of an instance for good, in one zip file: the plan in every version, its tasks, its log."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine import amendments, store
from engine.csvfile import csv_bytes
from engine.office import Office
from engine.reports.plans import log_views
from engine.reports.tasks import task_views
from engine.rows import InstanceRow
from engine.service.select import instances_named


def archive_bytes(office: Office, connection: Connection, names: Sequence[str], now: datetime) -> bytes:
    """A folder for each instance; the tasks stand as they do at `now`. Raises NotFound."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for instance in instances_named(office, connection, names):
            for name, content in _files(office, connection, instance, now):
                file.writestr(f"{instance.name}/{name}", content)
    return target.getvalue()


def _files(
    office: Office, connection: Connection, instance: InstanceRow, now: datetime
) -> Iterator[tuple[str, bytes | str]]:
    for number, digest in enumerate(amendments.snapshots_of(connection, instance), start=1):
        yield f"plan-{number}.yaml", amendments.snapshot_source(connection, digest)
        yield f"snapshot-{number}-{digest[:12]}.json", store.snapshot_content(connection, digest)
    tasks = store.tasks(connection, store.TASK.c.instance_id == instance.id)
    yield "tasks.csv", _table(task_views(office, connection, tasks, now))
    yield "log.csv", _table(log_views(office, connection, instance.name))


def _table(rows: Sequence[Mapping[str, Any]]) -> bytes:
    headings = list(rows[0]) if rows else []
    return csv_bytes(headings, ([_cell(row[name]) for name in headings] for row in rows))


def _cell(value: Any) -> Any:
    if not isinstance(value, dict | list):
        return value
    return json.dumps(value, ensure_ascii=False, default=lambda moment: moment.isoformat())
