"""Every query about units that ended: what they leave behind, who stands in for them, where their tasks are counted."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from engine.outbox import DECISION
from engine.plan.stand_ins import RESPONSIBLE, StandIn
from engine.rows import TaskRow
from engine.states import FINAL, TO_HAND_OVER, State
from engine.store import INSTANCE, STAND_IN, TASK, UNIT, chunks, insert_new, tasks
from engine.tallies import TALLY

_COLUMNS = [STAND_IN.c[name] for name in StandIn._fields]
_OF_INSTANCE = select(*_COLUMNS).order_by(STAND_IN.c.id)


def of_instance(connection: Connection, instance_id: int) -> list[StandIn]:
    """In the order they came."""
    rows = connection.execute(_OF_INSTANCE.where(STAND_IN.c.instance_id == instance_id))
    return [StandIn._make(row) for row in rows]


def add_stand_ins(connection: Connection, instance_id: int, items: Iterable[StandIn], since: datetime) -> None:
    """Those that are not in force already; what was given back meanwhile is given again."""
    in_force: dict[StandIn, None] = {}
    for item in of_instance(connection, instance_id):
        in_force[item] = None
        in_force.pop(item._replace(unit=item.successor, successor=item.unit), None)
    fresh = [item for item in dict.fromkeys(items) if item not in in_force]
    if fresh:
        rows = [{"instance_id": instance_id, **item._asdict(), "since": since} for item in fresh]
        connection.execute(insert(STAND_IN), rows)


def forget_taking_over(connection: Connection, task: TaskRow, unit: str) -> None:
    """`unit` did not take over the task's stage after all, unless another of its tasks says so."""
    where = and_(TASK.c.instance_id == task.instance_id, TASK.c.stage == task.stage, TASK.c.unit == unit)
    if tasks(connection, where, TASK.c.taken_from == task.unit):
        return
    item = and_(STAND_IN.c.stage == task.stage, STAND_IN.c.unit == task.unit, STAND_IN.c.successor == unit)
    ours = and_(STAND_IN.c.instance_id == task.instance_id, STAND_IN.c.role == RESPONSIBLE)
    connection.execute(delete(STAND_IN).where(ours, item))


# --- what ended units leave behind -------------------------------------------------------------------------------


def left_behind(connection: Connection, today: date) -> list[TaskRow]:
    """The open tasks of units whose last day is over, in plans that run: from the few ended units by index."""
    ended: dict[str, list[str]] = {}
    rows = connection.execute(select(UNIT.c.directory, UNIT.c.unit).where(UNIT.c.valid_to < today))
    for directory, unit in rows:
        ended.setdefault(directory, []).append(unit)
    found = [
        task for directory, units in ended.items()
        for task in tasks_of(connection, directory, units, TASK.c.state.in_(TO_HAND_OVER))
    ]  # fmt: skip
    return sorted(found)


def wrongly_given_up(connection: Connection, directory: str, units: Iterable[str], today: date) -> list[TaskRow]:
    """The tasks that wait for a successor though their unit is there: its last day was corrected."""
    there = select(UNIT.c.unit).where(
        UNIT.c.directory == directory, UNIT.c.unit.in_(list(units)),
        or_(UNIT.c.valid_to.is_(None), UNIT.c.valid_to >= today),
    )  # fmt: skip
    names = list(connection.execute(there).scalars())
    return sorted(tasks_of(connection, directory, names, TASK.c.state == State.TRANSFERRING))


def open_stages(connection: Connection, instance_id: int) -> tuple[list[str], int]:
    """The stages of an instance that are not finished, and how many tasks wait for a successor."""
    query = select(TASK.c.stage, TASK.c.state, func.count()).group_by(TASK.c.stage, TASK.c.state)
    where = and_(TASK.c.instance_id == instance_id, TASK.c.state.not_in(FINAL))
    rows = [tuple(row) for row in connection.execute(query.where(where).order_by(func.min(TASK.c.id)))]
    waiting = sum(number for _stage, state, number in rows if state == State.TRANSFERRING)
    return list(dict.fromkeys(stage for stage, _state, _number in rows)), waiting


def next_unit_end(connection: Connection, after: date) -> date | None:
    """The next last day of any unit, from a day on."""
    return connection.execute(select(func.min(UNIT.c.valid_to)).where(UNIT.c.valid_to >= after)).scalar()


def occurrences(connection: Connection, rung: str, task_ids: Sequence[int]) -> dict[int, int]:
    """task → how often a rung was raised for it; those for which it never was are not in it."""
    found: dict[int, int] = {}
    query = select(DECISION.c.task_id, func.max(DECISION.c.occurrence)).where(DECISION.c.rung == rung)
    for some in chunks(task_ids):
        found.update(
            map(tuple, connection.execute(query.where(DECISION.c.task_id.in_(some)).group_by(DECISION.c.task_id)))
        )
    return found


def pending_about(connection: Connection, task_ids: Sequence[int]) -> list[int]:
    """The decisions about these tasks that have not ended."""
    found: list[int] = []
    for some in chunks(task_ids):
        query = select(DECISION.c.id).where(DECISION.c.task_id.in_(some), DECISION.c.outcome == "pending")
        found += connection.execute(query).scalars()
    return found


# --- where tasks are counted -------------------------------------------------------------------------------------


def tasks_of(
    connection: Connection, directory: str, units: Sequence[str], *conditions: ColumnElement[bool]
) -> list[TaskRow]:
    """The tasks of some units in the plans that run by a directory."""
    ours = and_(INSTANCE.c.directory == directory, INSTANCE.c.closed_at.is_(None))
    return [task for some in chunks(units) for task in tasks(connection, ours, TASK.c.unit.in_(some), *conditions)]


def slots(connection: Connection, instance_id: int, stages: Sequence[str], units: Sequence[str]) -> list[TaskRow]:
    """The tasks that some units have in some stages of an instance."""
    ours = and_(TASK.c.instance_id == instance_id, TASK.c.stage.in_(stages))
    return [task for some in chunks(units) for task in tasks(connection, ours, TASK.c.unit.in_(some))]


def count_over(connection: Connection, instance_id: int, key: tuple[str, str, str], by: Mapping[str, int]) -> None:
    """Change the counters of a stage (its part under one superior) by so many, all at once; make them where missing."""
    stage, period, scope = key
    place = {"instance_id": instance_id, "stage": stage, "period": period, "scope": scope}
    insert_new(connection, TALLY, [{**place, "total": 0, "done": 0, "dropped": 0}])
    where = [TALLY.c[name] == value for name, value in place.items()]
    values: dict[str, Any] = {name: TALLY.c[name] + number for name, number in by.items()}
    connection.execute(update(TALLY).where(*where).values(**values))
