"""More time: asked for with a paper, granted in full or to an earlier day, or refused; till then the old stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from engine import ledgers, machine
from engine.clock import local_date, shown_day
from engine.errors import BadValue
from engine.gates import next_look_at
from engine.i18n import N_, _
from engine.machine import Act
from engine.office import Office
from engine.rows import ExtensionRow, TaskRow
from engine.service import rights
from engine.service.moves import checked_moment, new_deadline, require_reason
from engine.service.select import Selection, select_some
from engine.settle import Settling, by_instance
from engine.states import DROPPED, FINAL, HALTED, RUNNING, State, state_label

REQUEST, GRANT, REFUSE = "extend-request", "extend-grant", "extend-refuse"
OUTCOMES = {"requested": N_("asked for"), "granted": N_("granted"), "refused": N_("refused")}


def outcome_label(outcome: str) -> str:
    return _(OUTCOMES[outcome])


@dataclass(frozen=True)
class Extended:
    """A task with its date in force before, the day asked for or granted, and whether it was asked for too late."""

    task: str
    last_day: date
    day: date
    late: bool


def request(office: Office, selection: Selection, asked: date, act: Act, *, dry_run: bool = False) -> list[Extended]:
    """Record that more time was asked for; `act.doc` is the paper. The date in force stays until it is granted.

    Raises BadValue without paper or reason, where a task has no date or is not to be handed in any more, where the day
    is no later one, or where a request is open; Denied.
    """
    require_reason("extend request", act)
    if not act.doc:
        raise BadValue(_('a request for more time needs its paper: --doc "NUMBER, DATE"'))
    with rights.acting(office, act, dry_run=dry_run) as connection:
        done = []
        for settling, tasks in _selected(office, connection, selection, act):
            rights.require(connection, settling.blueprint, tasks, "extend", act)
            waiting = ledgers.extensions(connection, [task.id for task in tasks])
            for task in tasks:
                moment = checked_moment(office, task, act.happened_at, act)
                found = _asked(task, asked, moment, waiting.get(task.id, ()), office.zone)
                ledgers.add_extensions(connection, [{
                    "task_id": task.id, "requested_at": moment, "last_day": found.last_day, "asked": asked,
                    "late": found.late, "doc": act.doc, "reason": act.reason,
                }])  # fmt: skip
                data = {"asked": asked.isoformat(), "late": found.late}
                machine.amend(connection, REQUEST, [(task, {})], replace(act, happened_at=moment), data)
                done.append(found)
        return done


def _asked(task: TaskRow, asked: date, moment: datetime, before: Sequence[ExtensionRow], zone: str) -> Extended:
    if task.state not in RUNNING - {State.SUBMITTED}:
        text = _("{task} is “{state}”: no more time can be asked for")
        raise BadValue(text.format(task=task.selector, state=state_label(task.state)))
    if task.last_day is None:
        raise BadValue(_("{task} has no date that could be moved: kh fix-date sets one").format(task=task.selector))
    if asked <= task.last_day:
        text = _("{task}: {day} is not after the date in force ({last})")
        raise BadValue(text.format(task=task.selector, day=shown_day(asked), last=shown_day(task.last_day)))
    if before and before[-1].outcome == "requested":
        text = _("{task}: more time was asked for already (until {day}): grant or refuse that first")
        raise BadValue(text.format(task=task.selector, day=shown_day(before[-1].asked)))
    late = moment >= task.overdue_at if task.overdue_at else local_date(moment, zone) > task.last_day
    return Extended(task.selector, task.last_day, asked, late)


def grant(
    office: Office,
    selection: Selection,
    granted: date | None,
    act: Act,
    *,
    by: str | None = None,
    dry_run: bool = False,
) -> list[Extended]:
    """The day granted (by default the one asked for) is in force from now on; the original one stays on record.

    What was asked for after the date stays late: it is chased by the new day, and judged by the old one. `by`: who
    decided. Raises BadValue where nothing was asked for, or the day lies outside of what was; Denied.
    """
    with rights.acting(office, act, dry_run=dry_run) as connection:
        done = []
        for settling, tasks in _selected(office, connection, selection, act):
            rights.require_coordinator(connection, settling.blueprint, act)
            for task, asked in _requests(connection, tasks):
                moment = checked_moment(office, task, act.happened_at, act)
                day = granted or asked.asked
                columns = _granted(settling, task, asked, day, moment)
                data = {"granted": day.isoformat(), "asked": asked.asked.isoformat(), "by": by or act.actor}
                machine.amend(connection, GRANT, [(task, columns)], replace(act, happened_at=moment), data)
                ledgers.decide_extension(connection, asked.id, "granted", granted=day, **_decision(act, moment, by))
                done.append(Extended(task.selector, asked.last_day, day, asked.late))
            for stage in dict.fromkeys(task.stage for task in tasks):
                settling.reproject(stage)
        return done


def _granted(settling: Settling, task: TaskRow, asked: ExtensionRow, day: date, moment: datetime) -> dict[str, Any]:
    if not asked.last_day < day <= asked.asked:
        text = _("{task}: a day after {last} and not after {asked} can be granted, not {day}")
        raise BadValue(text.format(
            task=task.selector, last=shown_day(asked.last_day), asked=shown_day(asked.asked), day=shown_day(day)
        ))  # fmt: skip
    columns = new_deadline(settling.office, settling.blueprint, task, day, moment)
    if asked.late:
        columns |= {"late_from": task.late_from or task.last_day, "overdue_at": task.overdue_at}
        columns |= {"paused_days": task.paused_days}
    return columns | {"next_action_at": _next_look(task, moment)}


def _next_look(task: TaskRow, moment: datetime) -> datetime | None:
    if task.state in FINAL | HALTED:
        return None
    return next_look_at(task.approximate, task.opens_at, moment) if task.state == State.WAITING else moment


def refuse(
    office: Office, selection: Selection, act: Act, *, by: str | None = None, dry_run: bool = False
) -> list[Extended]:
    """The date in force stays. Raises BadValue without a reason, or where nothing was asked for; Denied."""
    require_reason("extend refuse", act)
    with rights.acting(office, act, dry_run=dry_run) as connection:
        done = []
        for settling, tasks in _selected(office, connection, selection, act):
            rights.require_coordinator(connection, settling.blueprint, act)
            for task, asked in _requests(connection, tasks):
                moment = checked_moment(office, task, act.happened_at, act)
                data = {"asked": asked.asked.isoformat(), "by": by or act.actor}
                machine.amend(connection, REFUSE, [(task, {})], replace(act, happened_at=moment), data)
                decision = {**_decision(act, moment, by), "decision_reason": act.reason}
                ledgers.decide_extension(connection, asked.id, "refused", **decision)
                done.append(Extended(task.selector, asked.last_day, asked.asked, asked.late))
        return done


def _decision(act: Act, moment: datetime, by: str | None) -> dict[str, Any]:
    return {"decided_at": moment, "decided_by": by or act.actor, "decision_doc": act.doc}


def _selected(
    office: Office, connection: Connection, selection: Selection, act: Act
) -> Iterator[tuple[Settling, list[TaskRow]]]:
    for name, tasks in by_instance(select_some(office, connection, selection, act.at)).items():
        yield Settling(office, connection, office.instance(connection, name), act), tasks


def _requests(connection: Connection, tasks: Sequence[TaskRow]) -> Iterator[tuple[TaskRow, ExtensionRow]]:
    """Each task with its open request. Raises BadValue for the first without one, or that is dropped."""
    found = ledgers.extensions(connection, [task.id for task in tasks])
    for task in tasks:
        last = found[task.id][-1] if task.id in found else None
        if last is None or last.outcome != "requested":
            raise BadValue(_("{task}: no request for more time is open").format(task=task.selector))
        if task.state in DROPPED:
            text = _("{task} is “{state}”: no more time can be granted")
            raise BadValue(text.format(task=task.selector, state=state_label(task.state)))
        yield task, last
