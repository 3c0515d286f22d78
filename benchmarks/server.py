"""The same worlds on a PostgreSQL server, and the raw twin there: databases that are copied, for one run only."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import URL, make_url

from benchmarks.twin import APART, EACH, Statement, Twin
from benchmarks.world import live, multiply, office_on, write_plan
from engine.office import Office
from engine.store import INSTANCE

TABLES = tuple(table.name for table in INSTANCE.metadata.sorted_tables)
PLACE = "PostgreSQL"  # as the table says where
STREAMED = 50  # rows from which psycopg's COPY is what is quick
# The rows of a table without their ids, in no order: how many, and a sum of what they hash to.
SUMMED = 'SELECT count(*), sum(hashtextextended(CAST(one AS text), 0)) FROM (SELECT {names} FROM "{table}") one'


@dataclass
class Server:
    """Databases of our own on a server, each made once and copied as often as is asked."""

    base: URL
    folder: Path  # for the files of plans
    made: set[str] = field(default_factory=set)

    def facts(self) -> dict[str, str]:
        """What is measured on, and by what."""
        with psycopg.connect(plain(self.base)) as connection:
            version = connection.info.parameter_status("server_version") or ""
        return {"postgresql": version.split()[0], "psycopg": psycopg.__version__}

    def empty(self) -> str:
        """The name of a database without a plan."""
        return self._base("empty", lambda office: office.engine.dispose())

    def started(self, units: int, instances: int = 1) -> str:
        """Of one with so many instances of a plan for so many communes; what their start says is said."""
        names = ["nhieu", *(f"nhieu-{number}" for number in range(2, instances + 1))]
        plan = write_plan(self.folder, units)
        return self._base(f"started_{units}_{instances}", lambda office: live(office, plan, names))

    def among(self, tasks: int, due: int) -> str:
        """Of one in which so many fall due at once, among so many: half of the others are done, half far ahead."""
        return self._base(f"among_{tasks}", lambda office: multiply(office, tasks // due - 1), self.started(due))

    def copy(self, base: str, name: str) -> str:
        """The address of a database of one's own."""
        self.drop(self._named(name))
        return self._create(self._named(name), base)

    def office(self, url: str) -> Office:
        return office_on(url, self.folder)

    def connect(self, url: str) -> psycopg.Connection[Any]:
        """The driver itself; as durable as the engine's own connections, for that is how PostgreSQL is."""
        return psycopg.connect(plain(url))

    def rehearsed(self, base: str, work: Callable[[Office], object]) -> Twin:
        """What a piece of work writes, over such a database."""
        url = self.copy(base, "rehearsal")
        with self.connect(url) as raw:
            raw.execute("CREATE SCHEMA old")
            for table in TABLES:
                raw.execute(f'CREATE TABLE old."{table}" AS TABLE public."{table}"')  # type: ignore[call-overload]
                if table == "task":
                    raw.execute("ALTER TABLE old.task ADD PRIMARY KEY (id)")
        office = self.office(url)
        work(office)
        office.engine.dispose()
        with psycopg.connect(plain(url), row_factory=dict_row) as raw:
            return Twin(mark="%s").compared(raw, TABLES, "public")

    def drop(self, name: str) -> None:
        self._command(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _base(self, name: str, make: Callable[[Office], object], base: str = "template1") -> str:
        full = self._named(name)
        if full not in self.made:
            url = self._create(full, base)
            make(self.office(url))
            with psycopg.connect(plain(url), autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")
        return full

    def _named(self, name: str) -> str:
        return f"kh_bench_{os.getpid()}_{name}"

    def _create(self, name: str, base: str) -> str:
        self._command(f"CREATE DATABASE {name} TEMPLATE {base} STRATEGY file_copy")
        self.made.add(name)
        return self.base.set(database=name).render_as_string(hide_password=False)

    def _command(self, statement: str) -> None:
        with psycopg.connect(plain(self.base), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]


@contextmanager
def server(address: str | None, folder: Path) -> Iterator[Server | None]:
    """None where no address is given; what was made on the server is gone afterwards."""
    if not address:
        yield None
        return
    found = Server(make_url(address), folder)
    try:
        yield found
    finally:
        for name in found.made:
            found.drop(name)


def plain(url: URL | str) -> str:
    """The address as psycopg itself reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def write_all(connection: psycopg.Connection[Any], groups: Iterable[tuple[str, list[tuple[Any, ...]]]]) -> None:
    """One transaction: many new rows as a stream, all else by `executemany`, which does not wait for each answer."""
    for sql, rows in groups:
        into, insert, _values = sql.partition(" VALUES ")
        with connection.cursor() as cursor:
            if insert and len(rows) >= STREAMED:
                with cursor.copy(f"COPY {into.removeprefix('INSERT INTO ')} FROM STDIN") as stream:  # type: ignore[call-overload]
                    for row in rows:
                        stream.write_row(row)
            else:
                cursor.executemany(sql, rows)  # type: ignore[arg-type]
    connection.commit()


def write_each(connection: psycopg.Connection[Any], transactions: Iterable[Sequence[Statement]]) -> None:
    """A transaction for each."""
    for statements in transactions:
        for sql, values in statements:
            connection.execute(sql, values)  # type: ignore[call-overload]
        connection.commit()


def differing(one: str, other: str) -> list[str]:
    """The tables in which two databases have not the same rows, whatever their ids: there should be none."""
    sums = []
    for url in (one, other):
        with psycopg.connect(plain(url)) as connection:
            sums.append([_summed(connection, table) for table in TABLES])
    return [table for table, mine, theirs in zip(TABLES, *sums, strict=True) if mine != theirs]


def _summed(connection: psycopg.Connection[Any], table: str) -> Any:
    columns = INSTANCE.metadata.tables[table].columns
    if table in APART or table in EACH:  # a command's name is made up on the spot
        return None
    names = ", ".join(f'"{column.name}"' for column in columns if column.name != "id")
    return connection.execute(SUMMED.format(names=names, table=table)).fetchone()  # type: ignore[call-overload]
