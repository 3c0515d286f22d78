"""Every query about plans that change under way, or end: snapshots, amendments, recounted tallies, closing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select, update

from engine.rows import InstanceRow
from engine.states import FINAL, HALTED, State
from engine.store import ENTRY, INSTANCE, SNAPSHOT, TASK, table
from engine.tables import Amendment
from engine.tallies import TALLY

AMENDMENT = table(Amendment)


def snapshot_source(connection: Connection, sha256: str) -> str:
    """The text of the file a snapshot was made from."""
    return str(connection.execute(select(SNAPSHOT.c.source).where(SNAPSHOT.c.sha256 == sha256)).scalar_one())


def snapshots_of(connection: Connection, instance: InstanceRow) -> list[str]:
    """Every version of its plan that was ever in force, the oldest first, each once."""
    query = select(AMENDMENT.c.old, AMENDMENT.c.new).where(AMENDMENT.c.instance_id == instance.id)
    rows = connection.execute(query.order_by(AMENDMENT.c.id))
    return list(dict.fromkeys([digest for row in rows for digest in row] + [instance.snapshot]))


def switch_snapshot(connection: Connection, instance: InstanceRow, sha256: str) -> bool:
    """Compare-and-set; False where somebody else amended or closed the instance meanwhile."""
    seen = and_(INSTANCE.c.id == instance.id, INSTANCE.c.snapshot == instance.snapshot, INSTANCE.c.closed_at.is_(None))
    return bool(connection.execute(update(INSTANCE).where(seen).values(snapshot=sha256)).rowcount)


def add_amendment(connection: Connection, row: Mapping[str, Any]) -> int:
    return int(connection.execute(insert(AMENDMENT).values(**row)).inserted_primary_key[0])  # type: ignore[index]


def last_amendment(connection: Connection, instance_id: int) -> Any | None:
    """The newest that was not undone."""
    query = select(AMENDMENT).where(AMENDMENT.c.instance_id == instance_id, AMENDMENT.c.undone_at.is_(None))
    return connection.execute(query.order_by(AMENDMENT.c.id.desc()).limit(1)).first()


def end_amendment(connection: Connection, amendment_id: int, at: datetime) -> None:
    connection.execute(update(AMENDMENT).where(AMENDMENT.c.id == amendment_id).values(undone_at=at))


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
