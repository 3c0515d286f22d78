"""Tasks as a reader sees them at an instant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine import handins, ledgers, store
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
        progress = _progress(connection, instance, blueprint)
        asked = ledgers.extensions_of(connection, instance.id)
        pauses = ledgers.open_suspensions(connection, [task.id for task in tasks if task.state == State.SUSPENDED])
        some = [task for task in tasks if task.instance == name]
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


def _progress(connection: Connection, instance: InstanceRow, blueprint: Blueprint) -> Progress:
    own = {name for stage in blueprint.plan.stages for name in same_stages(blueprint, stage)}
    tasks = [task for name in own for task in store.stage_tasks(connection, instance.id, name)]
    return Progress.of(blueprint, store.tallies(connection, instance.id), tasks)


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
