"""Tasks as a reader sees them at an instant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine import handins, ledgers, store, tallies
from engine.calendar import Calendar
from engine.gates import Progress, same_stages, waits_for
from engine.office import Office
from engine.plan.blueprint import Blueprint
from engine.reports.extensions import remaining_days
from engine.reports.handed_in import piece_views
from engine.rows import ExtensionRow, InstanceRow, SuspensionRow, TaskRow
from engine.states import FINAL, State
from engine.timeliness import standing


def task_views(office: Office, connection: Connection, tasks: Sequence[TaskRow], now: datetime) -> list[dict[str, Any]]:
    """One mapping per task with the keys that outside tools rely on."""
    views = []
    for name in dict.fromkeys(task.instance for task in tasks):
        instance = office.instance(connection, name)
        blueprint = office.blueprint(connection, instance)
        asked = ledgers.extensions_of(connection, instance.id)
        pauses = ledgers.open_suspensions(connection, [task.id for task in tasks if task.state == State.SUSPENDED])
        some = [task for task in tasks if task.instance == name]
        progress = _progress(connection, instance, blueprint, some)
        calendar = office.almanac(connection).of(blueprint.calendar_name)
        arrived = handins.valid(connection, [task.id for task in some])
        views += [
            {**_view(task, blueprint, progress, now, calendar),
             **_moved(task, asked.get(task.id, ()), pauses.get(task.id), office.zone),
             **piece_views(blueprint.plan.stages[task.stage], task, arrived.get(task.id, ()))}
            for task in some
        ]  # fmt: skip
    return views


def _moved(task: TaskRow, asked: Sequence[ExtensionRow], pause: SuspensionRow | None, zone: str) -> dict[str, Any]:
    """Why the date in force is another than the original one, or stands still."""
    return {
        "extension": asked[-1].outcome if asked else None,
        "extensions": sum(row.outcome == "granted" for row in asked),
        "suspended_at": pause.from_at if pause else None,
        "remaining_days": remaining_days(task, pause, zone) if pause else None,
    }


def _progress(
    connection: Connection, instance: InstanceRow, blueprint: Blueprint, tasks: Sequence[TaskRow]
) -> Progress:
    """What decides which predecessors of these tasks are not done yet."""
    stages = {task.stage for task in tasks if task.state not in FINAL and blueprint.predecessors(task.stage)}
    leading = {name for stage in stages for item in blueprint.predecessors(stage) for name in item.stages}
    own: list[TaskRow] = []
    for name in {name for stage in stages for name in same_stages(blueprint, stage)}:
        units = {known for task in tasks for known in blueprint.known_as(name, task.unit)}
        few = units if len(units) <= store.CHUNK else None
        own += store.stage_tasks(connection, instance.id, name, units=few)
    return Progress.of(blueprint, tallies.of_stages(connection, instance.id, leading) if leading else (), own)


def _view(task: TaskRow, blueprint: Blueprint, progress: Progress, now: datetime, calendar: Calendar) -> dict[str, Any]:
    stage = blueprint.plan.stages[task.stage]
    due = blueprint.due(task.stage)
    found = standing(task, stage, now, calendar)
    return {
        "task": task.selector, "instance": task.instance, "stage": task.stage, "period": task.period or None,
        "unit": task.unit, "taken_from": task.taken_from or None, "state": task.state,
        "timeliness": found.timeliness.value, "phrase": due.phrase,
        "named": task.named, "last_day": task.last_day, "original_last_day": task.original_last_day,
        "from": task.from_on, "to": task.to_on, "approximate": task.approximate, "inferred": due.inferred,
        "waits_for": [] if task.state in FINAL else waits_for(blueprint, task, progress),
        "days_late": found.days_late, "provisional": task.provisional,
        "submitted_at": task.submitted_at, "completed_at": task.completed_at,
    }  # fmt: skip
