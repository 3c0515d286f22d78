"""Who stands how where: unit × stage, the units grouped by their level and superior."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from engine.clock import local_date
from engine.reports.looks import LOOKS, look_of
from engine.reports.scene import Line, Scene, by_rank, cells_of, level_label, rate_of
from engine.states import State

MOST_UNITS = 6000  # rows; where there are more only the groups are shown
FEW_UNITS = 40  # up to here every group lies open
MOST_SIGNS = 4  # in a cell; a stage that recurs more often is shown as counts


class Mark(NamedTuple):
    """What stands in a cell of one task, or of several that look alike."""

    tone: str
    sign: str
    text: str
    label: str


def grid(scene: Scene) -> dict[str, Any]:
    """Groups of units, the highest level first; each with its own stages as columns."""
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in scene.lines:
        groups.setdefault((line.level, line.superior), []).append(line)
    units = sum(len({line.task.unit for line in lines}) for lines in groups.values())
    ranks = by_rank(level for level, _superior in groups)
    ordered = sorted(groups.items(), key=lambda item: ranks.index(item[0][0]))
    return {
        "units": units, "shown": units <= MOST_UNITS, "open": units <= FEW_UNITS,
        "groups": [_group(scene, *key, lines, units <= MOST_UNITS) for key, lines in ordered],
    }  # fmt: skip


def _group(scene: Scene, level: str, superior: str, lines: Sequence[Line], shown: bool) -> dict[str, Any]:
    cells = cells_of(lines)
    rows: dict[str, dict[str, list[Line]]] = {}
    for line in lines:
        rows.setdefault(line.task.unit, {}).setdefault(line.task.stage, []).append(line)
    holders = Counter(stage for row in rows.values() for stage in row)
    shared = [stage for stage, units in holders.items() if units > 1]
    return {
        "level": level, "level_label": level_label(level), "superior": scene.name(superior) if superior else "",
        "units": len(rows), "cells": cells, "counted": sum(cells.values()), "rate": rate_of(cells),
        "columns": [_column(scene, stage) for stage in shared], "owns": len(shared) < len(holders),
        "rows": [_row(scene, shared, row) for row in rows.values()] if shown else [],
    }  # fmt: skip


def _column(scene: Scene, stage_id: str) -> dict[str, str]:
    stage = scene.blueprint.plan.stages[stage_id]
    return {"stage": stage_id, "name": stage.name, "clause": stage.clause}


def _row(scene: Scene, shared: Sequence[str], row: dict[str, list[Line]]) -> dict[str, Any]:
    """A cell per stage that several units of the group have; what is this unit's alone stands by its name."""
    lines = [line for some in row.values() for line in some]
    return {
        "name": lines[0].unit, "level": lines[0].level,
        "codes": " ".join(sorted({look_of(line) for line in lines} | {line.task.state for line in lines})),
        "late": max((line.days_late for line in lines if line.is_late), default=0),
        "cells": [_marks(scene, row[stage]) if stage in row else () for stage in shared],
        "own": [(some[0].stage.name, _marks(scene, some)) for stage, some in row.items() if stage not in shared],
    }  # fmt: skip


def _marks(scene: Scene, lines: Sequence[Line]) -> tuple[Mark, ...]:
    if len(lines) <= MOST_SIGNS:
        return tuple(_mark(scene, line) for line in lines)
    counts = Counter(map(look_of, lines))
    return tuple(
        Mark(LOOKS[name].tone, LOOKS[name].sign, f"×{counts[name]}", LOOKS[name].label)
        for name in LOOKS if counts[name]
    )  # fmt: skip


def _mark(scene: Scene, line: Line) -> Mark:
    look = LOOKS[look_of(line)]
    return Mark(look.tone, look.sign, _figure(scene, line), look.label)


def _figure(scene: Scene, line: Line) -> str:
    """Days late, else the day it was handed in, else the day it is due."""
    task = line.task
    if line.days_late:
        return f"+{line.days_late}"
    if task.state == State.COMPLETED and task.submitted_at:
        return f"{local_date(task.submitted_at, scene.office.zone):%d/%m}"
    return f"{task.last_day:%d/%m}" if task.last_day and line.cell else ""


def legend() -> list[dict[str, str]]:
    """Every sign once, with its words."""
    found: dict[tuple[str, str], list[str]] = {}
    for look in LOOKS.values():
        found.setdefault((look.sign, look.tone), []).append(look.label)
    return [{"sign": sign, "tone": tone, "label": " / ".join(words)} for (sign, tone), words in found.items()]
