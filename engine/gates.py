"""Whether a task's predecessors are done, from the stages' counters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.periods import matching
from engine.plan.blueprint import Blueprint
from engine.plan.model import After
from engine.rows import TallyRow, TaskRow
from engine.states import DROPPED, State

Key = tuple[str, str, str]  # stage, period, scope


@dataclass
class Progress:
    """The counters of the stages somebody waits for, and the single tasks that `{same: …}` looks at."""

    blueprint: Blueprint
    tallies: Mapping[Key, TallyRow]
    tasks: Mapping[Key, TaskRow]  # by stage, period, unit

    @classmethod
    def of(cls, blueprint: Blueprint, tallies: Iterable[TallyRow], tasks: Iterable[TaskRow] = ()) -> "Progress":
        return cls(
            blueprint,
            {(row.stage, row.period, row.scope): row for row in tallies},
            {(task.stage, task.period, task.unit): task for task in tasks},
        )

    def periods(self, stage: str) -> list[str]:
        return sorted({period for name, period, scope in self.tallies if name == stage and not scope})

    def reached(self, stage: str, period: str, scope: str) -> datetime | None:
        """When the stage (its part under one superior) was done, for all periods a task waits for; else None.

        A superior stands for those whose work it took over, too.
        """
        scopes = (scope, *self.blueprint.handed.forebears(scope))
        periods = matching(period, self.periods(stage))
        rows = [self.tallies.get((stage, item, one)) for item in periods for one in scopes]
        moments = [row.reached_at for row in rows if row is not None and row.total > row.dropped]
        return None if None in moments else max((moment for moment in moments if moment), default=_LONG_AGO)

    def own(self, stage: str, period: str, unit: str) -> datetime | None:
        """When a unit's own task was done; long ago where it has none, or need not do it."""
        names = self.blueprint.known_as(stage, unit)
        keys = [[(stage, item, name) for name in names] for item in matching(period, self.periods(stage))]
        found = [next((self.tasks[key] for key in some if key in self.tasks), None) for some in keys]
        moments = [_done(task) for task in found if task is not None and task.state not in DROPPED]
        return None if None in moments else max((moment for moment in moments if moment), default=_LONG_AGO)

    def done_at(self, item: After, period: str, unit: str) -> datetime | None:
        """When what one `after` item waits for was done; None while it is not."""
        if item.how == "any":
            moments = [self.reached(stage, period, "") for stage in item.stages]
            return min((moment for moment in moments if moment), default=None)
        if item.how == "same":
            moments = [self.own(stage, period, unit) for stage in item.stages]
        else:
            scope = unit if item.how == "below" else ""
            moments = [self.reached(stage, period, scope) for stage in item.stages]
        return None if None in moments else max(moment for moment in moments if moment)


# A stage with nobody left to do it: done before anything.
_LONG_AGO = datetime.fromisoformat("0001-01-02T00:00:00+00:00")


def _done(task: TaskRow) -> datetime | None:
    return (task.submitted_at or task.completed_at) if task.state == State.COMPLETED else None


def next_look_at(approximate: bool, opens_at: datetime | None, moment: datetime) -> datetime | None:
    """When the sweep is to look at a task that waits: at once where its day is still to be asked for."""
    return moment if approximate else opens_at


def same_stages(blueprint: Blueprint, stage: str) -> set[str]:
    """The stages whose own task the units of a stage wait for."""
    return {name for item in blueprint.predecessors(stage) if item.how == "same" for name in item.stages}


def is_free(blueprint: Blueprint, stage: str, period: str, unit: str, progress: Progress) -> bool:
    return all(progress.done_at(item, period, unit) for item in blueprint.predecessors(stage))


def anchor_done_at(blueprint: Blueprint, stage: str, period: str, unit: str, progress: Progress) -> datetime | None:
    """When the anchor of a `sau …` deadline was done, as seen by one task."""
    anchor = blueprint.anchor(stage)
    if anchor is None:
        return None
    for item in blueprint.predecessors(stage):
        if anchor in item.stages and item.how in ("below", "same"):
            moment = progress.done_at(After(how=item.how, stages=(anchor,)), period, unit)
            return moment if moment and moment > _LONG_AGO else None
    moment = progress.reached(anchor, period, "")
    return moment if moment and moment > _LONG_AGO else None


def waits_for(blueprint: Blueprint, task: TaskRow, progress: Progress) -> list[str]:
    """The predecessors that are not done yet, by their stage ids."""
    return [
        name for item in blueprint.predecessors(task.stage)
        if not progress.done_at(item, task.period, task.unit) for name in item.stages
    ]  # fmt: skip
