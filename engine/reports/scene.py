"""An instance at an instant, task by task: the one place every picture and report takes its figures from."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import Connection

from engine import ledgers, store
from engine.calendar import Calendar
from engine.clock import local_date
from engine.i18n import N_, _
from engine.office import Office, Register
from engine.plan.blueprint import Blueprint
from engine.plan.directory import LEVEL_LABELS, Unit
from engine.plan.model import Stage
from engine.reports.history import rewound
from engine.rows import ExtensionRow, InstanceRow, TaskRow
from engine.states import DROPPED
from engine.timeliness import CELLS, Timeliness, standing

FOUR = ("done_on_time", "done_late", "open_in_time", "open_overdue")
CELL_LABELS = {
    "done_on_time": N_("done on time"),
    "done_late": N_("done late"),
    "open_in_time": N_("open, in time"),
    "open_overdue": N_("open, overdue"),
    "undated": N_("no date yet"),
}


def running(connection: Connection) -> list[str]:
    """The instances that are not closed."""
    return [row.name for row in store.instances(connection) if row.closed_at is None]


class Line(NamedTuple):
    """One task with what every report says of it."""

    task: TaskRow
    stage: Stage
    unit: str  # the name of its unit on the plan's day; of a common task the names of all
    level: str
    superior: str  # a unit; empty where nobody stands above
    timeliness: Timeliness
    days_late: int
    cell: str  # of the 2×2, or undated; empty for what is not counted: dropped and ongoing tasks

    @property
    def is_late(self) -> bool:
        return self.cell == "open_overdue"


@dataclass(frozen=True)
class Scene:
    """One instance as seen at `now`."""

    office: Office
    connection: Connection
    instance: InstanceRow
    now: datetime
    rewound: bool = False  # the tasks as they stood at `now`, not as the store has them today

    def then(self, moment: datetime) -> "Scene":
        """The same instance at the end of a day that is over."""
        return replace(self, now=moment, rewound=True)

    @classmethod
    def of(cls, office: Office, connection: Connection, name: str, now: datetime) -> "Scene":
        """Raises NotFound."""
        return cls(office, connection, office.instance(connection, name), now)

    @cached_property
    def blueprint(self) -> Blueprint:
        return self.office.blueprint(self.connection, self.instance)

    @cached_property
    def register(self) -> Register:
        return Register(self.connection, self.instance.directory)

    @cached_property
    def calendar(self) -> Calendar:
        return self.office.almanac(self.connection).of(self.blueprint.calendar_name)

    @property
    def today(self) -> date:
        return local_date(self.now, self.office.zone)

    @property
    def issued(self) -> date:
        return self.blueprint.plan.document.date

    def name(self, unit: str) -> str:
        """The name a unit bore on the plan's day."""
        return self.register.name(unit, self.issued)

    def unit(self, unit: str) -> Unit | None:
        return self.register.find(unit)

    @cached_property
    def tasks(self) -> Sequence[TaskRow]:
        found = store.tasks(self.connection, store.TASK.c.instance_id == self.instance.id)
        return rewound(self.connection, self.instance.id, found, self.now) if self.rewound else found

    @cached_property
    def lines(self) -> Sequence[Line]:
        """Every task of the instance, in the order of the plan."""
        return list(self.lines_of(self.tasks))

    @cached_property
    def extensions(self) -> Mapping[int, Sequence[ExtensionRow]]:
        """task → its requests for more time."""
        return ledgers.extensions_of(self.connection, self.instance.id)

    def lines_of(self, tasks: Sequence[TaskRow]) -> Iterator[Line]:
        self.register.load({task.unit for task in tasks})
        return map(self._line, tasks)

    def _line(self, task: TaskRow) -> Line:
        stage = self.blueprint.plan.stages[task.stage]
        found = standing(task, stage, self.now, self.calendar)
        counted = found.timeliness is not Timeliness.ONGOING and task.state not in DROPPED
        partners = self.blueprint.partners(task.stage, task.unit)
        return Line(
            task, stage, ", ".join(map(self.name, partners)), self.register.level(task.unit) or "other",
            self.register.parent(task.unit) or "", found.timeliness, found.days_late,
            CELLS[found.timeliness] if counted else "",
        )  # fmt: skip


def cells_of(lines: Iterable[Line]) -> dict[str, int]:
    """The four cells, and `undated` beside them: together all tasks but the dropped and the ongoing ones."""
    found = Counter(line.cell for line in lines)
    return {cell: found[cell] for cell in (*FOUR, "undated")}


def rate_of(cells: dict[str, int]) -> float | None:
    """The share done on time of all that was done or is overdue; None where nothing can be judged yet."""
    judged = cells["done_on_time"] + cells["done_late"] + cells["open_overdue"]
    return cells["done_on_time"] / judged if judged else None


def level_label(level: str) -> str:
    return _(LEVEL_LABELS[level])


def by_rank(levels: Iterable[str]) -> list[str]:
    """Levels from the highest down."""
    wanted = set(levels)
    return [level for level in LEVEL_LABELS if level in wanted]
