"""From one store to another: all rows, the files, the chain proved anew; an interrupted copy is gone on with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, select, text
from sqlmodel import SQLModel

from engine import store
from engine.config import Settings
from engine.db import (
    bring_up_to_date,
    connect,
    connect_existing,
    head_version,
    reading,
    shared,
    usable_version,
    writing,
)
from engine.errors import BadValue, Conflict, Unavailable
from engine.files import keep, look_at, place
from engine.handins import HAND_IN
from engine.i18n import _
from engine.office import Office, office_of
from engine.prepared import insert_rows
from engine.service.audit import verify_in

UNDER_WAY = "copying"  # a heartbeat of the target's while it is not whole
PASSING = {"claim", "command", "worker"}  # what machines tell each other now
A_TURN = 5000  # rows read and written together


@dataclass(frozen=True)
class Copied:
    """How many rows of each table the target has, as the source; and how many files."""

    counts: Mapping[str, int]
    files: int


def copy(source_url: str, target_url: str, settings: Settings, now: datetime) -> Copied:
    """Each table whole or not at all; what an interrupted copy brought over stays.

    Raises BadValue for a source that is not there or older than this program, Conflict where the target holds
    anything else, or the source changed since the interrupted copy, Unavailable where the copy is not sound.
    """
    source, target = connect_existing(source_url), connect(target_url)
    try:
        return _copy(office_of(source, settings), office_of(target, settings), now)
    finally:
        source.dispose()
        target.dispose()


def _copy(source: Office, target: Office, now: datetime) -> Copied:
    if source.engine.url == target.engine.url:
        raise BadValue(_("source and target are the same database"))
    if usable_version(source.engine) != head_version():
        raise BadValue(_("the source's schema is not this program's: kh db upgrade brings it up to date"))
    bring_up_to_date(target.engine)
    _begin(target.engine, now)
    with reading(source.engine) as reads:
        counts = {table.name: _copy_table(reads, target.engine, table) for table in _tables()}
        files = _copy_files(reads, source, target)
    _finish(target.engine)
    return Copied(counts, files)


def _tables() -> list[Table]:
    """Those that are referred to come first."""
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in PASSING]


def _begin(target: Engine, now: datetime) -> None:
    """Raises Conflict for a target that is neither empty nor the beginning of a copy."""
    with writing(target) as connection:
        if store.last_beat(connection, UNDER_WAY) is not None:
            return
        if full := [table.name for table in _tables() if _count(connection, table)]:
            raise Conflict(_("the target is not empty: it has rows in {tables}").format(tables=", ".join(full)))
        store.beat(connection, UNDER_WAY, now)


def _copy_table(reads: Connection, target: Engine, table: Table) -> int:
    wanted = _count(reads, table)
    with writing(target) as writes:
        there = _count(writes, table)
        if there not in (0, wanted):
            text_ = _("the source changed since the copy was begun ({table}): begin again with an empty target")
            raise Conflict(text_.format(table=table.name))
        if not there:
            for rows in _turns(reads, table):
                insert_rows(writes, table, rows)
            if _count(writes, table) != wanted:
                raise Unavailable(_("{table} was not copied whole").format(table=table.name))
            _number_on(writes, table)
    return wanted


def _count(connection: Connection, table: Table) -> int:
    query = select(func.count()).select_from(table)
    if table.name == "heartbeat":
        query = query.where(table.c.name != UNDER_WAY)
    return int(connection.execute(query).scalar_one())


def _turns(reads: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """In the order of the keys, as the rows were made."""
    found = reads.execution_options(yield_per=A_TURN).execute(select(table).order_by(*table.primary_key.columns))
    for some in found.mappings().partitions(A_TURN):
        yield [dict(row) for row in some]


def _number_on(writes: Connection, table: Table) -> None:
    """New rows get the numbers after those that came; SQLite does so by itself."""
    column = table.autoincrement_column
    if shared(writes.engine) and column is not None:
        writes.execute(text(
            f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'), "
            f"coalesce(max({column.name}), 0) + 1, false) FROM {table.name}"
        ))  # fmt: skip


def _copy_files(reads: Connection, source: Office, target: Office) -> int:
    """What was handed in, under the digest of its content."""
    query = select(HAND_IN.c.file, HAND_IN.c.file_size).where(HAND_IN.c.file.is_not(None)).distinct()
    found = reads.execute(query).all()
    if source.files != target.files:
        for digest, size in found:
            paper = look_at(place(source.files, digest), size)
            if paper.digest != digest:
                raise Unavailable(
                    _("the kept file {name} is damaged: it is not what was handed in").format(name=digest)
                )
            keep(target.files, paper)
    return len(found)


def _finish(target: Engine) -> None:
    """Raises Unavailable where the chain over the log does not hold."""
    with writing(target) as connection:
        if problems := verify_in(connection).problems:
            raise Unavailable(_("the copy is broken: {what}").format(what=problems[0]))
        connection.execute(text("DELETE FROM heartbeat WHERE name = :name"), {"name": UNDER_WAY})
