"""The rows of new tasks: who, in which period, by when, and whether its turn has come."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from engine.almanac import Almanac
from engine.calendar import Calendar
from engine.clock import local_date
from engine.dates import Dates, Stretch, opens_on, project
from engine.deadlines import Occurrence
from engine.gates import next_look_at
from engine.office import Register
from engine.plan.blueprint import Blueprint
from engine.plan.difference import Duty
from engine.states import State


class Maker:
    """Makes the rows of `task`, stage by stage and period by period, each by its unit's calendar."""

    def __init__(self, blueprint: Blueprint, almanac: Almanac, register: Register, at: datetime):
        self.blueprint, self.almanac, self.register, self.at = blueprint, almanac, register, at
        self.today = local_date(at, almanac.base.zone)
        self._columns: dict[Calendar, dict[Stretch, dict[str, Any]]] = {}

    def rows(self, duties: Collection[Duty] | None = None) -> Iterator[dict[str, Any]]:
        """One row for each task of the plan; for these duties only, where some are named."""
        name = self.blueprint.calendar_name
        for stretch in self.columns(self.almanac.of(name)):
            for units in self.blueprint.holders(stretch[0]):
                if duties is not None and (*stretch, units[0]) not in duties:
                    continue
                calendar = self.almanac.of(name, self.register, units[0])
                yield {"stage": stretch[0], "period": stretch[1], "unit": units[0], **self.columns(calendar)[stretch]}

    def columns(self, calendar: Calendar) -> dict[Stretch, dict[str, Any]]:
        """What the tasks of each stage and period have in common, by one calendar."""
        if calendar not in self._columns:
            self._columns[calendar] = {
                stretch: self.stage_columns(stretch[0], occurrence, dates, calendar)
                for stretch, (occurrence, dates) in project(self.blueprint, calendar).items()
            }
        return self._columns[calendar]

    def stage_columns(
        self, stage_id: str, occurrence: Occurrence | None, dates: Dates, calendar: Calendar
    ) -> dict[str, Any]:
        stage = self.blueprint.plan.stages[stage_id]
        day = opens_on(self.blueprint, stage_id, occurrence, dates.last_day, calendar)
        opens_at = calendar.opening_of(day) if day and day > self.today else None
        state = self.state(stage_id, opens_at)
        opened = None if state is State.WAITING else self.at
        columns = dates.columns(calendar, never_overdue=stage.never_overdue)
        return {
            "state": state.value, "opens_at": opens_at, "opened_at": opened, "touched_at": self.at,
            "original_last_day": dates.last_day, **columns,
            "next_action_at": opened or next_look_at(columns["approximate"], opens_at, self.at),
        }  # fmt: skip

    def state(self, stage_id: str, opens_at: datetime | None) -> State:
        if self.blueprint.waits(stage_id) or opens_at is not None:
            return State.WAITING
        ongoing = self.blueprint.plan.stages[stage_id].type == "ongoing"
        return State.IN_PROGRESS if ongoing else State.ASSIGNED
