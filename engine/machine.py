"""The one way to change a task's state: through `transitions`, together with its entry."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Connection
from transitions import Machine, MachineError

from engine import store
from engine.errors import Conflict, IllegalMove
from engine.i18n import _
from engine.states import MOVES, State, Trigger, allowed_triggers, state_label


class _Subject:
    """What the machine moves: a state and nothing else, so that no word of a plan comes near it."""

    __slots__ = ("state",)

    def __init__(self, state: str):
        self.state = state  # a plain word: transitions looks enum members up by name


def _build() -> Machine:
    machine = Machine(model=None, states=[state.value for state in State], initial=None, auto_transitions=False)
    for move in MOVES:
        for source in move.sources:
            machine.add_transition(move.trigger.value, source.value, move.destination.value, conditions=_only(move))
    return machine


def _only(move: Any) -> Any:
    """Where a trigger has several destinations, the caller says which; otherwise there is one."""
    return lambda towards=None: towards is None or towards == move.destination.value


_MACHINE = _build()


@cache  # the table is small, and always says the same
def destination(state: str, trigger: str, towards: str | None = None) -> str:
    """The state a trigger leads to. Raises MachineError where the table has no such move."""
    subject = _Subject(str(state))
    if not _MACHINE.events[trigger].trigger(subject, towards=towards):
        raise MachineError(f"{trigger} does not lead from {state} to {towards}")
    return subject.state


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, when, and on what basis. Both instants are UTC."""

    actor: str
    at: datetime  # when it is recorded
    happened_at: datetime
    for_unit: str | None = None
    doc: str | None = None
    reason: str | None = None
    day_only: bool = False  # told as a day without an hour: any moment of that day will do
    on: date | None = None  # the office day on which it is recorded
    proven: bool = False  # a token showed who it is


@dataclass(frozen=True, slots=True)
class Step:
    """One move of one task, with the columns that change along with its state."""

    task: Any  # a row of `task`, with `selector`
    trigger: Trigger
    towards: State | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    doc: str | None = None  # this task's own paper, where one act covers many
    happened_at: datetime | None = None

    def telling(self, data: Mapping[str, Any]) -> "Step":
        """The same move, with more to say in its entry."""
        return Step(self.task, self.trigger, self.towards, self.changes, data, self.doc, self.happened_at)


def apply(connection: Connection, steps: Sequence[Step], act: Act) -> list[str]:
    """Make the moves and their entries in the caller's transaction; the new states.

    Raises IllegalMove for the first that the table does not allow, Conflict where a task changed meanwhile.
    """
    moves = [(step, _destination_of(step)) for step in steps]
    _write(connection, [
        (step.task, {"state": state, **step.changes}, step.happened_at or act.happened_at) for step, state in moves
    ])  # fmt: skip
    store.add_entries(connection, [
        entry(act, step.trigger.value, task=step.task, after=state, changes=step.changes, data=step.data,
              doc=step.doc, happened_at=step.happened_at)
        for step, state in moves
    ])  # fmt: skip
    return [state for _step, state in moves]


def _destination_of(step: Step) -> str:
    try:
        return destination(step.task.state, step.trigger.value, step.towards.value if step.towards else None)
    except MachineError as error:
        allowed = allowed_triggers(step.task.state)
        raise IllegalMove(step.task.selector, step.trigger.value, state_label(step.task.state), allowed) from error


def _write(connection: Connection, rows: Sequence[tuple[Any, Mapping[str, Any], datetime]]) -> None:
    """Compare-and-set on each task's version; raises Conflict."""
    if not store.update_tasks(connection, [(task, {**changes, "touched_at": at}) for task, changes, at in rows]):
        raise Conflict(_("somebody else changed one of these tasks just now: look again, then repeat"))


def amend(
    connection: Connection,
    trigger: str,
    rows: Sequence[tuple[Any, Mapping[str, Any]]],
    act: Act,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Change facts of tasks that are not their state (a date, a note), each with its entry."""
    _write(connection, [(task, changes, max(act.happened_at, task.touched_at)) for task, changes in rows])
    store.add_entries(connection, [
        entry(act, trigger, task=task, after=task.state, changes=changes, data=data or {}) for task, changes in rows
    ])  # fmt: skip


_INSTANTS = (datetime, date, time)
_as_json = json.JSONEncoder(ensure_ascii=False).encode


def entry(
    act: Act,
    trigger: str,
    *,
    task: Any = None,
    instance_id: int | None = None,
    after: str | None = None,
    changes: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    doc: str | None = None,
    happened_at: datetime | None = None,
) -> dict[str, Any]:
    """One row of the log; `data` keeps the old value beside the new one of all that changed but the state."""
    changed = {name: [_plain(getattr(task, name)), _plain(value)] for name, value in (changes or {}).items()}
    return {
        "at": act.at, "happened_at": happened_at or act.happened_at, "actor": act.actor, "for_unit": act.for_unit,
        "instance_id": task.instance_id if task is not None else instance_id,
        "task_id": task.id if task is not None else None,
        "trigger": trigger, "before": task.state if task is not None else None, "after": after,
        "doc": doc or act.doc, "reason": act.reason,
        "data": _as_json({**(data or {}), **({"changed": changed} if changed else {})}),
    }  # fmt: skip


def _plain(value: Any) -> Any:
    return value if value is None or not isinstance(value, _INSTANTS) else _written(value)


@lru_cache(maxsize=256)  # the tasks of a batch share most of their moments
def _written(value: datetime | date | time) -> str:
    return value.isoformat()
