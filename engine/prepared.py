"""Core statements compiled once and run by the driver itself: what is done for each move, each tick, each rung.

A full execution by SQLAlchemy takes 50 to 90 µs before the database sees anything, this some five.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Connection,
    Delete,
    Dialect,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    column,
    func,
    insert,
    select,
    type_coerce,
)  # fmt: skip
from sqlalchemy.sql.visitors import replacement_traverse
from sqlalchemy.types import NullType

Convert = Callable[[Any], Any]
MANY = 50  # rows that are worth a stream of their own
_KEPT = "cursor"  # of a connection
FEW = 4  # rows that are sooner written one by one than put together


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement in the words of one kind of database."""

    sql: str
    names: tuple[str, ...]
    pick: Convert  # the parameters of a row of values that names them all
    defaults: Mapping[str, Any]  # where it does not
    written: Convert | None  # makes of the parameters what is written, where some are not written as they are
    read: Convert | None  # makes of the columns what is handed out, where some are not handed out as they come

    def arguments(self, values: Mapping[str, Any]) -> Any:
        try:
            found = self.pick(values)
        except KeyError:
            found = self.pick({**self.defaults, **values})
        return self.written(found) if self.written else found


class Prepared:
    """A statement with its parameters open (`bindparam`), built where a module is imported.

    `make` makes what is handed out of a row's columns, by default a named tuple.
    """

    def __init__(
        self,
        statement: Select[Any] | Insert | Update | Delete,
        make: Callable[[Iterable[Any]], Any] | None = None,
        columns: Sequence[str] | None = None,
    ):
        if make is None and isinstance(statement, Select):
            make = namedtuple("Row", statement.selected_columns.keys())._make  # type: ignore[attr-defined]
        self.statement, self.make, self.columns = statement, make or tuple, columns
        self._compiled: dict[str, _Compiled] = {}
        self._together = ""  # for many rows at once

    def all(self, connection: Connection, **values: Any) -> list[Any]:
        """Every row of a query."""
        compiled = self._for(connection.dialect)
        cursor = _cursor(connection)
        cursor.execute(compiled.sql, compiled.arguments(values))
        return self.made(connection, cursor.fetchall())

    def made(self, connection: Connection, rows: Iterable[Sequence[Any]]) -> list[Any]:
        """What is handed out for rows of these columns that were read as they come."""
        read = self._for(connection.dialect).read
        return list(map(self.make, map(read, rows) if read else rows))

    def first(self, connection: Connection, **values: Any) -> Any | None:
        """The first row of a query, if any."""
        return next(iter(self.all(connection, **values)), None)

    def value(self, connection: Connection, **values: Any) -> Any:
        """The first column of the first row; None where there is none."""
        row = self.first(connection, **values)
        return row[0] if row else None

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Write, once for each row of parameters; how many rows of the table that touched."""
        compiled = self._for(connection.dialect)
        cursor = _cursor(connection)
        if len(rows) == 1:
            cursor.execute(compiled.sql, compiled.arguments(rows[0]))
        elif len(rows) >= MANY and connection.dialect.name == "postgresql":
            self._together = self._together or together(self.statement, connection.dialect, self.columns)
            cursor.execute(self._together, [list(item) for item in zip(*map(compiled.arguments, rows), strict=True)])
        else:
            cursor.executemany(compiled.sql, list(map(compiled.arguments, rows)))
        return int(cursor.rowcount)

    def copy(self, connection: Connection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Many new rows in one stream, as PostgreSQL takes them fastest."""
        compiled = self._for(connection.dialect)
        columns = ", ".join(f'"{name}"' for name in compiled.names)
        with _cursor(connection).copy(f'COPY "{table}" ({columns}) FROM STDIN') as stream:
            for row in rows:
                stream.write_row(compiled.arguments(row))

    def _for(self, dialect: Dialect) -> _Compiled:
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = self._compile(dialect)
        return self._compiled[dialect.name]

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled: Any = self.statement.compile(dialect=_numbering_its_places(dialect), column_keys=self.columns)
        names = tuple(compiled.positiontup)
        types = [compiled.binds[name].type for name in names]
        columns: Any = self.statement.exported_columns
        fixed = {name: bind.value for name, bind in compiled.binds.items() if bind.value is not None}
        return _Compiled(
            str(compiled), names, _getting(names),
            {**_defaults(self.statement), **fixed},
            _converting([item.dialect_impl(dialect).bind_processor(dialect) for item in types]),
            _converting([item.type.dialect_impl(dialect).result_processor(dialect, None) for item in columns]),
        )  # fmt: skip


def together(statement: Any, dialect: Dialect, columns: Sequence[str] | None) -> str:
    """The statement for many rows on PostgreSQL, which come as one array for each parameter.

    That is one message and one plan, where `executemany` has one for each row.
    """
    dialect = _numbering_its_places(dialect)
    compiled: Any = statement.compile(dialect=dialect, column_keys=columns)
    binds: dict[str, BindParameter[Any]] = {name: compiled.binds[name] for name in compiled.positiontup}
    arrays = [bindparam(name, type_=ARRAY(bind.type)) for name, bind in binds.items()]
    values: Any = func.unnest(*arrays).table_valued(*[column(name, bind.type) for name, bind in binds.items()])
    values = values.render_derived(name="these")
    if isinstance(statement, Insert):
        statement = statement.from_select(list(binds), select(*values.c), include_defaults=False)
    else:
        statement = replacement_traverse(statement, {}, _taken_from(values))
    found: Any = statement.compile(dialect=dialect)
    assert found.positiontup == list(binds)  # as the arrays stand in the call of unnest
    return str(found)


def _taken_from(values: Any) -> Any:
    """For a statement's parts: a parameter gives way to the column of that name."""
    return lambda part, **_words: values.c[part.key] if isinstance(part, BindParameter) else None


class Among:
    """A query over a list of values: prepared for some lengths, a shorter list repeats its last value.

    `build` makes the statement of the parameters that stand for the list.
    """

    LENGTHS = (1, 8, 64, 512)

    def __init__(
        self,
        build: Callable[[Sequence[BindParameter[Any]]], Select[Any]],
        make: Callable[[Iterable[Any]], Any] | None = None,
    ):
        self.build, self.make = build, make
        self._prepared: dict[int, Prepared] = {}

    def all(self, connection: Connection, items: Sequence[Any], **values: Any) -> list[Any]:
        """Every row, for each 512 of the list by one query."""
        found: list[Any] = []
        for start in range(0, len(items), self.LENGTHS[-1]):
            some = items[start : start + self.LENGTHS[-1]]
            length = next(length for length in self.LENGTHS if length >= len(some))
            padded = [*some, *[some[-1]] * (length - len(some))]
            found += self._for(length).all(connection, **{f"i{n}": item for n, item in enumerate(padded)}, **values)
        return found

    def _for(self, length: int) -> Prepared:
        if length not in self._prepared:
            places: list[BindParameter[Any]] = [bindparam(f"i{number}") for number in range(length)]
            self._prepared[length] = Prepared(self.build(places), self.make)
        return self._prepared[length]


def _getting(keys: Sequence[Any]) -> Convert:
    """An `itemgetter` that gives a tuple, however many there are."""
    return itemgetter(*keys) if len(keys) > 1 else lambda values: tuple(values[key] for key in keys)


def _converting(converts: Sequence[Convert | None]) -> Convert | None:
    """A function of a whole row; None where each value stays as it is.

    Of the thousands of rows of a batch most hold the same instants, so that what was converted together is remembered.
    """
    those = [(place, convert) for place, convert in enumerate(converts) if convert]
    if not those:
        return None
    each = [lru_cache(maxsize=4096)(convert) for _place, convert in those]
    pick = _getting([place for place, _convert in those])
    order = list(range(len(converts)))
    for number, (place, _convert) in enumerate(those):
        order[place] = len(converts) + number
    arrange = _getting(order)

    @lru_cache(maxsize=4096)
    def converted(values: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(None if value is None else convert(value) for convert, value in zip(each, values, strict=True))

    latest: tuple[Any, Any] = (None, ())  # one object, for threads

    def convert_row(row: Sequence[Any]) -> Any:
        nonlocal latest
        picked, (known, found) = pick(row), latest
        if picked != known:
            found = converted(picked)
            latest = picked, found
        return arrange((*row, *found))

    return convert_row


def _defaults(statement: Any) -> dict[str, Any]:
    """What a new row has where nothing else is said."""
    if not isinstance(statement, Insert):
        return {}
    defaults: list[Any] = [column.default for column in statement.table.columns]
    return {item.column.name: item.arg for item in defaults if item is not None and item.is_scalar}


def as_it_comes(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column that SQLAlchemy hands out as the driver does; `made` converts it, and faster."""
    return type_coerce(column, NullType()).label(getattr(column, "name", None))


@cache
def _numbering_its_places(dialect: Dialect) -> Dialect:
    """PostgreSQL numbers its parameters itself; where psycopg is spared to rewrite names, a statement costs half."""
    kind: Any = type(dialect)
    return kind(paramstyle="numeric_dollar") if dialect.name == "postgresql" else dialect


def _cursor(connection: Connection) -> Any:
    """On PostgreSQL one for all: what it finds is read before the next statement."""
    raw: Any = connection.connection
    if connection.dialect.name != "postgresql":
        return raw.dbapi_connection.cursor()
    if (found := raw.info.get(_KEPT)) is None:
        from psycopg import RawCursor

        found = raw.info[_KEPT] = RawCursor(raw.dbapi_connection)
    return found


@cache
def inserting(table: Table, columns: tuple[str, ...]) -> Prepared:
    """New rows of a table, by the columns they have."""
    return Prepared(insert(table), columns=columns)


@cache
def _numbering(table: Table, columns: tuple[str, ...]) -> Prepared:
    return Prepared(insert(table).returning(table.c.id), columns=columns)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """New rows, all with the same columns."""
    if len(rows) >= MANY and connection.dialect.name == "postgresql":
        inserting(table, tuple(rows[0])).copy(connection, table.name, rows)
    elif rows:
        inserting(table, tuple(rows[0])).run(connection, rows)


def insert_numbered(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """The same, and their ids, in the order of the rows."""
    if not rows:
        return []
    if connection.dialect.name == "sqlite":  # only one writes, so that the numbers follow each other
        insert_rows(connection, table, rows)
        last = int(_cursor(connection).execute("SELECT last_insert_rowid()").fetchone()[0])
        return list(range(last - len(rows) + 1, last + 1))
    if len(rows) <= FEW:
        one = _numbering(table, tuple(rows[0]))
        return [int(one.value(connection, **row)) for row in rows]
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(connection.execute(statement, [dict(row) for row in rows]).scalars())
