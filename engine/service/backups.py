"""Backups of an SQLite store: taken by SQLite itself while the office works, and proved before they are needed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from engine.db import head_version
from engine.durable import unfinished
from engine.errors import BadValue, Conflict, Unavailable
from engine.i18n import _
from engine.service.audit import verify_in

COUNTED = ("instance", "task", "entry", "decision", "message")


@dataclass
class Verified:
    """What a backup holds, and what is wrong with it."""

    file: str
    schema: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    last_entry_at: str | None = None
    problems: list[str] = field(default_factory=list)


def back_up(engine: Engine, target: Path) -> Verified:
    """A consistent copy as of one moment, proved and then put in its place; writers need not stop.

    Raises Conflict where the file exists, BadValue for a store that is no SQLite file, Unavailable for a copy that
    would be broken, OSError where it cannot be written.
    """
    if engine.dialect.name != "sqlite" or engine.url.database in (None, "", ":memory:"):
        raise BadValue(_("only an SQLite file is backed up so; of PostgreSQL take a backup with pg_dump"))
    if target.exists() or target.is_symlink():
        raise Conflict(_("{path} exists already: a backup writes over nothing").format(path=target))
    with _translated(target), unfinished(target) as part:
        source = engine.raw_connection()
        try:
            with closing(sqlite3.connect(part)) as copy:
                driver: Any = source.driver_connection
                driver.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        finally:
            source.close()
        found = verify(part)
        if found.problems:
            raise Unavailable(_("the copy is broken, nothing was written: {what}").format(what=found.problems[0]))
    found.file = str(target)
    return found


def verify(path: Path) -> Verified:
    """Read a backup through and say what it holds; it is never changed. Raises BadValue for what is no file."""
    if not path.is_file():
        raise BadValue(_("{path} is not a file").format(path=path))
    found = Verified(str(path))
    try:
        with closing(sqlite3.connect(_read_only(str(path)), uri=True, timeout=30)) as copy:
            _look_through(copy, found)
    except sqlite3.DatabaseError as error:
        found.problems.append(str(error))
    return found


def _look_through(copy: sqlite3.Connection, found: Verified) -> None:
    problems = [row[0] for row in copy.execute("PRAGMA integrity_check") if row[0] != "ok"]
    broken = copy.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        problems.append(_("{n} rows without their owner").format(n=len(broken)))
    if not copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
        found.problems += [*problems, _("this is no database of kh")]
        return
    (found.schema,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    if found.schema > head_version():
        problems.append(_("its schema {found} is newer than this program's {known}").format(
            found=found.schema, known=head_version()))  # fmt: skip
    found.counts = {name: copy.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in COUNTED}
    if found.schema == head_version() and not problems:
        problems += _seals(found.file)
    (found.last_entry_at,) = copy.execute("SELECT max(at) FROM entry").fetchone()
    found.problems += problems


def _seals(path: str) -> list[str]:
    """What the chain over the log says of a copy."""
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(_read_only(path), uri=True), poolclass=NullPool)
    with engine.connect() as connection:
        return list(verify_in(connection).problems)


def _read_only(path: str) -> str:
    return f"{Path(path).absolute().as_uri()}?mode=ro"


@contextmanager
def _translated(target: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise Unavailable(_("cannot back up to {path}: {reason}").format(path=target, reason=error)) from error
