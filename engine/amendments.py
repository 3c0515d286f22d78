"""Every query about how an instance begins, goes over to another version of its plan, and ends."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, literal, select, update

from engine.rows import InstanceRow
from engine.states import FINAL, HALTED, State
from engine.store import ENTRY, INSTANCE, SNAPSHOT, TALLY, TASK, table
from engine.tables import Amendment

AMENDMENT = table(Amendment)


def snapshot_source(connection: Connection, sha256: str) -> str:
    """The text of the file a snapshot was made from."""
    return str(connection.execute(select(SNAPSHOT.c.source).where(SNAPSHOT.c.sha256 == sha256)).scalar_one())


def snapshots_of(connection: Connection, instance: InstanceRow) -> list[str]:
    """Every version of its plan that was ever in force, the oldest first, each once."""
    rows = amendments(connection, instance.id)
    return list(dict.fromkeys([*(digest for row in rows for digest in (row.old, row.new)), instance.snapshot]))


def switch_snapshot(connection: Connection, instance: InstanceRow, sha256: str) -> bool:
    """Compare-and-set; False where somebody else amended or closed the instance meanwhile."""
    seen = and_(INSTANCE.c.id == instance.id, INSTANCE.c.snapshot == instance.snapshot, INSTANCE.c.closed_at.is_(None))
    return bool(connection.execute(update(INSTANCE).where(seen).values(snapshot=sha256)).rowcount)


def add_amendment(connection: Connection, row: Mapping[str, Any]) -> int:
    return int(connection.execute(insert(AMENDMENT).values(**row)).inserted_primary_key[0])  # type: ignore[index]


def last_amendment(connection: Connection, instance_id: int) -> Any | None:
    """The newest that was not undone."""
    return next((row for row in reversed(amendments(connection, instance_id)) if row.undone_at is None), None)


def amendments(connection: Connection, instance_id: int) -> list[Any]:
    """All of an instance, undone or not, the oldest first."""
    query = select(AMENDMENT).where(AMENDMENT.c.instance_id == instance_id)
    return list(connection.execute(query.order_by(AMENDMENT.c.id)))


def end_amendment(connection: Connection, amendment_id: int, at: datetime) -> None:
    connection.execute(update(AMENDMENT).where(AMENDMENT.c.id == amendment_id).values(undone_at=at))


def add_creation_entries(connection: Connection, instance_id: int, act: Mapping[str, Any], newer_than: int = 0) -> None:
    """One entry per task of an instance whose id is greater, in one statement."""
    values = {name: literal(value, ENTRY.c[name].type) for name, value in act.items() if value is not None}
    columns = ["instance_id", "task_id", "trigger", "after", "data", *values]
    rows = select(TASK.c.instance_id, TASK.c.id, literal("create"), TASK.c.state, literal("{}"), *values.values())
    new = and_(TASK.c.instance_id == instance_id, TASK.c.id > newer_than)
    connection.execute(insert(ENTRY).from_select(columns, rows.where(new)))


def last_entry(connection: Connection) -> int:
    return connection.execute(select(func.max(ENTRY.c.id))).scalar() or 0


def last_task(connection: Connection) -> int:
    return connection.execute(select(func.max(TASK.c.id))).scalar() or 0


def set_tally(connection: Connection, tally_id: int, **values: Any) -> None:
    connection.execute(update(TALLY).where(TALLY.c.id == tally_id).values(**values))


def close(connection: Connection, instance: InstanceRow, at: datetime) -> bool:
    """Nothing falls due any more for its tasks; False where it is closed already."""
    open_now = and_(INSTANCE.c.id == instance.id, INSTANCE.c.closed_at.is_(None))
    if not connection.execute(update(INSTANCE).where(open_now).values(closed_at=at)).rowcount:
        return False
    connection.execute(update(TASK).where(TASK.c.instance_id == instance.id).values(next_action_at=None))
    return True


def reopen(connection: Connection, instance_id: int, at: datetime) -> None:
    """The sweep looks at its tasks again: at those that only wait for their period then, at the others now."""
    connection.execute(update(INSTANCE).where(INSTANCE.c.id == instance_id).values(closed_at=None))
    ours = update(TASK).where(TASK.c.instance_id == instance_id)
    connection.execute(ours.where(TASK.c.state.not_in(FINAL | HALTED)).values(next_action_at=at))
    only_wait = and_(TASK.c.state == State.WAITING, TASK.c.approximate.is_(False))
    connection.execute(ours.where(only_wait).values(next_action_at=TASK.c.opens_at))
