"""How an instance stands: counted by the database, judged once for all tasks that stand alike."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, literal_column, select

from engine import handins, store
from engine.calendar import Calendar
from engine.clock import local_date
from engine.office import Office, Register
from engine.plan.blueprint import Blueprint, needed
from engine.plan.directory import names_in
from engine.prepared import Prepared
from engine.reports.absences import absent_views
from engine.reports.handed_in import form_views, forms_of, quota_views
from engine.reports.scene import FOUR
from engine.rows import AlikeRow, InstanceRow, MissingRow
from engine.states import DROPPED, FINAL, RECEIVED, State
from engine.store import TASK, UNIT
from engine.timeliness import CELLS, Timeliness, standing

NEXT_DATES = 3
_CAME_LATE = (TASK.c.submitted_at >= TASK.c.overdue_at).label("came_late")
_COMMON = [*[TASK.c[name] for name in AlikeRow._fields[:8]], _CAME_LATE]
_ALIKE = Prepared(
    select(*_COMMON, func.min(TASK.c.id), func.min(TASK.c.submitted_at), func.count())
    .where(TASK.c.instance_id == bindparam("key")).group_by(*_COMMON),
    AlikeRow._make,
)  # fmt: skip
# What is still to come: what was handed in waits for its acceptance only.
_MISSES = TASK.c.state.in_([literal_column(f"'{state}'") for state in sorted(set(State) - FINAL - RECEIVED)])
_HALF_WAY = TASK.c.state == State.TRANSFERRING
_MISSING = Prepared(
    select(TASK.c.id, TASK.c.stage, TASK.c.period, TASK.c.unit, UNIT.c.facts)
    .select_from(TASK.outerjoin(UNIT, and_(UNIT.c.directory == bindparam("directory"), UNIT.c.unit == TASK.c.unit)))
    .where(TASK.c.instance_id == bindparam("key"), _MISSES),
    MissingRow._make,
)  # fmt: skip


def status_view(office: Office, connection: Connection, name: str, now: datetime) -> dict[str, Any]:
    """How an instance stands: the 2×2, its open questions, each stage with what is missing."""
    instance = office.instance(connection, name)
    blueprint = office.blueprint(connection, instance)
    alike = _ALIKE.all(connection, key=instance.id)
    missing = _MISSING.all(connection, key=instance.id, directory=instance.directory)
    calendar = office.almanac(connection).of(blueprint.calendar_name)
    cells = {some.first: _cell(some, blueprint, now, calendar) for some in alike}
    answered = store.answers(connection, instance.id)
    return {
        "instance": name, "plan": blueprint.plan.plan, "title": blueprint.plan.title,
        "number": blueprint.plan.document.number, "date": blueprint.plan.document.date,
        "date_inferred": blueprint.plan.document.issued is None,
        "source": blueprint.plan.document.source.kind, "closed_at": instance.closed_at,
        **_cells(alike, cells),
        "next_dates": _next_dates(blueprint, alike, local_date(now, office.zone)),
        "questions": [
            {"id": item.id, "clause": item.clause, "text": item.text, "about": list(item.about)}
            for item in blueprint.plan.questions if item.id not in answered
        ],
        "to_hand_over": [
            task.selector for task in store.tasks(connection, TASK.c.instance_id == instance.id, _HALF_WAY)
        ],
        "absent": absent_views(office, connection, instance, _unfinished(alike), now),
        "stages": _with_forms(connection, instance, blueprint, _stages(blueprint, alike, missing, cells)),
        "quotas": quota_views(connection, instance, blueprint),
        "prohibitions": [stage.name for stage in blueprint.stages.values() if stage.type == "prohibition"],
    }  # fmt: skip


def _unfinished(alike: Iterable[AlikeRow]) -> list[str]:
    rows = sorted(alike, key=lambda some: some.first)
    return list(dict.fromkeys(some.stage for some in rows if some.state not in FINAL))


def _cell(some: AlikeRow, blueprint: Blueprint, now: datetime, calendar: Calendar) -> str:
    """The cell of the 2×2, or `undated`; empty for what is not counted."""
    found = standing(some, blueprint.plan.stages[some.stage], now, calendar).timeliness
    return "" if found is Timeliness.ONGOING or some.state in DROPPED else CELLS[found]


def _cells(alike: Iterable[AlikeRow], cells: Mapping[int, str]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for some in alike:
        counted[cells[some.first]] += some.tasks
    return {cell: counted[cell] for cell in (*FOUR, "undated")}


def _next_dates(blueprint: Blueprint, alike: Iterable[AlikeRow], today: date) -> list[dict[str, Any]]:
    """The first days from today on by which something still owed is due, with what and how much of it."""
    found: Counter[tuple[date, int, str, str]] = Counter()
    firsts: dict[tuple[str, str], int] = {}
    for some in sorted(alike, key=lambda some: some.first):
        place = firsts.setdefault((some.stage, some.period), some.first)
        if some.state not in FINAL and some.last_day and some.last_day >= today:
            found[some.last_day, place, some.stage, some.period] += some.tasks
    return [
        {"date": day, "stage": stage, "period": period or None, "name": blueprint.plan.stages[stage].name,
         "tasks": found[day, place, stage, period]}
        for day, place, stage, period in sorted(found)[:NEXT_DATES]
    ]  # fmt: skip


def _stages(
    blueprint: Blueprint, alike: Iterable[AlikeRow], missing: Iterable[MissingRow], cells: Mapping[int, str]
) -> list[dict[str, Any]]:
    by_stage: dict[tuple[str, str], list[AlikeRow]] = defaultdict(list)
    for some in sorted(alike, key=lambda some: some.first):
        by_stage[some.stage, some.period].append(some)
    lacking: dict[tuple[str, str], list[MissingRow]] = defaultdict(list)
    for row in sorted(missing):
        lacking[row.stage, row.period].append(row)
    return [
        {**_stage(blueprint, stage, period, parts, lacking[stage, period]), **_cells(parts, cells)}
        for (stage, period), parts in by_stage.items()
        if stage not in blueprint.retired
    ]


def _stage(
    blueprint: Blueprint, stage: str, period: str, parts: Sequence[AlikeRow], missing: Sequence[MissingRow]
) -> dict[str, Any]:
    day = blueprint.plan.document.date
    counted = sum(some.tasks for some in parts if some.state not in DROPPED)
    return {
        "stage": stage, "period": period or None, "name": blueprint.plan.stages[stage].name,
        "tasks": sum(some.tasks for some in parts),
        "done": sum(some.tasks for some in parts if some.state == State.COMPLETED),
        "needed": needed(blueprint.plan.stages[stage].complete_when, counted),
        "received": sum(some.tasks for some in parts if some.state in RECEIVED), "active": counted, "forms": [],
        "missing": [row.unit for row in missing],
        "missing_names": _names(missing, day),
        "last_day": max((some.last_day for some in parts if some.last_day), default=None),
    }  # fmt: skip


def _with_forms(
    connection: Connection, instance: InstanceRow, blueprint: Blueprint, rows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Where a stage tells forms apart, what of each is missing: there the tasks themselves have to be looked at."""
    told_apart = [row for row in rows if forms_of(blueprint.plan.stages[row["stage"]])]
    if not told_apart:
        return rows
    arrived = handins.valid_in(connection, instance.id)
    register, day = Register(connection, instance.directory), blueprint.plan.document.date
    for row in told_apart:
        tasks = [task for task in store.stage_tasks(connection, instance.id, row["stage"])
                 if task.period == (row["period"] or "")]  # fmt: skip
        row["forms"] = form_views(blueprint.plan.stages[row["stage"]], tasks, arrived)
        register.load({unit for item in row["forms"] for unit in item["missing"]})
        for item in row["forms"]:
            item["missing_names"] = [register.name(unit, day) for unit in item["missing"]]
    return rows


def _names(missing: Sequence[MissingRow], day: date) -> list[str]:
    names = iter(names_in([row.facts for row in missing if row.facts], day))
    return [next(names) if row.facts else row.unit for row in missing]
