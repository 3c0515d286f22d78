"""An instance is closed: nothing falls due, nothing is sent, nothing moves any more; all views still work."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from engine import amendments, machine, store
from engine.clock import shown
from engine.errors import BadValue, Conflict
from engine.i18n import _, first_of
from engine.machine import Act
from engine.office import Office
from engine.plan.blueprint import Blueprint
from engine.rows import InstanceRow, TaskRow
from engine.service import rights
from engine.service.moves import require_reason
from engine.service.select import instances_named
from engine.settle import refuse_closed
from engine.states import FINAL, State, Trigger


@dataclass(frozen=True)
class Closed:
    instance: str
    left_open: tuple[str, ...]  # the tasks that were not finished, by their selectors


def close(office: Office, names: Sequence[str], act: Act, *, dry_run: bool = False) -> list[Closed]:
    """Close instances, all or none; what was still owed is listed in the entry.

    Raises BadValue where work is owed and no reason given, Conflict where one is closed already, NotFound, Denied.
    """
    with rights.acting(office, act, dry_run=dry_run) as connection:
        return [_close(office, connection, one, act) for one in instances_named(office, connection, names)]


def _close(office: Office, connection: Connection, instance: InstanceRow, act: Act) -> Closed:
    blueprint = office.blueprint(connection, instance)
    rights.require_coordinator(connection, blueprint, act)
    refuse_closed(instance)
    if not instance.started_at <= act.happened_at <= act.at:
        text = _("{name} cannot be closed as of {moment}: give a time between its start and now")
        raise BadValue(text.format(name=instance.name, moment=shown(act.happened_at, office.zone)))
    left = tuple(task.selector for task in _owed(connection, instance, blueprint))
    if left and not act.reason:
        text = _("{name}: {n} tasks are not finished ({tasks}); --reason closes it all the same")
        raise BadValue(text.format(name=instance.name, n=len(left), tasks=first_of(left)))
    if not amendments.close(connection, instance, act.happened_at):
        raise Conflict(_("somebody else changed {name} just now: look again").format(name=instance.name))
    data = {"left_open": left}
    store.add_entries(connection, [machine.entry(act, "close", instance_id=instance.id, data=data)])
    return Closed(instance.name, left)


def _owed(connection: Connection, instance: InstanceRow, blueprint: Blueprint) -> list[TaskRow]:
    """What is not finished, but for work that has no end and what is only encouraged."""
    tasks = store.tasks(connection, store.TASK.c.instance_id == instance.id, store.TASK.c.state.not_in(FINAL))
    stages = blueprint.plan.stages
    return [task for task in tasks if task.state == State.SUBMITTED or not stages[task.stage].never_overdue]


def reopen(office: Office, entry: Any, act: Act, *, dry_run: bool = False) -> str:
    """Undo a closing; what fell due meanwhile is looked at by the next tick. The instance's name.

    Raises BadValue where the instance is open, or was closed again since; Denied.
    """
    require_reason(Trigger.UNDO, act)
    with rights.acting(office, act, dry_run=dry_run) as connection:
        instance = next(row for row in store.instances(connection) if row.id == entry.instance_id)
        rights.require_coordinator(connection, office.blueprint(connection, instance), act)
        closings = store.entries(connection, store.ENTRY.c.instance_id == instance.id, store.ENTRY.c.trigger == "close")
        if instance.closed_at is None or closings[-1].id != entry.id:
            raise BadValue(_("entry {id} did not close {name} as it is").format(id=entry.id, name=instance.name))
        amendments.reopen(connection, instance.id, act.happened_at)
        data = {"undoes": entry.id}
        store.add_entries(connection, [machine.entry(act, "undo", instance_id=instance.id, data=data)])
        return instance.name
