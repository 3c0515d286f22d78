"""The raw twin: a plain program of the driver that writes the very rows the engine wrote, and asks for nothing."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Statement = tuple[str, tuple[Any, ...]]
KEYS = {"snapshot": ("sha256",), "unit": ("directory", "unit"), "person": ("directory", "user")}
APART = {"heartbeat", "alembic_version"}  # not counted: at most once a minute, or once ever
EACH = ("command",)  # on PostgreSQL, a row for each transaction of a person
GUARDED = {"task"}  # updated only while the version is what was seen


def connect(path: Path) -> sqlite3.Connection:
    """As durable as the engine's own connections."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


@dataclass
class Twin:
    """What the engine wrote between two states of a database, as statements."""

    inserts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    updates: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = field(default_factory=dict)  # (old, new)
    mark: str = "?"  # where a driver wants its parameters

    @classmethod
    def between(cls, before: Path, after: Path) -> "Twin":
        with closing(sqlite3.connect(after)) as connection:
            connection.execute("ATTACH ? AS old", (str(before),))
            connection.row_factory = sqlite3.Row
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid").fetchall()
            return cls().compared(connection, [name for (name,) in names if not name.startswith("sqlite_")], "main")

    def compared(self, connection: Any, tables: Iterable[str], now: str) -> "Twin":
        """With the rows that the tables have in the schema `now` and had not in the schema `old`."""
        for table in tables:
            if table not in APART:
                self._compare(connection, table, now)
        return self

    def _compare(self, connection: Any, table: str, now: str) -> None:
        keys = KEYS.get(table, ("id",))
        query = f'SELECT n.* FROM {now}."{table}" n EXCEPT SELECT o.* FROM old."{table}" o'
        inserts, updates = [], []
        for row in connection.execute(query).fetchall():
            values = tuple(row[key] for key in keys)
            old = connection.execute(f'SELECT * FROM old."{table}" WHERE {self._equal(keys)}', values).fetchone()
            if old is None:
                inserts.append(dict(row))
            else:
                updates.append((dict(old), dict(row)))
        if inserts:
            self.inserts[table] = sorted(inserts, key=lambda row: [row[key] for key in keys])
        if updates:
            self.updates[table] = updates

    def all(self) -> list[tuple[str, list[tuple[Any, ...]]]]:
        """Every row, one `executemany` for each form of statement."""
        groups: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for sql, values in self._statements():
            groups[sql].append(values)
        return list(groups.items())

    def by_task(self) -> dict[int, list[Statement]]:
        """task → what its own move wrote; counters that all the tasks of a stage move, by one each."""
        found: dict[int, list[Statement]] = defaultdict(list)
        stages: dict[tuple[int, str], list[int]] = defaultdict(list)
        for old, new in sorted(self.updates["task"], key=lambda pair: int(pair[1]["id"])):
            found[new["id"]].append(self._update("task", old, new))
            stages[new["instance_id"], new["stage"]].append(new["id"])
        for table, rows in self.inserts.items():
            for row in rows:
                if row.get("task_id") is not None:
                    found[row["task_id"]].append(self._insert(table, row, but=("id",)))
        for table in EACH:
            for statements, row in zip(found.values(), self.inserts.get(table, ()), strict=False):
                statements.append(self._insert(table, row))
        for old, new in self.updates.get("tally", ()):
            moved = stages[new["instance_id"], new["stage"]]
            if new["done"] - old["done"] == len(moved):
                for task in moved:
                    found[task].append((f"UPDATE tally SET done = done + 1 WHERE id = {self.mark}", (new["id"],)))
        return dict(found)

    def _statements(self) -> Iterable[Statement]:
        for table, rows in self.inserts.items():
            yield from (self._insert(table, row) for row in rows)
        for table, pairs in self.updates.items():
            yield from (self._update(table, old, new) for old, new in pairs)

    def count(self) -> str:
        """How many rows, by table."""
        parts = [f"{len(rows)} {table}" for table, rows in self.inserts.items()]
        return ", ".join(parts + [f"{len(rows)} {table} changed" for table, rows in self.updates.items()])

    def _insert(self, table: str, row: dict[str, Any], but: tuple[str, ...] = ()) -> Statement:
        names = [name for name in row if name not in but]
        values = ", ".join([self.mark] * len(names))
        return f'INSERT INTO "{table}" ({_listed(names)}) VALUES ({values})', tuple(row[name] for name in names)

    def _update(self, table: str, old: dict[str, Any], new: dict[str, Any]) -> Statement:
        names = [name for name in new if new[name] != old[name]]
        keys = [*KEYS.get(table, ("id",)), *(("version",) if table in GUARDED else ())]
        changes = ", ".join(f'"{name}" = {self.mark}' for name in names)
        sql = f'UPDATE "{table}" SET {changes} WHERE {self._equal(keys)}'
        return sql, (*(new[name] for name in names), *(old[key] for key in keys))

    def _equal(self, keys: Sequence[str]) -> str:
        return " AND ".join(f'"{key}" = {self.mark}' for key in keys)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def write_all(connection: sqlite3.Connection, groups: Iterable[tuple[str, list[tuple[Any, ...]]]]) -> None:
    """One transaction."""
    connection.execute("BEGIN IMMEDIATE")
    for sql, rows in groups:
        connection.executemany(sql, rows)
    connection.execute("COMMIT")


def write_each(connection: sqlite3.Connection, transactions: Iterable[list[Statement]]) -> None:
    """A transaction for each."""
    for statements in transactions:
        connection.execute("BEGIN IMMEDIATE")
        for sql, values in statements:
            connection.execute(sql, values)
        connection.execute("COMMIT")


def differing(one: Path, other: Path) -> list[str]:
    """The tables in which two databases have not the same rows, whatever their ids: there should be none."""
    connection = sqlite3.connect(one)
    connection.execute("ATTACH ? AS other", (str(other),))
    found = []
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        if table in APART or table.startswith("sqlite_"):
            continue
        names = ", ".join(row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "id")
        query = f"SELECT {names} FROM main.{table} EXCEPT SELECT {names} FROM other.{table} LIMIT 1"
        if connection.execute(query).fetchone():
            found.append(table)
    connection.close()
    return found
