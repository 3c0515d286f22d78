"""What is to come of an instance: its stretches of tasks, the days by which something is due, its open questions."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine import store
from engine.reports.scene import Line, Scene
from engine.states import FINAL


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
