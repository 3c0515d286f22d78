"""The chain over the log: entries are sealed in batches, each link a digest of its entries and of the link before."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select

from engine.store import ENTRY, table
from engine.tables import Seal, SealedEntry

SEAL, SEALED = table(Seal), table(SealedEntry)
START = "0" * 64  # what the first link takes for the one before it
A_LINK = 10_000  # entries at most
# Elsewhere than in SQLite a lower id may be committed later: so far back is looked for such entries.
LATECOMERS = 100_000
_FIELDS = (
    "id", "at", "happened_at", "actor", "for_unit", "instance_id", "task_id", "trigger", "before", "after", "doc",
    "reason", "data",
)  # fmt: skip
_ENTRY_COLUMNS = [ENTRY.c[name] for name in _FIELDS]


class SealRow(NamedTuple):
    """One link. Its position is given when it is made: it says nothing of the ids of its entries."""

    position: int
    at: datetime
    entries: int
    digest: str
    previous: str


def last_seal(connection: Connection) -> SealRow | None:
    found = connection.execute(_seals().order_by(SEAL.c.position.desc()).limit(1)).first()
    return SealRow._make(found) if found else None


def seals(connection: Connection) -> list[SealRow]:
    """The whole chain in order."""
    return [SealRow._make(row) for row in connection.execute(_seals().order_by(SEAL.c.position))]


def _seals() -> Any:
    return select(*[SEAL.c[name] for name in SealRow._fields])


def newest(connection: Connection) -> tuple[int, int]:
    """(the newest entry, the newest sealed one): the same where nothing is left to seal."""
    entry = connection.execute(select(func.max(ENTRY.c.id))).scalar()
    sealed = connection.execute(select(func.max(SEALED.c.entry_id))).scalar()
    return entry or 0, sealed or 0


def seal_next(connection: Connection, now: datetime) -> int:
    """Add one link over what is not sealed yet, in the caller's transaction; how many entries it holds."""
    _newest, sealed = newest(connection)
    rows = _unsealed(connection, ENTRY.c.id > sealed - LATECOMERS)
    if not rows:
        return 0
    last = last_seal(connection)
    previous = last.digest if last else START
    position = last.position + 1 if last else 1
    connection.execute(insert(SEAL).values(
        position=position, at=now, entries=len(rows), digest=digest_of(previous, rows), previous=previous
    ))  # fmt: skip
    connection.execute(insert(SEALED), [{"entry_id": row.id, "position": position} for row in rows])
    return len(rows)


def _unsealed(connection: Connection, where: ColumnElement[bool], limit: int = A_LINK) -> Sequence[Any]:
    joined = ENTRY.outerjoin(SEALED, SEALED.c.entry_id == ENTRY.c.id)
    query = select(*_ENTRY_COLUMNS).select_from(joined).where(SEALED.c.entry_id.is_(None), where)
    return connection.execute(query.order_by(ENTRY.c.id).limit(limit)).all()


def digest_of(previous: str, entries: Iterable[Any]) -> str:
    """SHA-256 over the link before and every field of the entries, in order of their ids."""
    digest = hashlib.sha256(previous.encode())
    for row in entries:
        line = json.dumps([_plain(value) for value in row], ensure_ascii=False, separators=(",", ":"))
        digest.update(f"\n{line}".encode())
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def entries_of(connection: Connection, position: int) -> list[Any]:
    """What is still there of the entries of a link."""
    joined = SEALED.join(ENTRY, ENTRY.c.id == SEALED.c.entry_id)
    query = select(*_ENTRY_COLUMNS).select_from(joined).where(SEALED.c.position == position).order_by(ENTRY.c.id)
    return list(connection.execute(query))


def lost_entries(connection: Connection, position: int) -> list[int]:
    """The ids that a link knows and the log no more."""
    joined = SEALED.outerjoin(ENTRY, ENTRY.c.id == SEALED.c.entry_id)
    query = select(SEALED.c.entry_id).select_from(joined)
    query = query.where(and_(SEALED.c.position == position, ENTRY.c.id.is_(None))).order_by(SEALED.c.entry_id)
    return list(connection.execute(query).scalars())


def tail(connection: Connection) -> list[int]:
    """The ids of the entries no link holds."""
    joined = ENTRY.outerjoin(SEALED, SEALED.c.entry_id == ENTRY.c.id)
    query = select(ENTRY.c.id).select_from(joined).where(SEALED.c.entry_id.is_(None)).order_by(ENTRY.c.id)
    return list(connection.execute(query).scalars())
