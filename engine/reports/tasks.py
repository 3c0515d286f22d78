"""Tasks as a reader sees them at an instant."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine import ledgers, store
from engine.calendar import Calendar
from engine.gates import Progress, same_stages, waits_for
from engine.office import Office, Register
from engine.plan.blueprint import Blueprint, needed
from engine.reports.extensions import remaining_days
from engine.rows import ExtensionRow, InstanceRow, SuspensionRow, TaskRow
from engine.states import DROPPED, FINAL, State
from engine.timeliness import CELLS, Timeliness, standing


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
        views += [
            {**_view(task, blueprint, progress, now, calendar),
             **_moved(task, asked.get(task.id, ()), pauses.get(task.id), office.zone)}
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
        "unit": task.unit, "state": task.state, "timeliness": found.timeliness.value, "phrase": due.phrase,
        "named": task.named, "last_day": task.last_day, "original_last_day": task.original_last_day,
        "from": task.from_on, "to": task.to_on, "approximate": task.approximate, "inferred": due.inferred,
        "waits_for": [] if task.state in FINAL else waits_for(blueprint, task, progress),
        "days_late": found.days_late, "provisional": task.provisional,
        "submitted_at": task.submitted_at, "completed_at": task.completed_at,
    }  # fmt: skip


def status_view(office: Office, connection: Connection, name: str, now: datetime) -> dict[str, Any]:
    """How an instance stands: the 2×2, its open questions, each stage with what is missing."""
    instance = office.instance(connection, name)
    blueprint = office.blueprint(connection, instance)
    tasks = store.tasks(connection, store.TASK.c.instance_id == instance.id)
    calendar = office.almanac(connection).of(blueprint.calendar_name)
    standings = [(task, standing(task, blueprint.plan.stages[task.stage], now, calendar)) for task in tasks]
    cells = Counter(
        CELLS[item.timeliness]
        for task, item in standings
        if item.timeliness is not Timeliness.ONGOING and task.state not in DROPPED
    )
    answered = store.answers(connection, instance.id)
    return {
        "instance": name, "plan": blueprint.plan.plan, "title": blueprint.plan.title,
        "number": blueprint.plan.document.number, "date": blueprint.plan.document.date,
        "date_inferred": blueprint.plan.document.issued is None,
        "source": blueprint.plan.document.source.kind,
        **{cell: cells[cell] for cell in ("done_on_time", "done_late", "open_in_time", "open_overdue", "undated")},
        "questions": [
            {"id": item.id, "clause": item.clause, "text": item.text, "about": list(item.about)}
            for item in blueprint.plan.questions if item.id not in answered
        ],
        "stages": _stages(connection, instance, blueprint, tasks),
        "prohibitions": [stage.name for stage in blueprint.plan.stages.values() if stage.type == "prohibition"],
    }  # fmt: skip


def _stages(
    connection: Connection, instance: InstanceRow, blueprint: Blueprint, tasks: Sequence[TaskRow]
) -> list[dict[str, Any]]:
    register = Register(connection, instance.directory)
    by_stage: dict[tuple[str, str], list[TaskRow]] = {}
    for task in tasks:
        by_stage.setdefault((task.stage, task.period), []).append(task)
    missing = {task.unit for task in tasks if task.state not in FINAL}
    register.load(missing)
    day = blueprint.plan.document.date
    return [
        {
            "stage": stage, "period": period or None, "name": blueprint.plan.stages[stage].name,
            "tasks": len(some), "done": sum(task.state == State.COMPLETED for task in some),
            "needed": needed(blueprint.plan.stages[stage].complete_when,
                             sum(task.state not in DROPPED for task in some)),
            "missing": [task.unit for task in some if task.state not in FINAL],
            "missing_names": [register.name(task.unit, day) for task in some if task.state not in FINAL],
            "last_day": max((task.last_day for task in some if task.last_day), default=None),
        }
        for (stage, period), some in by_stage.items()
    ]  # fmt: skip
