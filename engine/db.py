"""Connections and the schema: SQLite in WAL with full durability and one writer at a time, or PostgreSQL."""

import os
import random
import sqlite3
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import StaticPool
from sqlmodel import SQLModel

from engine import postgresql
from engine.errors import BadValue, Interrupted, Unavailable
from engine.faults import point, watch
from engine.i18n import _

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 30
PAUSE = 0.002  # seconds until a writer asks again whether it is its turn
PATIENCE = f"busy_timeout={BUSY_SECONDS * 1000}"
PRAGMAS = (PATIENCE, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


def connect(url: str) -> Engine:
    """An engine for the store. Raises BadValue for an address that is none, Unavailable where nothing answers."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(url, parsed.database)
        return postgresql.create(parsed)
    except (ArgumentError, NoSuchModuleError, ValueError, ModuleNotFoundError) as error:
        message = _("not a database address: {url} (write sqlite:///kh.db or postgresql+psycopg://…)")
        raise BadValue(message.format(url=hide_password(url))) from error


def hide_password(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return url.split("@")[-1]


def _sqlite(url: str, path: str | None) -> Engine:
    if not path or path == ":memory:":
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        _make_private(Path(path))
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin_immediate)
    watch(engine)
    return engine


def _make_private(path: Path) -> None:
    """Folder and file are the owner's alone; the file is made here so that it is never readable by others."""
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, mode=0o700)
        if not path.exists():
            with suppress(FileExistsError):  # another process was faster, and may have locks on it
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise Unavailable(
            _("cannot create the database {path}: {reason}").format(path=path, reason=error.strerror)
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


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction. Raises Unavailable where the database does, Interrupted where it may be done again."""
    with translated(engine):
        with engine.connect() as connection, connection.begin():
            yield connection
            point("commit")
        point("committed")


@contextmanager
def commanding(engine: Engine) -> Iterator[Connection]:
    """A person's transaction: an instance that is looked up is held to its end, and a lost commit is looked up.

    SQLite has one writer, and its commit does not get lost on the way.
    """
    if engine.dialect.name != "postgresql":
        with writing(engine) as connection:
            yield connection
        return
    name = uuid4().hex
    with translated(engine), postgresql.certain(engine, name):
        with engine.connect().execution_options(holding=set()) as connection, connection.begin():
            postgresql.write_key(connection, name)
            yield connection
            point("commit")
        point("committed")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A consistent view that takes no write lock."""
    with translated(engine), engine.connect().execution_options(**_READING[engine.dialect.name]) as connection:
        connection.begin()  # a prepared statement does not begin by itself
        yield connection


_READING: dict[str, dict[str, Any]] = {"sqlite": {"reading": True}, "postgresql": postgresql.READING}


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """What the database or its driver raises, as an error of ours."""
    driver: type[Exception] = engine.dialect.loaded_dbapi.Error  # what a prepared statement raises
    try:
        yield
    except (DBAPIError, driver) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        kind = _kind_of(engine, reason)
        if kind is None:
            raise
        raise kind(_("the database does not answer: {reason}").format(reason=reason)) from error


def _kind_of(engine: Engine, reason: Any) -> type[Unavailable] | None:
    """None for what is a mistake of ours."""
    if engine.dialect.name == "postgresql" and postgresql.may_be_done_again(reason):
        return Interrupted
    return Unavailable if type(reason).__name__ in _NOT_OURS else None


_NOT_OURS = ("OperationalError", "DatabaseError", "ReadOnlySqlTransaction", "InsufficientPrivilege")


def open_store(url: str) -> Engine:
    """Connect and bring the schema up to date. Idempotent."""
    engine = connect(url)
    bring_up_to_date(engine)
    return engine


def bring_up_to_date(engine: Engine) -> None:
    """Raises Unavailable where the schema is newer than this program's."""
    if usable_version(engine) != head_version():
        with translated(engine):
            upgrade(engine)


def usable_version(engine: Engine) -> str | None:
    """The schema's version, older or as this program knows it. Raises Unavailable for a newer one."""
    with translated(engine):
        version = schema_version(engine)
    if version is not None and version > head_version():
        message = _("the database has schema {found}, newer than this program's {known}: update the program")
        raise Unavailable(message.format(found=version, known=head_version()))
    return version


def open_read_only(url: str) -> Engine:
    """An existing store, for looking only: neither made nor brought up to date, and the database refuses to write.

    Raises BadValue where there is none, Unavailable where its schema is not this program's.
    """
    engine = connect(url) if _exists(url) else None
    if engine is None:
        raise BadValue(_("there is no database at {url}").format(url=hide_password(url)))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _only_read)
        engine = engine.execution_options(reading=True)
    else:
        engine = engine.execution_options(**postgresql.READING)
    with translated(engine):
        version = schema_version(engine)
    if version != head_version():
        engine.dispose()
        message = _("the database has schema {found}, this program {known}: run kh doctor once to bring it up to date")
        raise Unavailable(message.format(found=version or _("none"), known=head_version()))
    return engine


def _exists(url: str) -> bool:
    """Is the file of an SQLite address there? Any other server says so itself."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return True
    return parsed.get_backend_name() != "sqlite" or bool(parsed.database and Path(parsed.database).is_file())


def _only_read(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA query_only=ON")


def in_memory() -> Engine:
    """An empty store that dies with the process, for what is only tried out."""
    engine = connect("sqlite://")
    SQLModel.metadata.create_all(engine)
    return engine


def schema_version(engine: Engine) -> str | None:
    """The migration the database stands at; None where it is empty."""
    with engine.connect().execution_options(reading=True) as connection:
        if not engine.dialect.has_table(connection, "alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def head_version() -> str:
    """The newest migration: their files are numbered, so no alembic is needed to look."""
    return max(path.stem.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def upgrade(engine: Engine) -> None:
    """Bring the schema up to date in one transaction: wholly there, or as it was."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with _rebuilding(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _rebuilding(engine: Engine) -> Iterator[Connection]:
    """A transaction in which SQLite may replace a table that others refer to; what refers to nothing undoes it all."""
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys=OFF")  # only outside of a transaction has it an effect
        try:
            with connection.begin():
                yield connection
                point("commit")
                if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise Unavailable(_("the database was not brought up to date: {row}").format(row=tuple(broken)))
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


def shared(engine: Engine) -> bool:
    """May several write at once, on several machines? SQLite has one writer."""
    return engine.dialect.name == "postgresql"


def database_clock(engine: Engine) -> datetime:
    """The instant now as a server sees it: the same for all machines, whatever their own clocks show."""
    with translated(engine):
        return postgresql.clock(engine)


def one_at_a_time(connection: Connection, name: str) -> None:
    """Until this transaction ends nobody else gets here, and who is `among_others` has ended."""
    if shared(connection.engine):
        connection.execute(postgresql.ALONE, {"key": _key(name)})


def among_others(connection: Connection, name: str) -> None:
    """Until this transaction ends nobody who wants to be alone gets here."""
    if shared(connection.engine):
        connection.execute(postgresql.TOGETHER, {"key": _key(name)})


def _key(name: str) -> int:
    return zlib.crc32(name.encode())


@contextmanager
def first(engine: Engine, name: str) -> Iterator[bool]:
    """Is nobody else at it, here or on another machine? Where so, nobody will be until the block ends."""
    if shared(engine):
        with translated(engine), postgresql.first(engine, _key(name)) as alone:
            yield alone
    else:
        yield True


@contextmanager
def exclusive(engine: Engine, name: str) -> Iterator[None]:
    """Only one process at a time does what `name` says with a file. The lock dies with its holder."""
    if engine.url.database in (None, "", ":memory:"):
        yield
    else:
        path = Path(f"{engine.url.database}-{name}")
        _make_private(path)
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
