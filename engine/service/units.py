"""The register of units: a corrected address works at once, and each change is an entry."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from engine import machine, store
from engine.checks import check
from engine.db import reading
from engine.errors import BadValue, Denied, NotFound, PlanError
from engine.i18n import _
from engine.machine import Act
from engine.office import Office
from engine.plan.directory import Directory, Unit
from engine.plan.loader import load_directory
from engine.service import rights


@dataclass(frozen=True)
class Loaded:
    added: list[str]
    changed: list[str]


def load_units(office: Office, path: Path, act: Act, *, dry_run: bool = False) -> Loaded:
    """Bring the register up to a directory file. The file's name without ending is the directory's name.

    Raises PlanError with every mistake of the file.
    """
    source = load_directory(path)
    problems = check(source)
    if source.directory is None or source.broken:
        raise PlanError(problems)
    new = facts_of(source.directory)
    with rights.acting(office, act, dry_run=dry_run) as connection:
        rights.require_keeper(connection, source.directory_name, act)
        known = store.unit_facts(connection, source.directory_name)
        added = [unit for unit in new if unit not in known]
        changed = [unit for unit, text in known.items() if unit in new and new[unit] != text]
        for unit in (*added, *changed):
            store.replace_unit(connection, source.directory_name, unit, new[unit])
        store.add_entries(connection, [
            machine.entry(act, "unit", data={
                "directory": source.directory_name, "unit": unit,
                "old": json.loads(known[unit]) if unit in known else None, "new": json.loads(new[unit]),
            })
            for unit in (*added, *changed)
        ])  # fmt: skip
        store.replace_people(connection, source.directory_name, people_of(source.directory, source.directory_name))
    return Loaded(added, changed)


def facts_of(directory: Directory) -> dict[str, str]:
    """unit → its facts as the register keeps them."""
    return {name: unit.model_dump_json(by_alias=True, exclude_unset=True) for name, unit in directory.units.items()}


def people_of(directory: Directory, name: str) -> list[dict[str, Any]]:
    """The rows of the people a directory names."""
    rows = [
        {"directory": name, "user": one.user, "unit": one.unit, "coordinates": "coordinate" in one.may,
         "from_on": one.from_, "to_on": one.to}
        for one in directory.people
    ]  # fmt: skip
    deputies = [
        {"directory": name, "user": one.user, "unit": unit, "coordinates": False, "from_on": one.from_, "to_on": one.to}
        for unit, facts in directory.units.items() for one in facts.deputies if one.user
    ]  # fmt: skip
    return rows + deputies if rows else []


def give_token(office: Office, directory: str, user: str, act: Act, *, dry_run: bool = False) -> str:
    """A new secret by which this person is known, shown this once; from now on the name alone does not do.

    Raises NotFound for somebody the directory does not name; Denied.
    """
    secret = secrets.token_urlsafe(24)
    _set_token(office, directory, user, digest_of(secret), act, dry_run)
    return secret


def take_token(office: Office, directory: str, user: str, act: Act, *, dry_run: bool = False) -> None:
    """The person's token is worth nothing any more. Raises NotFound, Denied."""
    _set_token(office, directory, user, None, act, dry_run)


def _set_token(office: Office, directory: str, user: str, token: str | None, act: Act, dry_run: bool) -> None:
    with rights.acting(office, act, dry_run=dry_run) as connection:
        rights.require_keeper(connection, directory, act)
        if not store.set_token(connection, directory, user, token):
            raise NotFound(_("person"), user, [row.user for row in store.people(connection, directory)])
        data = {"directory": directory, "user": user, "given": token is not None}
        store.add_entries(connection, [machine.entry(act, "token", data=data)])


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def user_of_token(office: Office, secret: str) -> str:
    """Raises Denied for a token that belongs to nobody."""
    with reading(office.engine) as connection:
        user = store.user_of(connection, digest_of(secret))
    if user is None:
        raise Denied(_("the token in KH_TOKEN is nobody's: ask the coordinator for a new one"))
    return user


def only_directory(office: Office, name: str | None) -> str:
    """The directory named, or the only one. Raises NotFound, BadValue."""
    with reading(office.engine) as connection:
        known = store.directories(connection)
    if name is not None and name not in known:
        raise NotFound(_("directory"), name, known)
    if name is None and len(known) != 1:
        raise BadValue(_("which directory? name one of: {known}").format(known=", ".join(known) or "–"))
    return name or known[0]


def list_units(office: Office, directory: str | None) -> list[dict[str, Any]]:
    with reading(office.engine) as connection:
        directories = [directory] if directory else store.directories(connection)
        rows = [
            (name, unit, facts) for name in directories for unit, facts in store.unit_facts(connection, name).items()
        ]
    return [_row(name, unit, Unit.model_validate_json(facts)) for name, unit, facts in rows]


def _row(directory: str, unit: str, facts: Unit) -> dict[str, Any]:
    return {
        "directory": directory, "unit": unit, "name": facts.name_on(facts.valid_to or date.max), "level": facts.level,
        "parent": facts.parent, **facts.contact.model_dump(),
        "valid_to": facts.valid_to.isoformat() if facts.valid_to else None,
    }  # fmt: skip
