"""When a unit ends its open tasks wait for their successor, and the coordinator is told once of each."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine import machine, outbox, stand_ins, store
from engine.absent import as_facts
from engine.clock import local_date
from engine.decisions import REASONS
from engine.errors import BadValue
from engine.escalation import decisions_for
from engine.gates import next_look_at
from engine.i18n import _
from engine.ladders import HAND_OVER
from engine.machine import Act, Step
from engine.office import Office, Register
from engine.rows import InstanceRow, TaskRow
from engine.settle import SYSTEM, Settling, by_instance
from engine.states import DROPPED, State, Trigger

LOOKED = "units-looked"  # the heartbeat of the last office day on which ended units were looked for


def look_once_a_day(office: Office, connection: Connection, now: datetime) -> None:
    """The first tick of an office day looks for units that have ended; all later ones need not."""
    last = store.last_beat(connection, LOOKED)
    if last is None or local_date(last, office.zone) != local_date(now, office.zone):
        give_up(office, connection, Act(SYSTEM, now, now))
        store.beat(connection, LOOKED, now)


def give_up(office: Office, connection: Connection, act: Act) -> list[str]:
    """Set the open tasks of ended units aside, as of the office day of `act.happened_at`; their selectors.

    Idempotent: what waits for a successor already is not found again.
    """
    today = local_date(act.happened_at, office.zone)
    left = stand_ins.left_behind(connection, today)
    for name, tasks in by_instance(left).items():
        instance = office.instance(connection, name)
        _set_aside(office, connection, instance, tasks, replace(act, actor=SYSTEM, for_unit=None))
    return [task.selector for task in left]


def _set_aside(
    office: Office, connection: Connection, instance: InstanceRow, tasks: Sequence[TaskRow], act: Act
) -> None:
    blueprint, register = office.blueprint(connection, instance), Register(connection, instance.directory)
    register.load({task.unit for task in tasks})
    today = local_date(act.happened_at, office.zone)
    heirs = {unit: as_facts(register.heirs(unit, today)) for unit in {task.unit for task in tasks}}
    machine.apply(connection, [
        Step(task, Trigger.UNIT_ENDED, None, {"next_action_at": None},
             {"unit": task.unit, "successors": heirs[task.unit]}, happened_at=max(act.happened_at, task.touched_at))
        for task in tasks
    ], act)  # fmt: skip
    raised = stand_ins.occurrences(connection, HAND_OVER.id, [task.id for task in tasks])
    outbox.add_decisions(connection, [
        row for task in tasks
        for row in decisions_for(
            HAND_OVER, raised.get(task.id, 0) + 1, act.happened_at, blueprint, task, register
        )
    ])  # fmt: skip


def take_back(office: Office, connection: Connection, directory: str, units: Sequence[str], act: Act) -> list[str]:
    """Tasks set aside by mistake go on as before: the register's corrected facts say that their unit is there."""
    today = local_date(act.happened_at, office.zone)
    tasks = stand_ins.wrongly_given_up(connection, directory, units, today)
    steps = []
    for task in tasks:
        entry_id = store.last_entry_id(connection, task.id, [Trigger.UNIT_ENDED.value])
        entry = store.find_entry(connection, entry_id) if entry_id else None
        before = State(entry.before) if entry else State.WAITING
        moment = max(act.happened_at, task.touched_at)
        next_at = next_look_at(task.approximate, task.opens_at, moment) if before is State.WAITING else moment
        steps.append(Step(task, Trigger.UNDO, before, {"next_action_at": next_at}, {"undoes": entry_id},
                          happened_at=moment))  # fmt: skip
    if steps:
        machine.apply(connection, steps, replace(act, actor=SYSTEM, for_unit=None))
    return [task.selector for task in tasks]


def require_in_place(connection: Connection, entry: Any, task: TaskRow) -> None:
    """Raises BadValue unless an entry moved a task to one unit, and the one before could have it again."""
    data = json.loads(entry.data)
    if "split_from" in data or "takes_in" in data or "part_of" in data or len(data["to"]) != 1:
        text = _("entry {id} split a task or joined it to another: it cannot be undone; hand it on with kh transfer")
        raise BadValue(text.format(id=entry.id))
    others = stand_ins.slots(connection, task.instance_id, [task.stage], [data["from"]])
    if any(other.period == task.period for other in others):
        raise BadValue(_("{unit} has a task of this stage and period by now").format(unit=data["from"]))


def hand_back(office: Office, connection: Connection, task: TaskRow, unit: str, act: Act) -> None:
    """After an undo: `task` stands as it was in the hands that lose it, `unit` has it again."""
    back = store.tasks_by_id(connection, [task.id])[task.id]
    pending = stand_ins.pending_about(connection, [task.id])
    outbox.end_decisions(connection, pending, REASONS["handed-over"].outcome, REASONS["handed-over"].text)
    stand_ins.forget_taking_over(connection, back, task.unit)
    settling = Settling(office, connection, office.instance(connection, task.instance), act)
    parent = settling.register.parent
    recount(settling, [Counted(task, parent(task.unit))], [Counted(back, parent(unit))])


# --- counted under another superior ------------------------------------------------------------------------------

Key = tuple[str, str, str]  # stage, period, superior ("" for the whole stage)


@dataclass(frozen=True)
class Counted:
    """How a task counts: under which superior, and as what."""

    task: TaskRow
    parent: str | None
    whole: bool = False  # in the counters of the whole stage too


def recount(settling: Settling, less: Sequence[Counted], more: Sequence[Counted]) -> None:
    """Move tasks between counters; what is done or undone by that has its consequences."""
    changes: dict[Key, Counter[str]] = {}
    for sign, counted in ((-1, less), (1, more)):
        for item in counted:
            for key in _keys(settling, item):
                changes.setdefault(key, Counter())
                for name, number in _worth(item.task).items():
                    changes[key][name] += sign * number
    changed = {key: by for key, by in changes.items() if any(by.values())}
    for key, by in changed.items():
        stand_ins.count_over(settling.connection, settling.instance.id, key, by)
    _follow(settling, changed)


def _keys(settling: Settling, item: Counted) -> list[Key]:
    place = item.task.stage, item.task.period
    scopes = [""] if item.whole else []
    if item.parent and item.task.stage in settling.blueprint.scoped:
        scopes.append(item.parent)
    return [(*place, scope) for scope in scopes]


def _worth(task: TaskRow) -> dict[str, int]:
    return {"total": 1, "done": task.state == State.COMPLETED, "dropped": task.state in DROPPED}


def _follow(settling: Settling, changed: Mapping[Key, Any]) -> None:
    """Stages of which a part became done by the change let their followers open."""
    rows = store.tallies(settling.connection, settling.instance.id, {key[0] for key in changed}) if changed else []
    by_key = {(row.stage, row.period, row.scope): row for row in rows}
    news = {key[0] for key in changed if key in by_key and settling.mark(by_key[key], settling.act.happened_at)}
    for stage in news:
        for follower in settling.blueprint.followers.get(stage, []):
            settling.advance(follower)


def under_new_superiors(
    office: Office, connection: Connection, directory: str, old: Mapping[str, str | None], act: Act
) -> None:
    """Units came under another superior (`old`: who stood above before): all their tasks count there from now on."""
    tasks = stand_ins.tasks_of(connection, directory, sorted(old))
    for name, some in by_instance(tasks).items():
        settling = Settling(office, connection, office.instance(connection, name), act)
        settling.register.load(old)
        recount(
            settling,
            [Counted(task, old[task.unit]) for task in some],
            [Counted(task, settling.register.parent(task.unit)) for task in some],
        )
