"""What a board shows of one instance, and the overview of several: plain data for the pages."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from engine.clock import shown
from engine.i18n import _
from engine.ladders import label as template_label
from engine.reports.chasing import KINDS, NEVER, SIGNS, Chased, Happening, chased, happenings
from engine.reports.grid import grid, legend
from engine.reports.looks import LOOKS, look_of
from engine.reports.scene import CELL_LABELS, FOUR, Line, Scene, by_rank, cells_of, level_label, rate_of
from engine.reports.status import next_dates, open_questions
from engine.reports.timeline import timeline
from engine.sections import worded
from engine.states import FINAL, State, state_label

SOON = timedelta(days=14)
LONGEST_LIST = 500  # rows; what is left out is counted, and stands in the grid and the reports
LONGEST_LOG = 100


def board(scene: Scene) -> dict[str, Any]:
    """Everything on the page of an instance."""
    late, due = late_lines(scene.lines), due_lines(scene)
    told = chased(scene)
    log = happenings(scene)
    return {
        **_heading(scene), **four(scene.lines),
        "dates": next_dates(scene.lines, scene)[:3],
        "late": [late_row(scene, line, told.get(line.task.id, NEVER)) for line in late[:LONGEST_LIST]],
        "late_more": max(0, len(late) - LONGEST_LIST), "late_units": len({line.task.unit for line in late}),
        "due": [_due_row(scene, line) for line in due[:LONGEST_LIST]], "due_more": max(0, len(due) - LONGEST_LIST),
        "timeline": timeline(scene), "grid": grid(scene), "legend": legend(),
        "levels": levels(scene.lines), "states": states(scene.lines),
        "log": [_log_row(scene, item) for item in reversed(log[-LONGEST_LOG:])],
        "log_more": max(0, len(log) - LONGEST_LOG),
        "questions": open_questions(scene),
        "prohibitions": [stage.name for stage in scene.blueprint.stages.values() if stage.type == "prohibition"],
    }  # fmt: skip


def overview(scenes: Sequence[Scene]) -> dict[str, Any]:
    """Several instances side by side, with what is late and due in all of them."""
    late = [(scene, line) for scene in scenes for line in late_lines(scene.lines)]
    due = [(scene, line) for scene in scenes for line in due_lines(scene)]
    late.sort(key=lambda item: -item[1].days_late)
    due.sort(key=lambda item: item[1].task.last_day or item[0].today)
    told = {scene.instance.name: chased(scene) for scene in scenes}
    return {
        "as_of": shown(scenes[0].now, scenes[0].office.zone) if scenes else "",
        "plans": [
            {**_heading(scene), **four(scene.lines), "dates": next_dates(scene.lines, scene)[:1]} for scene in scenes
        ],
        **four([line for scene in scenes for line in scene.lines]),
        "late": [
            late_row(scene, line, told[scene.instance.name].get(line.task.id, NEVER))
            for scene, line in late[:LONGEST_LIST]
        ],
        "late_more": max(0, len(late) - LONGEST_LIST),
        "late_units": len({(scene.instance.directory, line.task.unit) for scene, line in late}),
        "due": [_due_row(scene, line) for scene, line in due[:LONGEST_LIST]],
        "due_more": max(0, len(due) - LONGEST_LIST), "legend": legend(),
    }  # fmt: skip


def _heading(scene: Scene) -> dict[str, Any]:
    plan = scene.blueprint.plan
    return {
        "instance": scene.instance.name, "title": plan.title, "number": plan.document.number or "",
        "date": plan.document.date, "date_inferred": plan.document.issued is None,
        "issuer": scene.name(plan.document.issuer), "coordinator": scene.name(plan.coordinator),
        "as_of": shown(scene.now, scene.office.zone), "closed": scene.instance.closed_at is not None,
        "secondary": plan.document.source.kind == "news",
    }  # fmt: skip


def four(lines: Sequence[Line]) -> dict[str, Any]:
    """The 2×2 with what is said around it."""
    cells = cells_of(lines)
    return {
        "cells": cells, "counted": sum(cells.values()), "rate": rate_of(cells), "four": FOUR,
        "cell_labels": {cell: _(text) for cell, text in CELL_LABELS.items()},
        "done": cells["done_on_time"] + cells["done_late"], "open": cells["open_in_time"] + cells["open_overdue"],
    }  # fmt: skip


def levels(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """What a reader may filter by: (level, its label), from the highest down."""
    return [(level, level_label(level)) for level in by_rank(line.level for line in lines)]


def states(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """What else: (code, label) of each timeliness and state that some task has."""
    looks, held = {look_of(line) for line in lines}, {line.task.state for line in lines}
    found = [(name, look.label) for name, look in LOOKS.items() if name in looks]
    return found + [(state.value, state_label(state)) for state in State if state in held]


def late_lines(lines: Sequence[Line]) -> list[Line]:
    """What is overdue, the latest first."""
    return sorted((line for line in lines if line.is_late), key=lambda line: -line.days_late)


def due_lines(scene: Scene) -> list[Line]:
    """What is still owed and due within fourteen days, the nearest first."""
    last = scene.today + SOON
    found = [
        line for line in scene.lines
        if line.task.state not in FINAL and line.task.last_day and scene.today <= line.task.last_day <= last
    ]  # fmt: skip
    return sorted(found, key=lambda line: line.task.last_day or last)


def _row(scene: Scene, line: Line) -> dict[str, Any]:
    task = line.task
    look = LOOKS[look_of(line)]
    return {
        "instance": task.instance, "unit": line.unit, "level": line.level, "stage": line.stage.name,
        "clause": line.stage.clause, "period": task.period, "last_day": task.last_day,
        "phrase": worded(scene.blueprint, task.stage), "state": state_label(task.state),
        "codes": f"{look_of(line)} {task.state}", "sign": look.sign, "tone": look.tone, "label": look.label,
    }  # fmt: skip


def late_row(scene: Scene, line: Line, told: Chased) -> dict[str, Any]:
    return {**_row(scene, line), "days_late": line.days_late, "times": told.times, "calls": told.calls,
            "severity": told.severity, "rung": told.rung,
            "reached": template_label(told.template) if told.template else ""}  # fmt: skip


def _due_row(scene: Scene, line: Line) -> dict[str, Any]:
    day = line.task.last_day or scene.today
    return {**_row(scene, line), "days": (day - scene.today).days, "acknowledged": line.task.state != "assigned"}


def _log_row(scene: Scene, item: Happening) -> dict[str, Any]:
    units = item.units
    return {
        "at": shown(item.at, scene.office.zone), "kind": _(KINDS[item.kind]), "sign": SIGNS[item.kind],
        "stage": scene.blueprint.plan.stages[item.stage].name, "period": item.period,
        "units": scene.name(units[0]) if len(units) == 1 else _("{n} units").format(n=len(units)),
        "text": item.text, "whom": item.whom, "doc": item.doc,
    }  # fmt: skip
