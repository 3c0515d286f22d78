"""Speaking out of turn, and keeping quiet: extra reminders, silences, promises."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection

from engine import machine, outbox, silences, store
from engine.clock import instant_of
from engine.db import reading
from engine.errors import BadValue, NotFound
from engine.escalation import decisions_for
from engine.i18n import _
from engine.ladders import CHASE, REMIND, ROLES
from engine.machine import Act
from engine.office import Office, Register
from engine.plan.blueprint import Blueprint
from engine.rows import TaskRow
from engine.service import rights
from engine.service.select import Selection, select, select_some
from engine.settle import by_instance, refuse_closed
from engine.states import FINAL, TO_HAND_IN
from engine.timeliness import is_overdue


def remind(office: Office, selection: Selection, to: Sequence[str], act: Act, *, dry_run: bool = False) -> list[str]:
    """An extra reminder of all that is still to be handed in, with the next tick in working hours.

    `to`: roles or units, by default the responsible units. Overdue work is told so. Raises BadValue where nothing is
    owed.
    """
    with rights.acting(office, act, dry_run=dry_run) as connection:
        tasks = [task for task in select_some(office, connection, selection, act.at) if task.state in TO_HAND_IN]
        if not tasks:
            raise BadValue(_("nothing is to be handed in there: nobody to remind"))
        for name, some in by_instance(tasks).items():
            instance = office.instance(connection, name)
            refuse_closed(instance)
            blueprint = office.blueprint(connection, instance)
            rights.require_coordinator(connection, blueprint, act)
            register = Register(connection, instance.directory)
            _require_known(connection, instance.directory, blueprint, to)
            for task in some:
                rung = CHASE if is_overdue(task, act.at) else REMIND
                rung = replace(rung, to=tuple(to)) if to else rung
                number = outbox.last_occurrence(connection, task.id, rung.id) + 1
                outbox.add_decisions(connection, decisions_for(rung, number, act.at, blueprint, task, register))
        _enter(connection, act, "remind", tasks, {})
    return [task.selector for task in tasks]


def _require_known(connection: Connection, directory: str, blueprint: Blueprint, to: Sequence[str]) -> None:
    known = {*ROLES, *blueprint.groups, *store.unit_facts(connection, directory)} if to else set()
    for name in to:
        if name not in known:
            raise NotFound(_("unit"), name, known)


def silence(office: Office, selection: Selection, until: date, act: Act, *, dry_run: bool = False) -> list[str]:
    """Quiet about the selected tasks to the end of a day; then the highest rung kept back speaks.

    Raises BadValue without a reason, or where the day is over.
    """
    reason = act.reason or ""
    if not reason:
        raise BadValue(_("“{trigger}” needs a --reason").format(trigger="silence"))
    with rights.acting(office, act, dry_run=dry_run) as connection:
        tasks = [task for task in select_some(office, connection, selection, act.at) if task.state not in FINAL]
        if not tasks:
            raise BadValue(_("all of these tasks are finished: there is nothing to silence"))
        _require_coordinators(office, connection, tasks, act)
        keep_quiet(office, connection, tasks, until, act, reason)
        _enter(connection, act, "silence", tasks, {"until": until.isoformat(), "why": reason})
    return [task.selector for task in tasks]


def keep_quiet(
    office: Office, connection: Connection, tasks: Sequence[TaskRow], until: date, act: Act, reason: str
) -> None:
    """The same for tasks at hand, in the caller's transaction; without rights, without entries.

    A promise may be put on record after its day: what counts is that it spoke of a day to come when it was made.
    """
    end = instant_of(until + timedelta(days=1), time(0), office.zone)
    if end <= act.happened_at:
        raise BadValue(_("{day} is over: quiet lasts to the end of a day to come").format(day=until))
    silences.add(connection, [
        {"task_id": task.id, "until": end, "author": act.actor, "reason": reason, "made_at": act.at} for task in tasks
    ])  # fmt: skip


def lift(office: Office, selection: Selection, act: Act, *, dry_run: bool = False) -> int:
    """End the silences about the selected tasks; how many there were. Raises BadValue where there is none."""
    with rights.acting(office, act, dry_run=dry_run) as connection:
        quiet = silences.in_force(connection, act.at)
        tasks = [task for task in select_some(office, connection, selection, act.at) if task.id in quiet]
        if not tasks:
            raise BadValue(_("none of these tasks is silenced (kh silence list)"))
        _require_coordinators(office, connection, tasks, act)
        lifted = silences.lift(connection, [task.id for task in tasks], act.at)
        _enter(connection, act, "unsilence", tasks, {})
    return lifted


def silenced(office: Office, selection: Selection, now: datetime) -> list[dict[str, Any]]:
    """The silences in force, by task."""
    with reading(office.engine) as connection:
        quiet = silences.in_force(connection, now)
        tasks = [task for task in select(office, connection, selection, now) if task.id in quiet]
    return [
        {"task": task.selector, "until": quiet[task.id].until, "author": quiet[task.id].author,
         "reason": quiet[task.id].reason, "made_at": quiet[task.id].made_at}
        for task in tasks
    ]  # fmt: skip


def _require_coordinators(office: Office, connection: Connection, tasks: Sequence[TaskRow], act: Act) -> None:
    for name in by_instance(tasks):
        instance = office.instance(connection, name)
        refuse_closed(instance)
        blueprint = office.blueprint(connection, instance)
        rights.require_coordinator(connection, blueprint, act)


def _enter(connection: Connection, act: Act, trigger: str, tasks: Sequence[TaskRow], data: dict[str, Any]) -> None:
    store.add_entries(connection, [
        machine.entry(act, trigger, task=task, after=task.state, data=data) for task in tasks
    ])  # fmt: skip
