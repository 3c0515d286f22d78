"""Which processes work for an office on several machines, when they were last heard of, and what they hold."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine, text

from engine.db import writing
from engine.errors import Unavailable

ALIVE_SECONDS = 60  # who was not heard of for so long is taken to be dead

_BEAT = text("""
    INSERT INTO worker (name, kind, started_at, seen_at, doing)
    VALUES (:name, :kind, clock_timestamp(), clock_timestamp(), :doing)
    ON CONFLICT (name) DO UPDATE SET seen_at = clock_timestamp(), doing = excluded.doing
""")
_LEAVE = text("DELETE FROM worker WHERE name = :name")
_FORGET = text("DELETE FROM worker WHERE seen_at < clock_timestamp() - interval '1 day'")
_EVERYBODY = text("""
    SELECT name, kind, started_at, seen_at, doing,
        extract(epoch FROM clock_timestamp() - seen_at)::float AS silent,
        (SELECT count(*) FROM claim WHERE holder = worker.name AND until > clock_timestamp()) AS holds
    FROM worker ORDER BY name
""")


class Peer(NamedTuple):
    """A process as its peers see it."""

    name: str
    kind: str
    started_at: datetime
    seen_at: datetime
    doing: str
    silent: float  # seconds since it was last heard of, by the database's clock
    holds: int  # messages it has claimed

    @property
    def alive(self) -> bool:
        return self.silent <= ALIVE_SECONDS


def name() -> str:
    """This process among all."""
    return f"{socket.gethostname()}:{os.getpid()}"


def beat(connection: Connection, kind: str, doing: str = "") -> None:
    connection.execute(_BEAT, {"name": name(), "kind": kind, "doing": doing})


def leave(connection: Connection) -> None:
    """This process ends; who died long ago is forgotten with it."""
    connection.execute(_LEAVE, {"name": name()})
    connection.execute(_FORGET)


@contextmanager
def leaving(engine: Engine) -> Iterator[None]:
    """Whoever ends in good order is not waited for."""
    try:
        yield
    finally:
        with suppress(Unavailable), writing(engine) as connection:
            leave(connection)


def everybody(connection: Connection) -> list[Peer]:
    return [Peer._make(row) for row in connection.execute(_EVERYBODY)]
