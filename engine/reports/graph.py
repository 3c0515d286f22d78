"""A plan as a graph: its stages, what each waits for or takes its date from, how far each has come."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from graphlib import TopologicalSorter

from sqlalchemy import Connection

from engine import store
from engine.calendar import Calendar
from engine.clock import shown_day
from engine.dates import Dates, project
from engine.i18n import N_, _
from engine.office import Office, Register
from engine.plan.blueprint import Blueprint, needed
from engine.plan.directory import Directory
from engine.plan.model import Stage
from engine.plan.writing import one_line
from engine.rows import TaskRow
from engine.states import DROPPED, STATE_LABELS, State
from engine.timeliness import LABELS, Timeliness, label, standing

LONGEST = 180  # characters of a line
DEEPEST = 8  # levels of a tree; what comes later starts anew at the margin
SOFT = N_("encouraged")
KINDS = {"task": "", "event": N_("event"), "ongoing": N_("ongoing"), "prohibition": N_("not to be done")}
# What an edge says: the stage waits for another one, or only takes its date from it.
HOWS = {
    "stage": "",
    "below": N_("units below"),
    "same": N_("same unit"),
    "any": N_("any one"),
    "date": N_("sets the date"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a stage's state is shown: by a sign, a word and a colour."""

    sign: str
    word: str
    colour: str


LOOKS = {
    "waiting": Look("○", STATE_LABELS[State.WAITING], "#757575"),
    "open": Look("▶", STATE_LABELS[State.IN_PROGRESS], "#1565c0"),
    "overdue": Look("‼", LABELS[Timeliness.OVERDUE], "#c62828"),
    "done": Look("✓", STATE_LABELS[State.COMPLETED], "#2e7d32"),
    "dropped": Look("×", STATE_LABELS[State.CANCELLED], "#757575"),
}


@dataclass(frozen=True, slots=True)
class Progress:
    state: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Node:
    """A stage in words: one line each, without control characters."""

    stage: str
    name: str
    kind: str
    soft: bool
    who: str
    when: str
    progress: Progress | None

    @property
    def lines(self) -> list[str]:
        """What every format shows below the name."""
        marks = [_(KINDS[self.kind])] * (self.kind != "task") + [_(SOFT)] * self.soft
        return list(filter(None, [f"[{', '.join(marks)}]" if marks else "", self.who, self.when, self.standing]))

    @property
    def standing(self) -> str:
        """How far the tasks of the stage are; empty for a plan that is not started."""
        if self.progress is None:
            return ""
        look = LOOKS[self.progress.state]
        return f"{look.sign} {_(look.word)} {self.progress.done}/{self.progress.total}"


@dataclass(frozen=True, slots=True)
class Edge:
    """From a stage to one that comes after it; `dated` where the latter's date hangs on the former."""

    source: str
    target: str
    how: str
    dated: bool

    @property
    def label(self) -> str:
        hows = dict.fromkeys((self.how, "date" if self.dated else self.how))
        return ", ".join(_(HOWS[how]) for how in hows if HOWS[how])


@dataclass(frozen=True, slots=True)
class Graph:
    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def leading(self, stage: str) -> list[Edge]:
        return [edge for edge in self.edges if edge.target == stage]

    def parents(self) -> dict[str, str | None]:
        """Where each stage hangs in a tree: under the last thing it waits for."""
        leaders: dict[str, list[str]] = {node.stage: [] for node in self.nodes}
        for edge in self.edges:
            if edge.how != "date":
                leaders[edge.target].append(edge.source)
        rank: dict[str, int] = {}
        level: dict[str, int] = {}
        found: dict[str, str | None] = {}
        for stage in TopologicalSorter(leaders).static_order():
            parent = max(leaders[stage], key=rank.__getitem__, default=None)
            rank[stage] = rank[parent] + 1 if parent else 0
            level[stage] = level[parent] + 1 if parent else 0
            found[stage] = parent if level[stage] < DEEPEST else None
            level[stage] %= DEEPEST
        return found


def plan_graph(blueprint: Blueprint, directory: Directory, calendar: Calendar) -> Graph:
    """A plan that is not started, with the dates that it gives itself."""
    day = blueprint.plan.document.date
    dates: dict[str, list[Dates]] = {}
    for (stage, _period), (_occurrence, found) in project(blueprint, calendar).items():
        dates.setdefault(stage, []).append(found)
    return graph_of(blueprint, lambda unit: directory.units[unit].name_on(day), dates)


def instance_graph(office: Office, connection: Connection, name: str, now: datetime) -> Graph:
    """A started plan as it stands: the dates in force, and the state of each stage."""
    instance = office.instance(connection, name)
    blueprint = office.blueprint(connection, instance)
    register = Register(connection, instance.directory)
    calendar = office.almanac(connection).of(blueprint.calendar_name)
    tasks: dict[str, list[TaskRow]] = {}
    for task in store.tasks(connection, store.TASK.c.instance_id == instance.id):
        tasks.setdefault(task.stage, []).append(task)
    progress = {stage: _progress_of(some, blueprint.plan.stages[stage], now, calendar) for stage, some in tasks.items()}
    return graph_of(blueprint, lambda unit: register.name(unit, blueprint.plan.document.date), tasks, progress)


def graph_of(
    blueprint: Blueprint,
    name_of: Callable[[str], str],
    dates: Mapping[str, Sequence[Dates | TaskRow]],
    progress: Mapping[str, Progress] | None = None,
) -> Graph:
    """The one description that every format draws."""
    plan = blueprint.plan
    nodes = [
        Node(
            stage=stage_id, name=one_line(stage.name, LONGEST), kind=stage.type, soft=stage.soft,
            who=one_line(_who(blueprint, stage, name_of), LONGEST),
            when=one_line(_when(blueprint, stage_id, dates.get(stage_id, ())), LONGEST),
            progress=(progress or {}).get(stage_id),
        )
        for stage_id, stage in blueprint.stages.items()
    ]  # fmt: skip
    edges = dict.fromkeys(_edges(blueprint))
    return Graph(one_line(f"{plan.number} · {plan.title}", LONGEST), tuple(nodes), tuple(edges))


def _edges(blueprint: Blueprint) -> Iterator[Edge]:
    for target in blueprint.stages:
        anchor = blueprint.anchor(target)
        waits = [(source, item.how) for item in blueprint.predecessors(target) for source in item.stages]
        yield from (Edge(source, target, how, dated=source == anchor) for source, how in waits)
        if anchor and all(source != anchor for source, _how in waits):
            yield Edge(anchor, target, "date", dated=True)


def _who(blueprint: Blueprint, stage: Stage, name_of: Callable[[str], str]) -> str:
    holder = stage.holder
    if holder is None:
        return stage.who or name_of(stage.chair or blueprint.plan.coordinator)
    names = "; ".join(unit if unit in blueprint.groups else name_of(unit) for unit in holder.units)
    many = len(blueprint.members(holder.units, holder.except_))
    if holder.mode == "joint":
        names = _("jointly: {units}").format(units=names)
    elif many > 1:
        names = _("each of: {units} ({n})").format(units=names, n=many)
    return f"{names} {_('(inferred)')}" if stage.inferred_responsible else names


def _when(blueprint: Blueprint, stage_id: str, dates: Sequence[Dates | TaskRow]) -> str:
    """The phrase as written, ours where the document gives no date, and the last day where it is known."""
    stage = blueprint.plan.stages[stage_id]
    inferred = f"{stage.inferred} {_('(inferred)')}" if blueprint.due(stage_id).inferred else ""
    phrase = "; ".join(filter(None, (stage.deadline, inferred)))
    return " → ".join(filter(None, (phrase, _days(dates))))


def _days(dates: Sequence[Dates | TaskRow]) -> str:
    last = sorted({item.last_day for item in dates if item.last_day})
    mark = " " + _("(provisional)") if any(item.provisional for item in dates) else ""
    if not last:  # a window whose day is still open
        last = sorted({day for item in dates if item.approximate for day in (item.from_on, item.to_on) if day})
        mark = f" ({label(Timeliness.DATE_OPEN)})"
    return " … ".join(map(shown_day, dict.fromkeys(last[:1] + last[-1:]))) + mark if last else ""


def _progress_of(tasks: Sequence[TaskRow], stage: Stage, now: datetime, calendar: Calendar) -> Progress:
    done = sum(task.state == State.COMPLETED for task in tasks)
    return Progress(_state(tasks, stage, now, calendar), done, len(tasks))


def _state(tasks: Sequence[TaskRow], stage: Stage, now: datetime, calendar: Calendar) -> str:
    kept = [task for task in tasks if task.state not in DROPPED]
    if not kept:
        return "dropped"
    if all(_reached(some, stage) for some in _by_period(kept)):
        return "done"
    if any(standing(task, stage, now, calendar).timeliness is Timeliness.OVERDUE for task in kept):
        return "overdue"
    return "waiting" if all(task.state == State.WAITING for task in kept) else "open"


def _by_period(tasks: Iterable[TaskRow]) -> list[list[TaskRow]]:
    found: dict[str, list[TaskRow]] = {}
    for task in tasks:
        found.setdefault(task.period, []).append(task)
    return list(found.values())


def _reached(tasks: Sequence[TaskRow], stage: Stage) -> bool:
    return sum(task.state == State.COMPLETED for task in tasks) >= needed(stage.complete_when, len(tasks))
