"""How an instance stands: the 2×2, each stage with what is missing, the next dates, its open questions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine import handins, store
from engine.office import Office
from engine.plan.blueprint import needed
from engine.reports.absences import absent_views
from engine.reports.handed_in import quota_views, stage_views
from engine.reports.scene import Line, Scene, cells_of
from engine.rows import HandInRow, TaskRow
from engine.states import DROPPED, FINAL, RECEIVED, State

NEXT_DATES = 3


def status_view(office: Office, connection: Connection, name: str, now: datetime) -> dict[str, Any]:
    """The keys that outside tools rely on, and more. Raises NotFound."""
    return status_of(Scene.of(office, connection, name, now))


def status_of(scene: Scene) -> dict[str, Any]:
    plan = scene.blueprint.plan
    unfinished = list(dict.fromkeys(line.task.stage for line in scene.lines if line.task.state not in FINAL))
    return {
        "instance": scene.instance.name, "plan": plan.plan, "title": plan.title,
        "number": plan.document.number, "date": plan.document.date,
        "date_inferred": plan.document.issued is None, "source": plan.document.source.kind,
        "closed_at": scene.instance.closed_at,
        **cells_of(scene.lines),
        "next_dates": next_dates(scene.lines, scene)[:NEXT_DATES],
        "questions": open_questions(scene),
        "to_hand_over": [line.task.selector for line in scene.lines if line.task.state == State.TRANSFERRING],
        "absent": absent_views(scene.office, scene.connection, scene.instance, unfinished, scene.now),
        "stages": _stages(scene),
        "quotas": quota_views(scene.connection, scene.instance, scene.blueprint),
        "prohibitions": [stage.name for stage in scene.blueprint.stages.values() if stage.type == "prohibition"],
    }  # fmt: skip


def stretches(lines: Sequence[Line]) -> Mapping[tuple[str, str], list[Line]]:
    """(stage, period) → its tasks, in the order of the plan."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        found.setdefault((line.task.stage, line.task.period), []).append(line)
    return found


def open_questions(scene: Scene) -> list[dict[str, Any]]:
    answered = store.answers(scene.connection, scene.instance.id)
    return [
        {"id": item.id, "clause": item.clause, "text": item.text, "about": list(item.about)}
        for item in scene.blueprint.plan.questions if item.id not in answered
    ]  # fmt: skip


def next_dates(lines: Sequence[Line], scene: Scene) -> list[dict[str, Any]]:
    """Each day from today on by which something still owed is due, with what and how much of it."""
    found: dict[tuple[Any, str, str], int] = {}
    for line in lines:
        task = line.task
        if task.state not in FINAL and task.last_day and task.last_day >= scene.today:
            key = task.last_day, task.stage, task.period
            found[key] = found.get(key, 0) + 1
    return [
        {"date": day, "stage": stage, "period": period or None, "name": scene.blueprint.plan.stages[stage].name,
         "tasks": tasks}
        for (day, stage, period), tasks in sorted(found.items(), key=lambda item: item[0][0])
    ]  # fmt: skip


def _stages(scene: Scene) -> list[dict[str, Any]]:
    arrived = handins.valid_in(scene.connection, scene.instance.id)
    rows = [
        _stage(scene, *stretch, lines, arrived)
        for stretch, lines in stretches(scene.lines).items() if stretch[0] not in scene.blueprint.retired
    ]  # fmt: skip
    for row in rows:
        for item in (row, *row["forms"]):
            item["missing_names"] = [scene.name(unit) for unit in item["missing"]]
    return rows


def _stage(
    scene: Scene, stage_id: str, period: str, lines: Sequence[Line], arrived: Mapping[int, Sequence[HandInRow]]
) -> dict[str, Any]:
    stage = scene.blueprint.plan.stages[stage_id]
    tasks = [line.task for line in lines]
    kept = sum(task.state not in DROPPED for task in tasks)
    return {
        "stage": stage_id, "period": period or None, "name": stage.name, "tasks": len(tasks),
        "done": sum(task.state == State.COMPLETED for task in tasks),
        "needed": needed(stage.complete_when, kept), **cells_of(lines), **stage_views(stage, tasks, arrived),
        "missing": [task.unit for task in tasks if _is_missing(task)],
        "last_day": max((task.last_day for task in tasks if task.last_day), default=None),
    }  # fmt: skip


def _is_missing(task: TaskRow) -> bool:
    """Is it still to come? What was handed in waits for its acceptance only."""
    return task.state not in FINAL | RECEIVED
