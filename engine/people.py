"""Every query about the people of a directory: who may act there, for which units, by which token."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, select, update

from engine.prepared import Prepared
from engine.store import insert_new, table
from engine.tables import Person

PERSON = table(Person)
_OF_DIRECTORY = PERSON.c.directory == bindparam("key")
_PEOPLE = Prepared(select(PERSON).where(_OF_DIRECTORY))
_PARTS = Prepared(select(PERSON).where(_OF_DIRECTORY, PERSON.c.user == bindparam("user")))
_SOMEBODY = Prepared(select(PERSON.c.user).where(_OF_DIRECTORY).limit(1))


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    insert_new(connection, PERSON, rows)


def replace(connection: Connection, directory: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """The people a directory file names now, each with the token it had; a file that names none changes nothing."""
    if rows:
        tokens = {row.user: row.token for row in of_directory(connection, directory)}
        connection.execute(delete(PERSON).where(PERSON.c.directory == directory))
        insert_new(connection, PERSON, [{**row, "token": tokens.get(row["user"])} for row in rows])


def forget(connection: Connection) -> None:
    connection.execute(delete(PERSON))


def of_directory(connection: Connection, directory: str) -> list[Any]:
    """Who may act in this directory, a row for each unit."""
    return _PEOPLE.all(connection, key=directory)


def parts_of(connection: Connection, directory: str, user: str) -> list[Any]:
    """What one person is in this directory, a row for each unit."""
    return _PARTS.all(connection, key=directory, user=user)


def names_anybody(connection: Connection, directory: str) -> bool:
    return _SOMEBODY.value(connection, key=directory) is not None


def user_of(connection: Connection, token: str) -> str | None:
    """Whom a token's digest belongs to."""
    return connection.execute(select(PERSON.c.user).where(PERSON.c.token == token).limit(1)).scalar()


def set_token(connection: Connection, directory: str, user: str, token: str | None) -> bool:
    """False where the directory names nobody so."""
    who = and_(PERSON.c.directory == directory, PERSON.c.user == user)
    return bool(connection.execute(update(PERSON).where(who).values(token=token)).rowcount)
