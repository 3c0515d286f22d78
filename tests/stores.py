"""The stores the tests run on: an SQLite file of each test's own, and a PostgreSQL database emptied for each.

`KH_TEST_POSTGRESQL` names a server on which databases may be made; without it the tests on PostgreSQL are skipped.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import URL, make_url

from engine.db import open_store

SERVER = os.environ.get("KH_TEST_POSTGRESQL", "")
_EMPTY = """
DO $$ DECLARE name text; BEGIN
    SET LOCAL session_replication_role = replica; -- no trigger, no foreign key
    SET LOCAL synchronous_commit = off;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    PERFORM setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences WHERE schemaname = 'public';
END $$
"""


def missing(reason: str) -> None:
    """What a test needs is not here: on a desk it is skipped, in CI it has failed."""
    (pytest.fail if "CI" in os.environ else pytest.skip)(reason)


class Server:
    """One database for this process, brought up to date once."""

    def __init__(self) -> None:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        self.base = make_url(SERVER)
        self.name = f"kh_test_{os.environ.get('PYTEST_XDIST_TESTRUNUID', str(os.getpid()))[:8]}_{worker}"

    @cached_property
    def url(self) -> URL:
        """The database, made when it is first asked for."""
        self.command(f"CREATE DATABASE {self.name}")
        self.command(f"ALTER DATABASE {self.name} SET synchronous_commit = off")  # it is thrown away, not restarted
        url = self.base.set(database=self.name)
        open_store(url.render_as_string(hide_password=False)).dispose()
        return url

    def empty(self) -> str:
        """The address of the database, in which there is nothing."""
        with closing(psycopg.connect(plain(self.url), autocommit=True)) as connection:
            connection.execute("SET lock_timeout = '20s'")
            connection.execute(_EMPTY)
        return self.url.render_as_string(hide_password=False)

    def command(self, statement: str) -> None:
        with closing(psycopg.connect(plain(self.base), autocommit=True)) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def drop(self) -> None:
        if "url" in self.__dict__:
            self.command(f"DROP DATABASE {self.name} WITH (FORCE)")


def plain(url: URL | str) -> str:
    """The address as psycopg itself reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def programs() -> None:
    """For a test that starts a server of its own."""
    if not list(Path("/usr/lib/postgresql").glob("*/bin")):
        missing("there is no PostgreSQL to start")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    if not SERVER:
        missing("KH_TEST_POSTGRESQL names no server")
    found = Server()
    yield found
    found.drop()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever opens a store is run on each kind, unless the test is marked as one that has to do with one only."""
    if "database" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("store")
        kinds = only.args if only else ("sqlite", "postgresql")
        metafunc.parametrize("database", kinds, indirect=True, scope="function")


@pytest.fixture
def tamper(database: str) -> Callable[..., None]:
    """What somebody with the database and a little SQL can do, past every guard."""

    url = make_url(os.environ["KH_DATABASE_URL"])

    def change(*statements: str) -> None:
        raw: Any = sqlite3.connect(str(url.database)) if database == "sqlite" else psycopg.connect(plain(url))
        with closing(raw):
            for statement in (*_PAST_GUARDS[database], *statements):
                raw.execute(statement)
            raw.commit()

    return change


_PAST_GUARDS = {
    "sqlite": ("DROP TRIGGER IF EXISTS entry_no_update", "DROP TRIGGER IF EXISTS entry_no_delete"),
    "postgresql": ("SET session_replication_role = replica",),
}


@pytest.fixture
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The kind of store that the environment names now; its tables are empty, or not there yet."""
    kind: str = request.param
    if kind == "postgresql":
        monkeypatch.setenv("KH_DATABASE_URL", request.getfixturevalue("server").empty())
        monkeypatch.setenv("KH_FILES", str(request.getfixturevalue("tmp_path") / "kh.db-files"))
        monkeypatch.setenv("KH_CLOCK", "host")  # which the tests stop
    return kind
