"""How an instance stands: counted by the database, judged once for all tasks that stand alike."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, String, bindparam, case, cast, func, literal_column, select

from engine import handins, store
from engine.calendar import Calendar
from engine.clock import local_date
from engine.office import Office
from engine.plan.blueprint import Blueprint, needed
from engine.plan.directory import names_in
from engine.prepared import Prepared
from engine.reports.absences import absent_views
from engine.reports.handed_in import form_views, forms_of, quota_views
from engine.reports.scene import FOUR
from engine.rows import AlikeRow, HandInRow, InstanceRow
from engine.states import DROPPED, FINAL, RECEIVED, State
from engine.store import TASK
from engine.timeliness import CELLS, Timeliness, standing

NEXT_DATES = 3
Parts = Mapping[int, Sequence[HandInRow]]  # task → what came of it so far
Missing = Mapping[int, tuple[str, str]]  # task → its unit and the unit's name
Place = tuple[str, str]  # stage, period
FEW = 1000  # units that are asked for one by one
_CAME_LATE = (TASK.c.submitted_at >= TASK.c.overdue_at).label("came_late")
_COMMON = [*[TASK.c[name] for name in AlikeRow._fields[:8]], _CAME_LATE]
# What is still to come: what was handed in waits for its acceptance only.
_MISSES = TASK.c.state.in_([literal_column(f"'{state}'") for state in sorted(set(State) - FINAL - RECEIVED)])
_MISSING = case((_MISSES, cast(TASK.c.id, String).concat(literal_column("' '")).concat(TASK.c.unit)))
_ALIKE = Prepared(
    select(
        *_COMMON, func.min(TASK.c.id), func.min(TASK.c.submitted_at), func.count(),
        func.aggregate_strings(_MISSING, literal_column("' '")),  # type: ignore[arg-type]
    ).where(TASK.c.instance_id == bindparam("key")).group_by(*_COMMON),
    AlikeRow._make,
)  # fmt: skip
_HALF_WAY = TASK.c.state == State.TRANSFERRING


def status_view(office: Office, connection: Connection, name: str, now: datetime) -> dict[str, Any]:
    """How an instance stands: the 2×2, its open questions, each stage with what is missing."""
    instance = office.instance(connection, name)
    blueprint = office.blueprint(connection, instance)
    alike = _ALIKE.all(connection, key=instance.id)
    missing = _missing(connection, instance, alike, blueprint.plan.document.date)
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
        ] if any(some.state == State.TRANSFERRING for some in alike) else [],
        "absent": absent_views(office, connection, instance, _unfinished(alike), now),
        "stages": _stages(blueprint, alike, missing, cells, _parts(connection, instance, blueprint)),
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


def _parts(connection: Connection, instance: InstanceRow, blueprint: Blueprint) -> Parts:
    """Asked for only where some stage tells forms apart."""
    told_apart = any(forms_of(stage) for stage in blueprint.stages.values())
    return handins.parts_in(connection, instance.id) if told_apart else {}


def _stages(
    blueprint: Blueprint,
    alike: Iterable[AlikeRow],
    missing: Mapping[Place, Missing],
    cells: Mapping[int, str],
    came: Parts,
) -> list[dict[str, Any]]:
    by_stage: dict[Place, list[AlikeRow]] = defaultdict(list)
    for some in sorted(alike, key=lambda some: some.first):
        by_stage[some.stage, some.period].append(some)
    return [
        {**_stage(blueprint, stage, period, parts, missing.get((stage, period), {}), came), **_cells(parts, cells)}
        for (stage, period), parts in by_stage.items()
        if stage not in blueprint.retired
    ]


def _stage(
    blueprint: Blueprint,
    stage: str,
    period: str,
    parts: Sequence[AlikeRow],
    missing: Missing,
    came: Parts,
) -> dict[str, Any]:
    counted = sum(some.tasks for some in parts if some.state not in DROPPED)
    return {
        "stage": stage, "period": period or None, "name": blueprint.plan.stages[stage].name,
        "tasks": sum(some.tasks for some in parts),
        "done": sum(some.tasks for some in parts if some.state == State.COMPLETED),
        "needed": needed(blueprint.plan.stages[stage].complete_when, counted),
        "received": sum(some.tasks for some in parts if some.state in RECEIVED), "active": counted,
        "forms": form_views(blueprint.plan.stages[stage], counted, missing, came),
        "missing": [unit for unit, _name in missing.values()],
        "missing_names": [name for _unit, name in missing.values()],
        "last_day": max((some.last_day for some in parts if some.last_day), default=None),
    }  # fmt: skip


def _missing(
    connection: Connection, instance: InstanceRow, alike: Iterable[AlikeRow], day: date
) -> dict[Place, Missing]:
    """What is still to come of each stage and period, with the units' names on a day."""
    found: dict[Place, dict[int, str]] = defaultdict(dict)
    for some in alike:
        found[some.stage, some.period].update(some.to_come)
    names = _names(connection, instance, set().union(*(units.values() for units in found.values())), day)
    return {
        place: {task: (unit, names.get(unit, unit)) for task, unit in sorted(units.items())}
        for place, units in found.items()
    }


def _names(connection: Connection, instance: InstanceRow, units: set[str], day: date) -> dict[str, str]:
    """unit → its name on a day; of very many the whole register is read, which is faster."""
    facts = store.unit_facts(connection, instance.directory, units if len(units) <= FEW else None)
    return dict(zip(facts, names_in(facts.values(), day), strict=True))
