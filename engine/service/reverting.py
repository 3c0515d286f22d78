"""An amendment is taken back whole, as long as nothing else has happened to its instance."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from engine import amendments, machine, store
from engine.errors import BadValue, Conflict
from engine.i18n import _
from engine.machine import Act, Step
from engine.office import Office
from engine.plan.blueprint import Blueprint
from engine.plan.difference import retiring
from engine.rows import InstanceRow, TaskRow, restored
from engine.service import rights
from engine.service.adjusting import put_back, recount
from engine.service.amend import Amended, compared
from engine.service.moves import require_reason
from engine.service.select import instances_named
from engine.service.undoing import next_look, replan
from engine.settle import Settling
from engine.states import DROPPED, State, Trigger

# Entries that change nothing of a task: they stand in nobody's way.
HARMLESS = ("note", "remind", "silence", "unsilence", "denied", "template", "answer")
CREATE = "create"


def take_back(office: Office, names: Sequence[str], act: Act, *, dry_run: bool = False) -> list[Amended]:
    """Undo the last amendment of instances: snapshot, dates and cancelled tasks as before, new tasks cancelled.

    Raises BadValue where there is none, or something else happened since; NotFound, Conflict, Denied.
    """
    require_reason(Trigger.UNDO, act)
    with rights.acting(office, act, dry_run=dry_run) as connection:
        found = []
        for instance in instances_named(office, connection, names):
            last = amendments.last_amendment(connection, instance.id)
            if last is None:
                raise BadValue(_("{name} was not amended").format(name=instance.name))
            entries = store.entries(connection, *_own(instance), store.ENTRY.c.trigger == "amend")
            entry = next(row for row in entries if json.loads(row.data)["amendment"] == last.id)
            found.append(_take_back(office, connection, instance, entry, act))
        return found


def take_back_entry(office: Office, entry: Any, act: Act, *, dry_run: bool = False) -> Amended:
    """The same for the amendment a line of the log is of."""
    require_reason(Trigger.UNDO, act)
    with rights.acting(office, act, dry_run=dry_run) as connection:
        instance = next(row for row in store.instances(connection) if row.id == entry.instance_id)
        return _take_back(office, connection, instance, entry, act)


def _own(instance: InstanceRow) -> tuple[Any, Any]:
    return store.ENTRY.c.instance_id == instance.id, store.ENTRY.c.task_id.is_(None)


def _take_back(office: Office, connection: Connection, instance: InstanceRow, entry: Any, act: Act) -> Amended:
    rights.require_coordinator(connection, office.blueprint(connection, instance), act)
    data = json.loads(entry.data)
    _refuse(connection, instance, entry, data)
    before = store.tasks(connection, store.TASK.c.instance_id == instance.id)
    settling = Settling(office, connection, _switched(office, connection, instance, data["old"]), act)
    touched = _restore_tasks(connection, instance, entry, data["since"], before, act)
    recount(settling)
    put_back(settling, data["reached"])
    amendments.end_amendment(connection, data["amendment"], act.happened_at)
    undoes = {"undoes": entry.id, "amendment": data["amendment"]}
    store.add_entries(connection, [machine.entry(act, "undo", instance_id=instance.id, data=undoes)])
    after = store.tasks(connection, store.TASK.c.instance_id == instance.id)
    sent = replan(connection, touched, entry.at)
    return Amended(instance.name, tuple(compared(instance.name, before, after)), tuple(sent))


def _refuse(connection: Connection, instance: InstanceRow, entry: Any, data: dict[str, Any]) -> None:
    last = amendments.last_amendment(connection, instance.id)
    if last is None or last.id != data["amendment"]:
        raise BadValue(_("entry {id} is not the last amendment of {name}").format(id=entry.id, name=instance.name))
    later = store.entries(
        connection, store.ENTRY.c.instance_id == instance.id, store.ENTRY.c.id > entry.id,
        store.ENTRY.c.trigger.not_in(HARMLESS),
    )  # fmt: skip
    if later:
        first = later[0]
        where = "/".join(part for part in (first.instance, first.stage, first.period, first.unit) if part)
        text = _("the amendment cannot be undone: {n} things happened since, first entry {id} ({trigger}, {where})")
        raise BadValue(text.format(n=len(later), id=first.id, trigger=first.trigger, where=where))


def _switched(office: Office, connection: Connection, instance: InstanceRow, old: str) -> InstanceRow:
    """The instance on its former snapshot; stages that only the amendment had stay on record as retired."""
    former = office.snapshot(connection, instance._replace(snapshot=old))
    blueprint = retiring(office.snapshot(connection, instance), former)
    snapshot = blueprint.to_json()
    digest = Blueprint.digest(snapshot)
    store.add_snapshot(connection, digest, snapshot, amendments.snapshot_source(connection, old))
    if not amendments.switch_snapshot(connection, instance, digest):
        raise Conflict(_("somebody else changed {name} just now: look again").format(name=instance.name))
    return instance._replace(snapshot=digest)


def _restore_tasks(
    connection: Connection, instance: InstanceRow, entry: Any, since: int, tasks: Sequence[TaskRow], act: Act
) -> list[TaskRow]:
    """Each task as it was before the first entry of the amendment; those it made are cancelled."""
    lines = store.entries(
        connection, store.ENTRY.c.instance_id == instance.id, store.ENTRY.c.id > since, store.ENTRY.c.id < entry.id,
        store.ENTRY.c.at == entry.at,
    )  # fmt: skip
    first: dict[int, Any] = {}
    old: dict[int, dict[str, Any]] = {}
    for line in lines:
        first.setdefault(line.task_id, line)
        for name, (value, _new) in json.loads(line.data).get("changed", {}).items():
            old.setdefault(line.task_id, {}).setdefault(name, restored(name, value))
    touched = [task for task in tasks if task.id in first]
    steps = [_step(task, first[task.id], old.get(task.id, {}), entry.id, act) for task in touched]
    if found := [step for step in steps if step]:
        machine.apply(connection, found, act)
    return touched


def _step(task: TaskRow, line: Any, old: dict[str, Any], entry_id: int, act: Act) -> Step | None:
    moment = max(act.happened_at, task.touched_at)
    data = {"undoes": entry_id}
    if line.trigger == CREATE:
        gone = None if task.state in DROPPED else Step(task, Trigger.CANCEL, None, {"next_action_at": None}, data)
        return replace(gone, happened_at=moment) if gone else None
    state = State(line.before)
    anew = "deadline_version" in old or (state is State.WAITING and task.state != State.WAITING)
    changes = {
        **old, **({"deadline_version": task.deadline_version + 1} if anew else {}),
        "next_action_at": next_look(state, task._replace(**old), act),
    }  # fmt: skip
    return Step(task, Trigger.UNDO, state, changes, data, happened_at=moment)
