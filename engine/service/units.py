"""The register of units: a corrected address works at once, and each change is an entry."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine import machine, people, store
from engine.checks import check
from engine.db import reading
from engine.errors import BadValue, Denied, NotFound, PlanError
from engine.i18n import _
from engine.machine import Act
from engine.office import Office
from engine.plan.directory import Directory
from engine.plan.loader import load_directory
from engine.service import rights
from engine.succession import give_up, take_back, under_new_superiors


@dataclass(frozen=True)
class Loaded:
    added: list[str]
    changed: list[str]
    given_up: list[str]  # tasks that wait for a successor now
    resumed: list[str]  # tasks that need none after all


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
        people.replace(connection, source.directory_name, people_of(source.directory, source.directory_name))
        old = {unit: json.loads(known[unit]).get("parent") for unit in changed}
        moved = {unit: parent for unit, parent in old.items() if parent != json.loads(new[unit]).get("parent")}
        under_new_superiors(office, connection, source.directory_name, moved, act)
        resumed = take_back(office, connection, source.directory_name, changed, act)
        given_up = give_up(office, connection, act)
    return Loaded(added, changed, given_up, resumed)


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
        if not people.set_token(connection, directory, user, token):
            raise NotFound(_("person"), user, [row.user for row in people.of_directory(connection, directory)])
        data = {"directory": directory, "user": user, "given": token is not None}
        store.add_entries(connection, [machine.entry(act, "token", data=data)])


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def user_of_token(office: Office, secret: str) -> str:
    """Raises Denied for a token that belongs to nobody."""
    with reading(office.engine) as connection:
        user = people.user_of(connection, digest_of(secret))
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
