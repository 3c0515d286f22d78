"""PostgreSQL: connections that do not hang for ever, are not used dead, and say what became of a transaction."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

# Both ends notice within seconds that the other one is gone: a client that is cut off holds its row locks no longer,
# and waits for no answer that cannot come. What the address itself says wins.
CONNECTION = {
    "connect_timeout": "10",
    "keepalives": "1",
    "keepalives_idle": "2",
    "keepalives_interval": "1",
    "keepalives_count": "3",
    "tcp_user_timeout": "5000",
    "application_name": "kh",
}
SESSION = {
    "tcp_keepalives_idle": "2",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "5000",
    "client_connection_check_interval": "2000",
    "statement_timeout": "600000",
    "lock_timeout": "30000",
    "idle_in_transaction_session_timeout": "300000",
    "TimeZone": "UTC",
}
READING = {"reading": True, "isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
# A transaction of which nothing remains, and which may be done again from its start.
AGAIN = (
    "08",  # the connection
    "40",  # deadlock, serialization
    "57P",  # the server stops, or starts
    "55P03",  # a lock that was not got in time
    "25P03",  # idle for too long in a transaction
    "23505",  # somebody was faster with the same key: what there is to be said of it says the next run
)
LOST = ("08", "57P")
FRESH_SECONDS = 1  # so long a connection that was just used is not asked again whether it lives
SETTLE_SECONDS = 60  # so long a server may take to come back before a commit stays unknown

_KEY = "INSERT INTO command (id, at) VALUES (%s, clock_timestamp()) ON CONFLICT DO NOTHING"
ALONE = text("SELECT pg_advisory_xact_lock(:key)")
TOGETHER = text("SELECT pg_advisory_xact_lock_shared(:key)")
_TRY = text("SELECT pg_try_advisory_lock(:key)")
_LEAVE = text("SELECT pg_advisory_unlock(:key)")
_CLOCK = text("SELECT clock_timestamp()")


def create(url: URL) -> Engine:
    """An engine for a server; nothing is connected yet. Raises ModuleNotFoundError without the extra `postgres`."""
    options = " ".join(f"-c {name}={value}" for name, value in SESSION.items())
    own = {name: value for name, value in CONNECTION.items() if name not in url.query}
    given = url.query.get("options", "")
    engine = create_engine(
        url.difference_update_query(["options"]),
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=10,
        pool_timeout=30,
        connect_args={**own, "options": f"{options} {given}".strip()},
    )
    _ask_seldom(engine)
    return engine


def _ask_seldom(engine: Engine) -> None:
    """Whoever does one transaction after the other need not ask before each: one that is lost is done again."""
    ask, used = engine.dialect.do_ping, WeakKeyDictionary[Any, float]()

    def answers(connection: Any) -> bool:
        return time.monotonic() - used.get(connection, -FRESH_SECONDS) < FRESH_SECONDS or ask(connection)

    def came_back(connection: Any, _record: Any) -> None:
        if connection is not None:
            used[connection] = time.monotonic()

    engine.dialect.do_ping = answers  # type: ignore[method-assign, assignment]
    event.listen(engine, "checkin", came_back)


def may_be_done_again(error: Any) -> bool:
    """Did the database, or the way to it, take the transaction back?"""
    return _is(error, AGAIN)


def _reason(error: BaseException) -> Any:
    """What the driver says."""
    return error.orig if isinstance(error, DBAPIError) else error


def _is(error: Any, states: tuple[str, ...]) -> bool:
    state = getattr(error, "sqlstate", None)
    if state is None:  # libpq's own word: the connection is gone
        return type(error).__name__ == "OperationalError"
    return str(state).startswith(states)


@contextmanager
def certain(engine: Engine, command: str) -> Iterator[None]:
    """Where the connection is lost in the block, ask whether the command was committed; if so, all is well."""
    try:
        yield
    except (DBAPIError, engine.dialect.loaded_dbapi.Error) as error:
        if not _is(_reason(error), LOST) or not was_committed(engine, command):
            raise


def write_key(connection: Connection, command: str) -> int:
    """Put down, in a transaction that was begun, that a command is under way; 0 where it is there already."""
    raw: Any = connection.connection.dbapi_connection
    return int(raw.execute(_KEY, (command,)).rowcount)


def was_committed(
    engine: Engine, command: str, *, sleep: Callable[[float], None] = time.sleep, patience: float = SETTLE_SECONDS
) -> bool:
    """Looked up, not guessed: where its transaction is still under way on the server, this waits for its end.

    To write the same key is what waits; it is never committed. Raises what the server says where it does not come back.
    """
    until = time.monotonic() + patience
    while True:
        try:
            with engine.connect() as connection, connection.begin() as asking:
                written = write_key(connection, command)
                asking.rollback()
            return not written
        except (DBAPIError, engine.dialect.loaded_dbapi.Error) as error:
            if not _is(_reason(error), AGAIN) or time.monotonic() > until:
                raise
        sleep(0.5)


@contextmanager
def first(engine: Engine, key: int) -> Iterator[bool]:
    """A lock of the session's, if it is to be had; it dies with its holder, so that nobody waits for a lease."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        got = bool(connection.execute(_TRY, {"key": key}).scalar())
        try:
            yield got
        finally:
            if got and not connection.invalidated:
                connection.execute(_LEAVE, {"key": key})


def clock(engine: Engine) -> datetime:
    """The instant now, as the server sees it."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        found: datetime = connection.execute(_CLOCK).scalar_one()
        return found
