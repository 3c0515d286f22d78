"""The store: transactions, the schema and its migrations, on SQLite or PostgreSQL."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlmodel import SQLModel

from engine import postgresql, sqlite
from engine.errors import BadValue, Interrupted, Unavailable
from engine.faults import point
from engine.i18n import _

MIGRATIONS = Path(__file__).parent / "migrations"


def connect(url: str) -> Engine:
    """An engine for the store. Raises BadValue for an address that is none, Unavailable where nothing answers."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return sqlite.create(url, parsed.database)
        return postgresql.create(parsed)
    except (ArgumentError, NoSuchModuleError, ValueError, ModuleNotFoundError) as error:
        message = _("not a database address: {url} (write sqlite:///kh.db or postgresql+psycopg://…)")
        raise BadValue(message.format(url=hide_password(url))) from error


def hide_password(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return url.split("@")[-1]


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
    engine = connect_existing(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", sqlite.only_read)
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


def connect_existing(url: str) -> Engine:
    """As `connect`. Raises BadValue where there is no database yet."""
    if not _exists(url):
        raise BadValue(_("there is no database at {url}").format(url=hide_password(url)))
    return connect(url)


def _exists(url: str) -> bool:
    """Is the file of an SQLite address there? Any other server says so itself."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return True
    return parsed.get_backend_name() != "sqlite" or bool(parsed.database and Path(parsed.database).is_file())


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
