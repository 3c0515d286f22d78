"""Who may do what: nobody is named, the owner may do all; once people are named, all else is denied."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import Connection

from engine import machine, people, store
from engine.db import commanding, writing
from engine.errors import Denied, NotFound
from engine.i18n import _
from engine.machine import Act
from engine.office import Office, Register, in_charge
from engine.plan.blueprint import Blueprint
from engine.rows import TaskRow
from engine.states import Trigger


@contextmanager
def acting(office: Office, act: Act, *, dry_run: bool = False) -> Iterator[Connection]:
    """One person's transaction: taken back where it is only tried out; what was denied is an entry of its own."""
    try:
        with commanding(office.engine) as connection:
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
    parts = parts_of(connection, blueprint.directory_name, act)
    register = Register(connection, blueprint.directory_name)
    if parts is not None and not _coordinates(parts, blueprint, register, act):
        raise Denied(_("{actor} may not do this: it takes a person who coordinates").format(actor=act.actor))
    if known:
        checked_unit(connection, blueprint, act)


def require_keeper(connection: Connection, directory: str, act: Act) -> None:
    """Raises Denied unless the actor may change a directory's register."""
    parts = parts_of(connection, directory, act)
    if parts is not None and not any(part.coordinates for part in parts):
        raise Denied(_("{actor} may not do this: it takes a person who coordinates").format(actor=act.actor))


def require(connection: Connection, blueprint: Blueprint, tasks: Sequence[TaskRow], trigger: str, act: Act) -> None:
    """Raises Denied for the first task the actor has no right to move so, NotFound for an unknown --for."""
    register = checked_unit(connection, blueprint, act)
    parts = parts_of(connection, blueprint.directory_name, act)
    if parts is None:
        return
    units = {part.unit for part in parts}
    coordinates = _coordinates(parts, blueprint, register, act)
    for task in tasks:
        if trigger == Trigger.ACCEPT:
            able = _units_that_may(blueprint, task, trigger, register)
            allowed = _may_accept(blueprint, task, able, units, act, coordinates=coordinates)
        else:
            allowed = coordinates or not units.isdisjoint(_units_that_may(blueprint, task, trigger, register))
        if not allowed:
            text = _("{actor} may not “{trigger}” {task}")
            raise Denied(text.format(actor=act.actor, trigger=trigger, task=task.selector), task, trigger)
        if act.for_unit and act.for_unit not in units and not coordinates:
            text = _("{actor} does not act for {unit}")
            raise Denied(text.format(actor=act.actor, unit=act.for_unit), task, trigger)


def parts_of(connection: Connection, directory: str, act: Act) -> list[Any] | None:
    """What the actor is in a directory on this day: rows of `person`; None where nobody is named and all may act.

    Raises Denied where the actor's name alone does not do.
    """
    named = people.parts_of(connection, directory, act.actor)
    if not named and not people.names_anybody(connection, directory):
        return None
    today = _day(act)
    mine = [row for row in named if (row.from_on or today) <= today <= (row.to_on or today)]
    if any(row.token for row in mine) and not act.proven:
        raise Denied(_("{actor} acts with a token only: KH_TOKEN").format(actor=act.actor))
    return mine


def _day(act: Act) -> date:
    return act.on or act.at.date()


def _coordinates(parts: Sequence[Any], blueprint: Blueprint, register: Register, act: Act) -> bool:
    """Where the coordinator has ended, its successors may do what it did: name who stands in, for one."""
    units = {part.unit for part in parts}
    if blueprint.plan.coordinator in units or any(part.coordinates for part in parts):
        return True
    return not units.isdisjoint(in_charge(blueprint, register, _day(act)))


def _may_accept(
    blueprint: Blueprint, task: TaskRow, able: set[str], units: set[str], act: Act, *, coordinates: bool
) -> bool:
    """Nobody accepts their own hand-in. A coordinator records what was accepted on paper, naming unit and paper.

    Where nobody else could accept it, the coordinator does.
    """
    own = set(blueprint.partners(task.stage, task.unit))
    if units & able:
        return not units & own
    return coordinates and (not able or (act.for_unit in able and bool(act.doc)))


def _units_that_may(blueprint: Blueprint, task: TaskRow, trigger: str, register: Register) -> set[str]:
    stage = blueprint.plan.stages[task.stage]
    own = set(blueprint.partners(task.stage, task.unit))
    if trigger in (Trigger.ACK, "extend"):
        return own
    if trigger in (Trigger.SUBMIT, "note"):
        return own | set(blueprint.members(_named(stage.submit_to, own, register)))
    if trigger in (Trigger.ACCEPT, Trigger.RETURN):
        accepting = blueprint.accept_by(stage)
        return set(_named((accepting,) if accepting else (), own, register)) - own
    return set()


def _named(names: Sequence[str], own: set[str], register: Register) -> tuple[str, ...]:
    """With each unit's own superior for the word `parent`."""
    parents = {parent for unit in own if (parent := register.parent(unit))}
    return tuple(unit for name in names for unit in (sorted(parents) if name == "parent" else [name]))
