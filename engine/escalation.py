"""The sweep: which rungs fell due, for whom, and whether each is sent. Decisions here, effects elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection

from engine import outbox, store
from engine.calendar import Calendar
from engine.clock import local_date
from engine.deadlines import read_duration
from engine.decisions import REASONS, is_too_early
from engine.ladders import MANUAL_RUNGS, SYSTEM_RUNGS, Rung, Timeline, days_due
from engine.machine import Act
from engine.office import Office, Register
from engine.plan.blueprint import Blueprint
from engine.rows import InstanceRow, TaskRow
from engine.settle import SYSTEM, Settling
from engine.states import FINAL, HALTED, State

BATCH = 2000  # tasks a transaction: others wait for it some hundredths of a second


@dataclass(frozen=True, slots=True)
class Due:
    """One occurrence of a rung that fell due."""

    at: datetime
    rung: Rung
    occurrence: int


def rungs_of(blueprint: Blueprint, stage_id: str) -> tuple[Rung, ...]:
    """A stage's ladder with the system's own questions about dates; none where the plan says `ladder: none`."""
    ladder = blueprint.ladder(stage_id)
    stage = blueprint.plan.stages[stage_id]
    if not ladder or stage.never_overdue:
        return ladder
    return (*ladder, *SYSTEM_RUNGS.values())


def find_rung(blueprint: Blueprint, stage_id: str, rung_id: str) -> Rung | None:
    """A rung of the stage's ladder, or one that people or the system itself raise out of turn."""
    ladder = next((rung for rung in rungs_of(blueprint, stage_id) if rung.id == rung_id), None)
    return ladder or MANUAL_RUNGS.get(rung_id)


def timeline(blueprint: Blueprint, task: TaskRow) -> Timeline:
    stage = blueprint.plan.stages[task.stage]
    return Timeline(
        opened_at=task.opened_at,
        last_day=task.last_day,
        counts_from=None if task.provisional or stage.soft else _counts_from(task),
        window_from=task.from_on if task.approximate else None,
        submitted_at=task.submitted_at,
        returned_at=task.returned_at,
        grace=read_duration(stage.grace) if stage.grace else None,
    )


def _counts_from(task: TaskRow) -> date | None:
    """The named day, or the last one where that is later (it was rolled) or the only one; paused days later."""
    days = [day for day in (task.named, task.last_day) if day]
    return max(days) + timedelta(days=task.paused_days) if days else None


@lru_cache(maxsize=4096)
def agenda(
    rungs: tuple[Rung, ...], times: Timeline, calendar: Calendar, since: datetime | None, until: datetime
) -> tuple[tuple[Due, ...], datetime | None]:
    """The rungs due in (since, until], and the instant of the next one after; tasks of one stage share the answer."""
    due: list[Due] = []
    following: list[datetime] = []
    for rung in rungs:
        if rung.condition == "undated" and (times.last_day or times.window_from):
            continue
        for day, occurrence in days_due(rung, times, calendar):
            at = _instant(rung, day, occurrence, times, calendar)
            if at > until:
                following.append(at)
                break
            if since is None or at > since:
                due.append(Due(at, rung, occurrence))
    return tuple(due), min(following, default=None)


def _instant(rung: Rung, day: date, occurrence: int, times: Timeline, calendar: Calendar) -> datetime:
    if rung.when.anchor == "opening" and not rung.when.amount and occurrence == 1 and times.opened_at:
        return times.opened_at
    return calendar.opening_of(day)


def recipients(rung: Rung, blueprint: Blueprint, task: TaskRow, register: Register, day: date) -> dict[str, str]:
    """recipient → role. Without a superior, or for the issuer's task, it stops at severity 1, with the coordinator.

    A letter is drafted for the coordinator, whoever else the rung is for.
    """
    top = rung.severity > 0 and is_top(blueprint, task, register)
    if top and rung.severity > 1:
        return {}
    found: dict[str, str] = {}
    also = ("coordinator",) if top or rung.letter else ()
    for target in (*rung.to, *also):
        for unit in _resolve(target, blueprint, task, register, day):
            found.setdefault(unit, target)
    return found


def is_top(blueprint: Blueprint, task: TaskRow, register: Register) -> bool:
    """Is there nobody above the task's units to escalate to?"""
    units = blueprint.partners(task.stage, task.unit)
    return blueprint.plan.document.issuer in units or all(register.parent(unit) is None for unit in units)


def _resolve(target: str, blueprint: Blueprint, task: TaskRow, register: Register, day: date) -> Iterable[str]:
    plan, partners = blueprint.plan, blueprint.partners(task.stage, task.unit)
    stage = plan.stages[task.stage]
    match target:
        case "responsible":
            return partners
        case "head":
            units = {name: register.find(name) for name in partners}
            return [f"{name}#head" for name, unit in units.items() if unit and unit.head_email_on(day)]
        case "with":
            return blueprint.members(stage.with_)
        case "coordinator":
            return [plan.coordinator]
        case "submit_to":
            named = [
                unit
                for name in stage.submit_to
                for unit in (_above(partners, register) if name == "parent" else [name])
            ]
            return blueprint.members(tuple(named))
        case "through":
            return [stage.through] if stage.through else []
        case "parent":
            return _above(partners, register)
        case "issuer":
            return [plan.document.issuer]
        case "chair":
            return [stage.chair] if stage.chair else []
        case "attend":
            return blueprint.members(stage.attend)
        case _:
            return blueprint.members((target,))


def _above(units: Iterable[str], register: Register) -> list[str]:
    return [parent for parent in map(register.parent, units) if parent]


@dataclass
class Swept:
    tasks: int = 0
    decisions: int = 0
    deferred: int = 0  # of them: made while the office is closed, and put off at once
    opened: int = 0


def sweep_batch(
    office: Office, connection: Connection, now: datetime, limit: int = BATCH, *, free: bool = True
) -> Swept:
    """Handle up to `limit` due tasks in the caller's transaction: those that nobody holds, if `free`."""
    tasks = store.due_tasks(connection, now, limit, free=free)
    swept = Swept(tasks=len(tasks))
    for name in dict.fromkeys(task.instance for task in tasks):
        instance = office.instance(connection, name)
        some = [task for task in tasks if task.instance == name]
        _sweep_instance(office, connection, instance, some, now, swept)
    return swept


# What a task's rungs depend on, besides its plan and its calendar: the thousand tasks of a stage mostly agree in it.
_what_counts = attrgetter(
    "stage", "state", "opened_at", "named", "last_day", "from_on", "approximate", "provisional", "submitted_at",
    "returned_at", "swept_at", "opens_at",
)  # fmt: skip


def _sweep_instance(
    office: Office, connection: Connection, instance: InstanceRow, tasks: Sequence[TaskRow], now: datetime, swept: Swept
) -> None:
    blueprint = office.blueprint(connection, instance)
    register, almanac = Register(connection, instance.directory), office.almanac(connection)
    register.expect(task.unit for task in tasks)
    waiting = [task for task in tasks if task.state == State.WAITING]
    still = _open_periods(office, connection, instance, waiting, now)
    swept.opened += len(waiting) - len(still)
    rows: list[dict[str, Any]] = []
    marks: list[tuple[TaskRow, datetime | None]] = []
    alike: dict[tuple[Any, ...], list[TaskRow]] = defaultdict(list)
    for task in (*still, *(task for task in tasks if task.state != State.WAITING)):
        if task.state in HALTED:
            marks.append((task, None))
        else:
            alike[(almanac.of(blueprint.calendar_name, register, task.unit), *_what_counts(task))].append(task)
    for (calendar, *_same), some in alike.items():
        first = some[0]
        due, following = agenda(rungs_now(blueprint, first), timeline(blueprint, first), calendar, first.swept_at, now)
        for item in due:
            dropped = "before-opening" if is_too_early(item.rung, item.at, first, calendar) else None
            rows += decisions_about(item.rung, item.occurrence, item.at, blueprint, some, register, dropped)
        again = _next_look(first, following, now)
        marks += [(task, again) for task in some]
    swept.deferred += _put_off(rows, now, almanac.national)
    outbox.add_decisions(connection, rows)
    store.mark_swept(connection, marks, now)
    swept.decisions += len(rows)


def _put_off(rows: Sequence[dict[str, Any]], now: datetime, calendar: Calendar) -> int:
    """Outside working hours what is to be told waits for the next ones; how many decisions do."""
    if calendar.is_office_time(now):
        return 0
    until = calendar.next_office_time(now)
    for row in rows:
        row["deferred_to"] = until if row["outcome"] == "pending" else None
    return sum(row["outcome"] == "pending" for row in rows)


def rungs_now(blueprint: Blueprint, task: TaskRow) -> tuple[Rung, ...]:
    """The rungs that count for a task as it stands: while it waits, only those that ask for its day."""
    rungs = rungs_of(blueprint, task.stage)
    return _asking(rungs) if task.state == State.WAITING else rungs


@lru_cache(maxsize=256)
def _asking(rungs: tuple[Rung, ...]) -> tuple[Rung, ...]:
    return tuple(rung for rung in rungs if rung.condition == "not-fixed")


def _next_look(task: TaskRow, following: datetime | None, now: datetime) -> datetime | None:
    """When the sweep comes back to a task: with its next rung, or when its period begins."""
    if task.state in FINAL:
        return None
    period = task.opens_at if task.state == State.WAITING and task.opens_at and task.opens_at > now else None
    return min(filter(None, (following, period)), default=None)


def _open_periods(
    office: Office, connection: Connection, instance: InstanceRow, tasks: Sequence[TaskRow], now: datetime
) -> list[TaskRow]:
    """Tasks whose period began open, unless they wait for more; those that still wait."""
    settling = Settling(office, connection, instance, Act(SYSTEM, now, now))
    return [task for task in settling.open_by(tasks) if task.state == State.WAITING]


def decisions_for(
    rung: Rung,
    occurrence: int,
    at: datetime,
    blueprint: Blueprint,
    task: TaskRow,
    register: Register,
    dropped: str | None = None,
) -> list[dict[str, Any]]:
    """One row for each recipient of a rung; `dropped` is the reason that ends them at once."""
    return decisions_about(rung, occurrence, at, blueprint, [task], register, dropped)


def decisions_about(
    rung: Rung,
    occurrence: int,
    at: datetime,
    blueprint: Blueprint,
    tasks: Iterable[TaskRow],
    register: Register,
    dropped: str | None = None,
) -> list[dict[str, Any]]:
    """The same for many tasks."""
    day = local_date(at)
    shared = {
        "rung": rung.id, "occurrence": occurrence, "severity": rung.severity, "template": rung.template,
        "urgent": rung.urgent, "held": rung.release == "sign", "due_at": at, **_outcome(dropped),
    }  # fmt: skip
    rows = []
    for task in tasks:
        found, end = recipients(rung, blueprint, task, register, day), {}
        if not found and rung.severity > 1 and is_top(blueprint, task, register):
            found, end = {task.unit: "responsible"}, _outcome("nobody-above")
        for recipient, role in found.items():
            whose = {
                "task_id": task.id,
                "deadline_version": task.deadline_version,
                "recipient": recipient,
                "role": role,
            }
            rows.append({**shared, **whose, **end})
    return rows


def _outcome(dropped: str | None) -> dict[str, Any]:
    reason = REASONS[dropped] if dropped else None
    return {"outcome": reason.outcome if reason else "pending", "reason": reason.text if reason else None}


def next_morning(now: datetime, calendar: Calendar) -> datetime:
    """The opening of the next working day after this one."""
    return calendar.opening_of(calendar.next_working(local_date(now, calendar.zone) + timedelta(days=1)))
