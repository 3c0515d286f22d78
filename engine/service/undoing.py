"""A wrong entry is compensated by another one: what it changed goes back, nothing is deleted."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine import ledgers, machine, outbox, store
from engine.errors import BadValue, NotFound
from engine.gates import next_look_at
from engine.i18n import _
from engine.machine import Act, Step
from engine.office import Office
from engine.rows import TaskRow, restored
from engine.service import quotas, rights
from engine.service.handing_in import ARRIVAL, restore_last, void_last
from engine.service.moves import Outcome, require_reason
from engine.settle import Moved, Settling
from engine.states import FINAL, HALTED, State, Trigger
from engine.succession import hand_back, require_in_place


@dataclass(frozen=True)
class Undone:
    outcome: Outcome
    sent: list[str] = field(default_factory=list)  # notices that went out about the task since, by Message-ID


def _void_request(connection: Connection, task: TaskRow, _at: datetime) -> None:
    ledgers.decide_extension(connection, ledgers.last_extension(connection, task.id), outcome="void")


def _reopen_request(connection: Connection, task: TaskRow, _at: datetime) -> None:
    ledgers.decide_extension(connection, ledgers.last_extension(connection, task.id), outcome="requested")


def _void_suspension(connection: Connection, task: TaskRow, _at: datetime) -> None:
    last = ledgers.last_suspension(connection, task.id)
    ledgers.end_suspension(connection, last.id, last.from_at)


def _reopen_suspension(connection: Connection, task: TaskRow, _at: datetime) -> None:
    ledgers.end_suspension(connection, ledgers.last_suspension(connection, task.id).id, None)


def _nothing(_connection: Connection, _task: TaskRow, _at: datetime) -> None:
    """The task's own columns say it all."""


# The entries of a task that can be undone, and what goes back with each in the ledgers, as of the undoing's time.
UNDOABLE: dict[str, Callable[[Connection, TaskRow, datetime], None]] = {
    "ack": _nothing,
    "submit": void_last,
    ARRIVAL: void_last,
    "accept": _nothing,
    "return": restore_last,
    "cancel": _nothing,
    "exempt": _nothing,
    "fix-date": _nothing,
    "extend-request": _void_request,
    "extend-grant": _reopen_request,
    "extend-refuse": _reopen_request,
    "suspend": _void_suspension,
    "resume": _reopen_suspension,
    "transfer": _nothing,
}
# What else stands between an entry and its undoing: it would have to be undone, or done again, first.
FOLLOWS = ("undo", "open", "date", "amend", "unit-ended")


def undo(office: Office, entry_id: int, act: Act, *, dry_run: bool = False) -> Undone:
    """Compensate the last entry of a task: its state and dates become what they were before it.

    Raises NotFound, BadValue where the entry cannot be undone or something came after it.
    """
    require_reason(Trigger.UNDO, act)
    with rights.acting(office, act, dry_run=dry_run) as connection:
        found = store.find_entry(connection, entry_id)
        if found is None:
            raise NotFound(_("entry"), str(entry_id))
        task = _undoable(connection, found)
        instance = office.instance(connection, task.instance)
        blueprint = office.blueprint(connection, instance)
        rights.require_coordinator(connection, blueprint, act)
        old = {name: restored(name, values[0]) for name, values in json.loads(found.data).get("changed", {}).items()}
        dropped = old.pop("deadline_version", None)
        changes = {
            **old,
            **({"deadline_version": task.deadline_version + 1} if dropped else {}),
            "next_action_at": next_look(State(found.before), task, act),
        }
        step = Step(task, Trigger.UNDO, State(found.before), changes, data={"undoes": entry_id})
        states = machine.apply(connection, [step], act)
        UNDOABLE[found.trigger](connection, task, act.happened_at)
        if "unit" in changes:
            hand_back(office, connection, task, changes["unit"], act)
            instance = office.instance(connection, task.instance)  # as it is played now
        settling = Settling(office, connection, instance, act)
        settling.after([Moved(task, states[0], act.happened_at)])
        settling.close_again(task.stage)
        settling.advance(task.stage, {changes.get("unit", task.unit)})
        settling.reproject(task.stage)
        quotas.check(connection, instance, blueprint, blueprint.plan.quotas)
        sent = replan(connection, [task], found.at)
    return Undone(Outcome(task.selector, task.state, states[0]), sent)


def next_look(state: State, task: TaskRow, act: Act) -> datetime | None:
    """When the sweep must look at a task again that was put back into a state."""
    if state in FINAL | HALTED:
        return None
    return next_look_at(task.approximate, task.opens_at, act.happened_at) if state is State.WAITING else act.happened_at


def _undoable(connection: Connection, found: Any) -> TaskRow:
    if found.task_id is None or found.trigger not in UNDOABLE:
        raise BadValue(_("entry {id} ({trigger}) cannot be undone").format(id=found.id, trigger=found.trigger))
    last = store.last_entry_id(connection, found.task_id, [*UNDOABLE, *FOLLOWS])
    if last != found.id:
        raise BadValue(_("entry {id} is not the task's last one: undo {last} first").format(id=found.id, last=last))
    task = store.tasks_by_id(connection, [found.task_id])[found.task_id]
    if found.trigger == Trigger.TRANSFER:
        require_in_place(connection, found, task)
    return task


def replan(connection: Connection, tasks: Sequence[TaskRow], since: datetime) -> list[str]:
    """Notices not sent because a task seemed done are due again; those sent since are listed."""
    found = [
        row for some in store.chunks([task.id for task in tasks])
        for row in outbox.decisions(connection, outbox.DECISION.c.task_id.in_(some))
    ]  # fmt: skip
    again = [row.id for row in found if row.outcome == "done" and row.message_id is None]
    for some in store.chunks(again):
        outbox.reopen_decisions(connection, some)
    ids = sorted({row.message_id for row in found if row.outcome == "sent" and row.message_id})
    sent = [
        message for some in store.chunks(ids)
        for message in outbox.messages(connection, outbox.MESSAGE.c.id.in_(some), outbox.MESSAGE.c.sent_at >= since)
    ]  # fmt: skip
    return [message.message_id for message in sent]
