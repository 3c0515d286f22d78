"""SQLite: in WAL with full durability, one writer at a time, and files that are the owner's alone."""

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from engine.errors import Unavailable, reason_of
from engine.faults import point, watch
from engine.i18n import _

BUSY_SECONDS = 30
PAUSE = 0.002  # seconds until a writer asks again whether it is its turn
PATIENCE = f"busy_timeout={BUSY_SECONDS * 1000}"
PRAGMAS = (PATIENCE, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


def create(url: str, path: str | None) -> Engine:
    """An engine for a file, made where there is none; in memory without a path. Raises Unavailable."""
    if not path or path == ":memory:":
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        make_private(Path(path))
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin_immediate)
    watch(engine)
    return engine


def make_private(path: Path) -> None:
    """Folder and file are the owner's alone; the file is made here so that it is never readable by others."""
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, mode=0o700)
        if not path.exists():
            with suppress(FileExistsError):  # another process was faster, and may have locks on it
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise Unavailable(
            _("cannot create the database {path}: {reason}").format(path=path, reason=reason_of(error))
        ) from error


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    """Take the write lock at once: a deferred BEGIN that upgrades later fails under a second writer."""
    point("begin")
    raw = connection.connection.dbapi_connection
    assert raw is not None
    if connection.get_execution_options().get("reading"):
        raw.execute("BEGIN")
    else:
        _take_a_turn(raw)


def _take_a_turn(raw: Any) -> None:
    """Ask for the write lock again every moment: SQLite itself asks ever more seldom, and who waits longest is last."""
    raw.execute("PRAGMA busy_timeout=0")
    try:
        for _turn in range(int(BUSY_SECONDS / PAUSE)):
            if _begun(raw):
                return
            time.sleep(random.uniform(0.5, 1.5) * PAUSE)
        raw.execute("BEGIN IMMEDIATE")
    finally:
        raw.execute(f"PRAGMA {PATIENCE}")


def _begun(raw: Any) -> bool:
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def only_read(connection: Any, _record: Any) -> None:
    """For a store that is only looked at: the database itself refuses to write."""
    connection.execute("PRAGMA query_only=ON")


@contextmanager
def exclusive(engine: Engine, name: str) -> Iterator[None]:
    """Only one process at a time does what `name` says with a file. The lock dies with its holder."""
    if engine.url.database in (None, "", ":memory:"):
        yield
    else:
        path = Path(f"{engine.url.database}-{name}")
        make_private(path)
        with _translated_lock(), closing(sqlite3.connect(path, timeout=600)) as lock:
            lock.isolation_level = None
            lock.execute("BEGIN EXCLUSIVE")
            yield


@contextmanager
def _translated_lock() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise Unavailable(_("the database does not answer: {reason}").format(reason=error)) from error
