"""Tasks as a reader sees them at an instant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine import store
from engine.calendar import Calendar
from engine.gates import Progress, same_stages, waits_for
from engine.office import Office
from engine.plan.blueprint import Blueprint
from engine.rows import InstanceRow, TaskRow
from engine.states import FINAL
from engine.timeliness import standing


def task_views(office: Office, connection: Connection, tasks: Sequence[TaskRow], now: datetime) -> list[dict[str, Any]]:
    """One mapping per task with the keys that outside tools rely on."""
    views = []
    for name in dict.fromkeys(task.instance for task in tasks):
        instance = office.instance(connection, name)
        blueprint = office.blueprint(connection, instance)
        progress = _progress(connection, instance, blueprint)
        some = [task for task in tasks if task.instance == name]
        calendar = office.almanac(connection).of(blueprint.calendar_name)
        views += [_view(task, blueprint, progress, now, calendar) for task in some]
    return views


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
        "unit": task.unit, "state": task.state, "timeliness": found.timeliness.value, "phrase": due.phrase,
        "named": task.named, "last_day": task.last_day, "original_last_day": task.original_last_day,
        "from": task.from_on, "to": task.to_on, "approximate": task.approximate, "inferred": due.inferred,
        "waits_for": [] if task.state in FINAL else waits_for(blueprint, task, progress),
        "days_late": found.days_late, "provisional": task.provisional,
        "submitted_at": task.submitted_at, "completed_at": task.completed_at,
    }  # fmt: skip
