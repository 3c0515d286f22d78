"""A plan on paper: its directory as the register, its tasks as rows, before there is a database."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, cast

from sqlalchemy import Connection

from engine.dates import Dates
from engine.escalation import rungs_of
from engine.ladders import Rung
from engine.office import Register
from engine.plan.blueprint import Blueprint
from engine.plan.directory import Directory
from engine.rows import TaskRow
from engine.states import State


class PaperRegister(Register):
    """The units as the directory's file has them."""

    def __init__(self, directory: Directory, name: str):
        super().__init__(cast(Connection, None), name)
        self._units = dict(directory.units)

    def load(self, units: Iterable[str]) -> None:
        """There is nothing to read them from but the file."""


def paper_task(blueprint: Blueprint, stage_id: str, unit: str, dates: Dates | None = None, **more: Any) -> TaskRow:
    """A task as it would stand, open and not taken up."""
    columns = asdict(dates or Dates())
    blank = {**dict.fromkeys(TaskRow._fields), "paused_days": 0, "taken_from": ""}
    known = {"id": 0, "stage": stage_id, "period": "", "unit": unit, "state": State.ASSIGNED.value}
    return TaskRow(**{**blank, **known, "instance": blueprint.plan.plan, **columns, **more})


def ladders(blueprint: Blueprint) -> Iterator[tuple[str, tuple[Rung, ...]]]:
    """(stage, its rungs with those of the system) of all that makes tasks."""
    for stage_id, stage in blueprint.plan.stages.items():
        if stage.type != "prohibition":
            yield stage_id, rungs_of(blueprint, stage_id)
