"""Who may do what: nobody is named, the owner may do all; once people are named, all else is denied."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from engine import machine, store
from engine.db import writing
from engine.errors import Denied, NotFound
from engine.i18n import _
from engine.machine import Act
from engine.office import Office, Register
from engine.plan.blueprint import Blueprint
from engine.rows import TaskRow
from engine.states import Trigger


@contextmanager
def acting(office: Office, act: Act, *, dry_run: bool = False) -> Iterator[Connection]:
    """One person's transaction: taken back where it is only tried out; what was denied is an entry of its own."""
    try:
        with writing(office.engine) as connection:
            yield connection
            if dry_run:
                connection.rollback()
    except Denied as denied:
        data = {"text": str(denied), "trigger": denied.trigger}
        with writing(office.engine) as connection:
            store.add_entries(connection, [machine.entry(act, "denied", task=denied.task, data=data)])
        raise


def checked_unit(connection: Connection, blueprint: Blueprint, act: Act) -> Register:
    """The register; raises NotFound where --for names no unit of it."""
    register = Register(connection, blueprint.directory_name)
    if act.for_unit and register.find(act.for_unit) is None:
        raise NotFound(_("unit"), act.for_unit, store.unit_facts(connection, blueprint.directory_name))
    return register


def require_coordinator(connection: Connection, blueprint: Blueprint, act: Act, *, known: bool = True) -> None:
    """Raises Denied unless the actor coordinates (or nobody is named in the directory).

    `known` is False before the directory's units are in the register.
    """
    people = store.people(connection, blueprint.directory_name)
    if people and not _coordinates(people, act, blueprint):
        raise Denied(_("{actor} may not do this: it takes a person who coordinates").format(actor=act.actor))
    if known:
        checked_unit(connection, blueprint, act)


def require_keeper(connection: Connection, directory: str, act: Act) -> None:
    """Raises Denied unless the actor may change a directory's register."""
    people = store.people(connection, directory)
    if people and not (act.actor in people and people[act.actor].coordinates):
        raise Denied(_("{actor} may not do this: it takes a person who coordinates").format(actor=act.actor))


def require(connection: Connection, blueprint: Blueprint, tasks: list[TaskRow], trigger: str, act: Act) -> None:
    """Raises Denied for the first task the actor has no right to move so, NotFound for an unknown --for."""
    register = checked_unit(connection, blueprint, act)
    people = store.people(connection, blueprint.directory_name)
    if not people or _coordinates(people, act, blueprint):
        return
    person = people.get(act.actor)
    for task in tasks:
        if person is None or person.unit not in _units_that_may(blueprint, task, trigger, register):
            text = _("{actor} may not “{trigger}” {task}")
            raise Denied(text.format(actor=act.actor, trigger=trigger, task=task.selector), task, trigger)
        if act.for_unit and act.for_unit != person.unit:
            text = _("{actor} does not act for {unit}")
            raise Denied(text.format(actor=act.actor, unit=act.for_unit), task, trigger)


def _coordinates(people: Mapping[str, Any], act: Act, blueprint: Blueprint) -> bool:
    person = people.get(act.actor)
    return person is not None and (person.coordinates or person.unit == blueprint.plan.coordinator)


def _units_that_may(blueprint: Blueprint, task: TaskRow, trigger: str, register: Register) -> set[str]:
    stage = blueprint.plan.stages[task.stage]
    own = set(blueprint.partners(task.stage, task.unit))
    if trigger in (Trigger.ACK, "extend"):
        return own
    if trigger in (Trigger.SUBMIT, "note"):
        return own | set(blueprint.members(stage.submit_to))
    if trigger in (Trigger.ACCEPT, Trigger.RETURN):
        accepting = blueprint.accept_by(stage)
        accepting = register.parent(task.unit) if accepting == "parent" else accepting
        return ({accepting} if accepting else set()) - own
    return set()
