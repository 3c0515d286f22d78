"""The clock of a task stands still by a written decision, and runs again: paused days are not counted."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from engine import ledgers, machine
from engine.clock import local_date
from engine.dates import Dates
from engine.errors import BadValue
from engine.gates import next_look_at
from engine.i18n import _
from engine.machine import Act, Step
from engine.office import Office
from engine.rows import SuspensionRow, TaskRow
from engine.service import rights
from engine.service.moves import Outcome, checked_moment, require_reason
from engine.service.select import Selection, select_some
from engine.settle import Settling, by_instance, rearmed
from engine.states import State, Trigger


def suspend(office: Office, selection: Selection, act: Act, *, dry_run: bool = False) -> list[Outcome]:
    """Stop the clock of the selected tasks; `act.doc` is the decision. Nothing is sent until `resume`.

    Raises BadValue without paper or reason, IllegalMove, Denied, Conflict.
    """
    require_reason(Trigger.SUSPEND, act)
    if not act.doc:
        raise BadValue(_('a suspension needs the written decision: --doc "NUMBER, DATE"'))
    with rights.acting(office, act, dry_run=dry_run) as connection:
        outcomes: list[Outcome] = []
        for name, some in by_instance(select_some(office, connection, selection, act.at)).items():
            settling = Settling(office, connection, office.instance(connection, name), act)
            rights.require_coordinator(connection, settling.blueprint, act)
            tasks = settling.open_by(some)
            steps = [
                Step(task, Trigger.SUSPEND, changes={"next_action_at": None},
                     happened_at=checked_moment(office, task, act.happened_at, act))
                for task in tasks
            ]  # fmt: skip
            outcomes += _applied(settling, steps, act)
            ledgers.add_suspensions(connection, [
                {"task_id": step.task.id, "state": step.task.state, "from_at": step.happened_at, "doc": act.doc,
                 "reason": act.reason} for step in steps
            ])  # fmt: skip
        return outcomes


def resume(office: Office, selection: Selection, act: Act, *, dry_run: bool = False) -> list[Outcome]:
    """Let the clock run again: what was not yet due is due so many days later, what was late is later by fewer.

    Raises IllegalMove, Denied, Conflict.
    """
    with rights.acting(office, act, dry_run=dry_run) as connection:
        outcomes: list[Outcome] = []
        for name, tasks in by_instance(select_some(office, connection, selection, act.at)).items():
            settling = Settling(office, connection, office.instance(connection, name), act)
            rights.require_coordinator(connection, settling.blueprint, act)
            stretches = ledgers.open_suspensions(connection, [task.id for task in tasks])
            steps = [_resumed(settling, task, stretches.get(task.id), act) for task in tasks]
            outcomes += _applied(settling, steps, act)
            for step in steps:
                assert step.happened_at is not None
                ledgers.end_suspension(connection, stretches[step.task.id].id, step.happened_at)
            for stage in dict.fromkeys(task.stage for task in tasks):
                settling.advance(stage, {task.unit for task in tasks if task.stage == stage})
                settling.reproject(stage)
        return outcomes


def _applied(settling: Settling, steps: Sequence[Step], act: Act) -> list[Outcome]:
    states = machine.apply(settling.connection, steps, act)
    return [
        Outcome(step.task.selector, step.task.state, state) for step, state in zip(steps, states, strict=True)
    ]  # fmt: skip


def _resumed(settling: Settling, task: TaskRow, stretch: SuspensionRow | None, act: Act) -> Step:
    moment = checked_moment(settling.office, task, act.happened_at, act)
    if stretch is None:
        return Step(task, Trigger.RESUME, happened_at=moment)  # refused by the table
    days = (local_date(moment, settling.office.zone) - local_date(stretch.from_at, settling.office.zone)).days
    changes = _later(settling, task, stretch, days, moment)
    data = {"paused_days": days}
    return Step(task, Trigger.RESUME, State(stretch.state), changes, data, happened_at=moment)


def _later(settling: Settling, task: TaskRow, stretch: SuspensionRow, days: int, moment: datetime) -> dict[str, Any]:
    """The columns after so many paused days, by the state and the day on which the task was stopped."""
    if stretch.state == State.WAITING:
        opens_at = task.opens_at + timedelta(days=days) if task.opens_at else None
        look = next_look_at(task.approximate, opens_at, moment)
        changes: dict[str, Any] = {"opens_at": opens_at, "next_action_at": look}
    else:
        passed = {"swept_at": max(moment, task.swept_at)} if task.swept_at else {}
        changes = {"next_action_at": moment, **passed}
    if task.overdue_at is not None and stretch.from_at >= task.overdue_at:
        return {**changes, "paused_days": task.paused_days + days}
    if task.last_day is None or not days:
        return changes
    return {**rearmed(task, moment), **_shifted(settling, task, days), **changes}


def _shifted(settling: Settling, task: TaskRow, days: int) -> dict[str, Any]:
    assert task.last_day is not None
    gap = timedelta(days=days)
    stage = settling.blueprint.plan.stages[task.stage]
    dates = Dates(
        task.named + gap if task.named else None, task.last_day + gap, task.due_time, task.from_on, task.to_on,
        task.approximate, task.provisional,
    )  # fmt: skip
    columns = dates.columns(settling.calendar(task.unit), never_overdue=stage.never_overdue)
    return {**columns, "by_hand": True}
