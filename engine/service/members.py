"""The register on a day: who exists, under which name, who came after whom; who is in a group, who has a stage."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection

from engine import store
from engine.absent import as_facts
from engine.db import reading
from engine.errors import BadValue, NotFound
from engine.i18n import _
from engine.office import Office, Register
from engine.plan.directory import LEVEL_LABELS, Unit
from engine.rows import InstanceRow


def list_units(office: Office, directory: str | None, day: date) -> list[dict[str, Any]]:
    """All units of a directory (of all), by their names on a day. Raises NotFound."""
    with reading(office.engine) as connection:
        known = store.directories(connection)
        if directory is not None and directory not in known:
            raise NotFound(_("directory"), directory, known)
        return [
            row for name in ([directory] if directory else known)
            for row in _rows(Register(connection, name), store.unit_facts(connection, name), day)
        ]  # fmt: skip


def members(office: Office, what: str, day: date) -> list[dict[str, Any]]:
    """Who is meant: by INSTANCE/STAGE those that have its tasks, by [INSTANCE/]GROUP the members it was resolved to.

    A level (`district`) stands for its units that exist on the day. Raises NotFound, BadValue.
    """
    with reading(office.engine) as connection:
        place, slash, name = what.rpartition("/")
        if slash:
            instance = office.instance(connection, place)
            return _of_instance(office, connection, instance, name, day)
        if what in LEVEL_LABELS:
            return [row for row in _everybody(connection, day) if row["level"] == what and row["exists"]]
        return _of_group(office, connection, what, day)


def _everybody(connection: Connection, day: date) -> list[dict[str, Any]]:
    return [
        row for name in store.directories(connection)
        for row in _rows(Register(connection, name), store.unit_facts(connection, name), day)
    ]  # fmt: skip


def _of_instance(
    office: Office, connection: Connection, instance: InstanceRow, name: str, day: date
) -> list[dict[str, Any]]:
    blueprint, register = office.blueprint(connection, instance), Register(connection, instance.directory)
    if name in blueprint.plan.stages:
        tasks = store.stage_tasks(connection, instance.id, name)
        return _rows(register, [unit for task in tasks for unit in blueprint.partners(name, task.unit)], day)
    if name in blueprint.groups:
        return _rows(register, blueprint.groups[name], day)
    raise NotFound(_("stage or group"), name, [*blueprint.plan.stages, *blueprint.groups])


def _of_group(office: Office, connection: Connection, name: str, day: date) -> list[dict[str, Any]]:
    """A group as the started plans have it, where they agree."""
    known = [(row, office.snapshot(connection, row).groups) for row in store.instances(connection)]
    having = [(row, groups[name]) for row, groups in known if name in groups]
    if not having:
        raise NotFound(_("group"), name, {*LEVEL_LABELS, *(group for _row, groups in known for group in groups)})
    if len({(row.directory, members) for row, members in having}) > 1:
        places = ", ".join(f"{row.name}/{name}" for row, _members in having)
        raise BadValue(
            _("“{name}” is not the same in all plans: name one of {places}").format(name=name, places=places)
        )
    return _rows(Register(connection, having[0][0].directory), having[0][1], day)


def _rows(register: Register, units: Iterable[str], day: date) -> list[dict[str, Any]]:
    units = list(dict.fromkeys(units))
    register.load(units)
    return [_row(register, unit, facts, day) for unit in units if (facts := register.find(unit))]


def _row(register: Register, unit: str, facts: Unit, day: date) -> dict[str, Any]:
    return {
        "directory": register.directory, "unit": unit, "name": facts.name_on(day), "level": facts.level,
        "parent": facts.parent, **facts.contact.model_dump(), "exists": facts.exists_on(day),
        "ended": bool(facts.valid_to and facts.valid_to < day),
        "valid_from": facts.valid_from.isoformat() if facts.valid_from else None,
        "valid_to": facts.valid_to.isoformat() if facts.valid_to else None,
        "successors": as_facts(facts.succeeded_by),
    }  # fmt: skip
