"""Moving tasks: acknowledge, hand in, accept, return, cancel, exempt; one or many, all or nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from engine import machine, store
from engine.clock import local_date, shown, shown_day
from engine.dates import Dates
from engine.errors import BadValue
from engine.i18n import _
from engine.machine import Act, Step
from engine.office import Office
from engine.pieces import Piece
from engine.plan.blueprint import Blueprint
from engine.rows import TaskRow
from engine.service import quotas, rights
from engine.service.arrivals import Arrival, of_units
from engine.service.handing_in import ALL, ARRIVAL, Handing, Received, give_back, keeping, receive
from engine.service.select import Selection, select_some
from engine.settle import Moved, Settling, by_instance, rearmed
from engine.states import State, Trigger

BATCH = 100
Watch = Callable[[Sequence[Sequence[Step]]], Iterator[Sequence[Step]]]
NEEDS_REASON = (Trigger.RETURN, Trigger.CANCEL, Trigger.EXEMPT)


@dataclass(frozen=True)
class Outcome:
    """One task after a command."""

    task: str
    before: str
    after: str
    missing: tuple[Piece, ...] = ()  # of a task that was handed in in part: what is still owed
    warning: str = ""


def move(
    office: Office,
    selection: Selection,
    trigger: Trigger,
    act: Act,
    *,
    new_date: date | None = None,
    arrivals: Sequence[Arrival] | None = None,
    handing: Handing = ALL,
    watch: Watch = iter,
    dry_run: bool = False,
) -> list[Outcome]:
    """Apply one trigger to every selected task in one transaction; nothing changes if one of them refuses.

    `act.happened_at` is when it happened: the arrival, for a hand-in; `handing` is what came with it. `watch` is handed
    the batches and hands them on one by one. Raises BadValue, NotFound, IllegalMove, Denied, Conflict.
    """
    if trigger in NEEDS_REASON:
        require_reason(trigger, act)
    with keeping(office, handing), rights.acting(office, act, dry_run=dry_run) as connection:
        tasks = select_some(office, connection, selection, act.at)
        if arrivals is not None:
            arrivals = of_units(office, connection, arrivals, tasks)
            came = {arrival.unit for arrival in arrivals}
            tasks = [task for task in tasks if task.unit in came]
        return move_tasks(
            office, connection, tasks, trigger, act,
            new_date=new_date, arrivals=arrivals, handing=handing, watch=watch,
        )  # fmt: skip


def move_tasks(
    office: Office,
    connection: Connection,
    tasks: Sequence[TaskRow],
    trigger: Trigger,
    act: Act,
    *,
    new_date: date | None = None,
    arrivals: Sequence[Arrival] | None = None,
    handing: Handing = ALL,
    watch: Watch = iter,
) -> list[Outcome]:
    """The same for tasks at hand, in the caller's transaction."""
    papers = {arrival.unit: arrival for arrival in arrivals or ()}
    outcomes: list[Outcome] = []
    for name, some in by_instance(tasks).items():
        instance = office.instance(connection, name)
        blueprint = office.blueprint(connection, instance)
        rights.require(connection, blueprint, some, trigger, act)
        settling = Settling(office, connection, instance, act)
        opened = settling.open_by(some)
        steps = [_step(settling, task, trigger, act, papers.get(task.unit), new_date) for task in opened]
        moved: list[Moved] = []
        missing: dict[int, list[Piece]] = {}
        for batch in watch(list(store.chunks(steps, BATCH))):
            received = _received(settling, batch, trigger, handing, act)
            moved += _moved(connection, received, act)
            missing |= received.missing
        if moved:
            settling.at(max(item.arrived_at for item in moved)).after(moved)
        warnings = quotas.check(connection, instance, blueprint, handing.counts)
        after = {item.task.id: item.state for item in moved}
        outcomes += [
            Outcome(
                task.selector, task.state, after.get(task.id, task.state),
                tuple(missing.get(task.id, ())), warnings.get(task.stage, ""),
            )
            for task in opened
        ]  # fmt: skip
    return outcomes


def _moved(connection: Connection, received: Received, act: Act) -> list[Moved]:
    """Make the moves; where only a part came there is an entry, and the state stays."""
    states = machine.apply(connection, received.whole, act)
    for step in received.parts:
        arrival = replace(act, happened_at=step.happened_at or act.happened_at, doc=step.doc or act.doc)
        machine.amend(connection, ARRIVAL, [(step.task, {})], arrival, step.data)
    return [
        Moved(step.task, state, step.happened_at or act.happened_at)
        for step, state in zip(received.whole, states, strict=True)
    ]


def _received(settling: Settling, steps: Sequence[Step], trigger: Trigger, handing: Handing, act: Act) -> Received:
    """The steps with what they change among the hand-ins."""
    if trigger is Trigger.SUBMIT:
        return receive(settling, steps, handing, act)
    return Received(give_back(settling, steps, act) if trigger is Trigger.RETURN else list(steps))


def require_reason(trigger: str, act: Act) -> None:
    """Raises BadValue for what nobody may do without saying why."""
    if not act.reason:
        raise BadValue(_("“{trigger}” needs a --reason").format(trigger=trigger))


def _step(
    settling: Settling, task: TaskRow, trigger: Trigger, act: Act, paper: Arrival | None, new_date: date | None
) -> Step:
    moment = (paper.arrived_at if paper else None) or act.happened_at
    day_only = paper.day_only if paper and paper.arrived_at else act.day_only
    told = act if day_only == act.day_only else replace(act, day_only=day_only)
    moment = checked_moment(settling.office, task, moment, told)
    towards, changes = _CHANGES[trigger](Case(settling, task, moment, new_date))
    return Step(task, trigger, towards, changes, doc=paper.doc if paper else None, happened_at=moment)


def checked_moment(office: Office, task: TaskRow, moment: datetime, act: Act) -> datetime:
    """When it happened: neither in the future nor before the task's last entry; a bare day yields within the day."""
    zone = office.zone
    if act.day_only and local_date(moment, zone) == local_date(task.touched_at, zone):
        moment = max(moment, task.touched_at)
    if moment > act.at:
        raise BadValue(_("{task}: {moment} lies in the future").format(task=task.selector, moment=shown(moment, zone)))
    if moment < task.touched_at:
        raise BadValue(
            _("{task}: {moment} lies before its last entry ({last})").format(
                task=task.selector, moment=shown(moment, zone), last=shown(task.touched_at, zone)
            )
        )
    return moment


@dataclass(frozen=True, slots=True)
class Case:
    """One task about to be moved."""

    settling: Settling
    task: TaskRow
    moment: datetime
    new_date: date | None


# The destination, where a trigger has several, and the columns that change with it.
Changes = tuple[State | None, Mapping[str, Any]]


def _ack(case: Case) -> Changes:
    """Taken up; should nothing follow, the acknowledgement lapses after some working days."""
    calendar = case.settling.calendar(case.task.unit)
    day = calendar.add_working(local_date(case.moment, calendar.zone), case.settling.office.settings.ack_days)
    return None, {"acked_until": calendar.opening_of(day)}


def _submit(case: Case) -> Changes:
    if case.settling.blueprint.accept_by(case.settling.blueprint.plan.stages[case.task.stage]):
        return State.SUBMITTED, {"submitted_at": case.moment, "next_action_at": case.moment}
    return State.COMPLETED, {"submitted_at": case.moment, "completed_at": case.moment, "next_action_at": None}


def _accept(case: Case) -> Changes:
    return None, {"completed_at": case.moment, "next_action_at": None}


def _return(case: Case) -> Changes:
    """A new round: what was passed stays passed; a new day is the date in force."""
    changes: dict[str, Any] = {"returned_at": case.moment, "completed_at": None, **rearmed(case.task, case.moment)}
    passed = {"swept_at": case.moment}
    if case.new_date is None:
        return None, {**changes, **passed}
    if case.new_date < local_date(case.moment, case.settling.office.zone):
        raise BadValue(_("the new date {day} lies before the return").format(day=shown_day(case.new_date)))
    dated = new_deadline(case.settling.office, case.settling.blueprint, case.task, case.new_date, case.moment)
    return None, {**changes, **dated, **passed}


def _drop(_case: Case) -> Changes:
    return None, {"next_action_at": None}


_CHANGES: dict[Trigger, Callable[[Case], Changes]] = {
    Trigger.ACK: _ack,
    Trigger.SUBMIT: _submit,
    Trigger.ACCEPT: _accept,
    Trigger.RETURN: _return,
    Trigger.CANCEL: _drop,
    Trigger.EXEMPT: _drop,
}


def new_deadline(office: Office, blueprint: Blueprint, task: TaskRow, day: date, moment: datetime) -> dict[str, Any]:
    """The columns of a date in force from now on: the day itself is the last good one, and lateness begins anew."""
    stage = blueprint.plan.stages[task.stage]
    dates = Dates(named=day, last_day=day, from_on=task.from_on, to_on=task.to_on)
    return {
        **dates.columns(office.calendar, never_overdue=stage.never_overdue),
        "original_last_day": task.original_last_day or day,
        "by_hand": True,
        "late_from": None,
        "paused_days": 0,
        **rearmed(task, moment),
    }
