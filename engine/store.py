"""Every query, named by what it is for. Plain Core statements over the tables."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    Table,
    and_,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    update,
)  # fmt: skip

from engine.prepared import Among, Prepared, as_it_comes, insert_rows
from engine.rows import InstanceRow, TaskRow
from engine.tables import (
    Answer,
    Entry,
    Heartbeat,
    Instance,
    Snapshot,
    StandIn,
    Task,
    Unit,
    columns,
)  # fmt: skip

CHUNK = 500
UNFINISHED: ColumnElement[bool] = literal_column(columns.UNFINISHED)


def table(model: Any) -> Table:
    found: Table = model.__table__
    return found


TASK, ENTRY, INSTANCE, STAND_IN = map(table, (Task, Entry, Instance, StandIn))
UNIT, SNAPSHOT, ANSWER, HEARTBEAT = map(table, (Unit, Snapshot, Answer, Heartbeat))

_TASK_COLUMNS = [TASK.c[name] for name in TaskRow._fields[:-1]]


def chunks(items: Sequence[Any], size: int = CHUNK) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def insert_new(connection: Connection, target: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows whose keys are not there yet; both databases spell it alike."""
    if rows:
        _inserting_new(target, tuple(rows[0]), connection.dialect.name).run(connection, rows)


@cache
def _inserting_new(target: Table, columns: tuple[str, ...], dialect: str) -> Prepared:
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_or_skip
    else:
        from sqlalchemy.dialects.sqlite import insert as insert_or_skip  # type: ignore[assignment]
    return Prepared(insert_or_skip(target).on_conflict_do_nothing(), columns=columns)


# --- instances, snapshots, units ---------------------------------------------------------------------------------

# Made by the database, for there may be thousands of stand-ins; null for none.
_PLAYING = (
    select(func.aggregate_strings(
        cast(STAND_IN.c.id, String) + "|" + STAND_IN.c.stage + "|" + STAND_IN.c.role + "|" + STAND_IN.c.unit + "|"
        + STAND_IN.c.successor, literal_column("','"),  # type: ignore[arg-type]
    )).where(STAND_IN.c.instance_id == INSTANCE.c.id).correlate(INSTANCE).scalar_subquery()
)  # fmt: skip
_EVERY_INSTANCE = select(*[INSTANCE.c[name] for name in InstanceRow._fields[:-1]], _PLAYING.label("playing"))
_INSTANCES = Prepared(_EVERY_INSTANCE.order_by(INSTANCE.c.id), InstanceRow._make)
_BY_NAME = INSTANCE.c.name == bindparam("name")
_INSTANCE_NAMED = Prepared(_EVERY_INSTANCE.where(_BY_NAME), InstanceRow._make)

_HOLD_NAMED, _HOLD = (
    Prepared(select(INSTANCE.c.id).where(where).with_for_update(key_share=True))
    for where in (_BY_NAME, INSTANCE.c.id == bindparam("key"))
)


def find_instance(connection: Connection, name: str) -> InstanceRow | None:
    """In a person's transaction (`db.commanding`) nobody else changes the instance until its end."""
    held: set[str] | None = connection.get_execution_options().get("holding")
    if held is not None and name not in held:
        _HOLD_NAMED.all(connection, name=name)
        held.add(name)
    return _INSTANCE_NAMED.first(connection, name=name)


_INSTANCES_NAMED = Among(lambda names: _EVERY_INSTANCE.where(INSTANCE.c.name.in_(names)), InstanceRow._make)


def instances_named(connection: Connection, names: Iterable[str]) -> dict[str, InstanceRow]:
    """The same for many, of which none is held."""
    return {row.name: row for row in _INSTANCES_NAMED.all(connection, sorted(names))}


def hold_instance(connection: Connection, instance_id: int) -> None:
    """Wait until nobody else changes the instance, and keep it so to the transaction's end. SQLite has one writer."""
    options = connection.get_execution_options()
    if connection.dialect.name == "postgresql" and "holding" not in options and not options.get("reading"):
        _HOLD.all(connection, key=instance_id)


def instances(connection: Connection) -> list[InstanceRow]:
    return _INSTANCES.all(connection)


def add_snapshot(connection: Connection, sha256: str, content: str, source: str) -> None:
    insert_new(connection, SNAPSHOT, [{"sha256": sha256, "content": content, "source": source}])


def snapshot_content(connection: Connection, sha256: str) -> str:
    return str(connection.execute(select(SNAPSHOT.c.content).where(SNAPSHOT.c.sha256 == sha256)).scalar_one())


def add_instance(connection: Connection, row: Mapping[str, Any]) -> int:
    return int(connection.execute(insert(INSTANCE).values(**row)).inserted_primary_key[0])  # type: ignore[index]


def add_units(connection: Connection, directory: str, facts: Mapping[str, str]) -> None:
    """Units that are new to the register; known ones keep what was loaded for them."""
    rows = [{"directory": directory, "unit": unit, **_unit_columns(text)} for unit, text in facts.items()]
    insert_new(connection, UNIT, rows)


def _unit_columns(facts: str) -> dict[str, Any]:
    end = json.loads(facts).get("valid_to")
    return {"facts": facts, "valid_to": date.fromisoformat(end) if end else None}


def replace_unit(connection: Connection, directory: str, unit: str, facts: str) -> None:
    where = and_(UNIT.c.directory == directory, UNIT.c.unit == unit)
    if not connection.execute(update(UNIT).where(where).values(**_unit_columns(facts))).rowcount:
        add_units(connection, directory, {unit: facts})


_ALL_FACTS = select(UNIT.c.unit, UNIT.c.facts).where(UNIT.c.directory == bindparam("key"))
_EVERY_FACT = Prepared(_ALL_FACTS, tuple)
_FACTS = Among(lambda units: _ALL_FACTS.where(UNIT.c.unit.in_(units)), tuple)


def unit_facts(connection: Connection, directory: str, units: Iterable[str] | None = None) -> dict[str, str]:
    """unit → its facts as JSON; of all units where none are named."""
    if units is None:
        return dict(_EVERY_FACT.all(connection, key=directory))
    return dict(_FACTS.all(connection, sorted(set(units)), key=directory))


def directories(connection: Connection) -> list[str]:
    return list(connection.execute(select(UNIT.c.directory).distinct().order_by(UNIT.c.directory)).scalars())


def add_answer(connection: Connection, instance_id: int, question: str, text: str) -> None:
    key = and_(ANSWER.c.instance_id == instance_id, ANSWER.c.question == question)
    if not connection.execute(update(ANSWER).where(key).values(text=text)).rowcount:
        connection.execute(insert(ANSWER).values(instance_id=instance_id, question=question, text=text))


def answers(connection: Connection, instance_id: int) -> dict[str, str]:
    rows = connection.execute(select(ANSWER.c.question, ANSWER.c.text).where(ANSWER.c.instance_id == instance_id))
    return {row.question: row.text for row in rows}


# --- tasks -------------------------------------------------------------------------------------------------------


def task_query() -> Select[Any]:
    """Tasks with their instance's name; narrow it with `where`."""
    joined = TASK.join(INSTANCE, TASK.c.instance_id == INSTANCE.c.id)
    return select(*_TASK_COLUMNS, INSTANCE.c.name.label("instance")).select_from(joined)


_ID = itemgetter(0)
_EVERY_TASK = task_query()
_TASKS = Prepared(_EVERY_TASK, TaskRow._make)
_TASKS_AS_THEY_COME = task_query().with_only_columns(*map(as_it_comes, _EVERY_TASK.selected_columns))


def tasks(connection: Connection, *conditions: ColumnElement[bool]) -> list[TaskRow]:
    """In the order of their ids; sorted here, for a database asked to sort reads the whole table in that order."""
    found = connection.execute(_TASKS_AS_THEY_COME.where(*conditions))
    return sorted(_TASKS.made(connection, found.all()), key=_ID)


_OF_STAGE = [TASK.c[name] == bindparam(name) for name in ("instance_id", "stage")]
# One unit's are found by the index of units; for those of several SQLite looks through the stage.
_BY_UNIT = TASK.c.unit == bindparam("unit")
_TASKS_OF_UNIT = Prepared(_EVERY_TASK.where(*_OF_STAGE, _BY_UNIT).order_by(TASK.c.id), TaskRow._make)
_TASKS_OF_UNITS = Among(lambda units: _EVERY_TASK.where(*_OF_STAGE, TASK.c.unit.in_(units)), TaskRow._make)


def first_unfinished(connection: Connection, instance_id: int) -> TaskRow | None:
    unfinished = and_(TASK.c.instance_id == instance_id, UNFINISHED)
    row = connection.execute(task_query().where(unfinished).order_by(TASK.c.id).limit(1)).first()
    return TaskRow._make(row) if row else None


_TASKS_NUMBERED = Among(lambda ids: _EVERY_TASK.where(TASK.c.id.in_(ids)).order_by(TASK.c.id), TaskRow._make)


def tasks_by_id(connection: Connection, ids: Iterable[int]) -> dict[int, TaskRow]:
    return {task.id: task for task in _TASKS_NUMBERED.all(connection, sorted(set(ids)))}


def stage_tasks(
    connection: Connection,
    instance_id: int,
    stage: str,
    *,
    state: str | None = None,
    units: Iterable[str] | None = None,
) -> list[TaskRow]:
    """The tasks of one stage, in all its periods, in the order of their ids."""
    if units is None:
        conditions = [TASK.c.instance_id == instance_id, TASK.c.stage == stage]
        return tasks(connection, *conditions, *([TASK.c.state == state] if state is not None else []))
    where, names = {"instance_id": instance_id, "stage": stage}, sorted(set(units))
    if len(names) == 1:
        found = _TASKS_OF_UNIT.all(connection, unit=names[0], **where)
    else:
        found = _TASKS_OF_UNITS.all(connection, names, **where)
    return sorted((task for task in found if state in (None, task.state)), key=_ID)


def add_tasks(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    insert_rows(connection, TASK, rows)


def update_tasks(connection: Connection, changes: Sequence[tuple[TaskRow, Mapping[str, Any]]]) -> bool:
    """Compare-and-set on the version; False where any task was changed by somebody else."""
    counted = 0
    for names, group in groupby(changes, key=lambda item: tuple(item[1])):
        rows = [
            {"key": task.id, "seen": task.version} | {f"new_{name}": value for name, value in new.items()}
            for task, new in group
        ]
        counted += _updating(names).run(connection, rows)
    return counted == len(changes)


_AS_SEEN = and_(TASK.c.id == bindparam("key"), TASK.c.version == bindparam("seen"))


@cache
def _updating(names: tuple[str, ...]) -> Prepared:
    values = {name: bindparam(f"new_{name}", type_=TASK.c[name].type) for name in names}
    return Prepared(update(TASK).where(_AS_SEEN).values(version=TASK.c.version + literal_column("1"), **values))


_DUE_FIRST = (
    _EVERY_TASK.where(TASK.c.next_action_at <= bindparam("now"))
    .order_by(TASK.c.next_action_at).limit(bindparam("most"))
)  # fmt: skip
_DUE = Prepared(_DUE_FIRST.with_for_update(of=TASK, key_share=True), TaskRow._make)
_DUE_AND_FREE = Prepared(_DUE_FIRST.with_for_update(of=TASK, key_share=True, skip_locked=True), TaskRow._make)


def due_tasks(connection: Connection, now: datetime, limit: int, *, free: bool = False) -> list[TaskRow]:
    """The open tasks something falls due for, the oldest first: one index scan, which ends where the last is found.

    Of those that fall due at one instant the order is left to the index: to sort a morning's million for each batch
    would take seconds. They are held to the end.

    `free`: without those that somebody else holds just now.
    """
    return (_DUE_AND_FREE if free else _DUE).all(connection, now=now, most=limit)


def next_action_at(connection: Connection) -> datetime | None:
    """When something next falls due for any task."""
    return connection.execute(select(func.min(TASK.c.next_action_at))).scalar()


_MARK = Prepared(
    update(TASK).where(_AS_SEEN).values(swept_at=bindparam("now"), next_action_at=bindparam("next"))
)  # fmt: skip


def mark_swept(connection: Connection, rows: Sequence[tuple[TaskRow, datetime | None]], now: datetime) -> None:
    if rows:
        _MARK.run(connection, [
            {"key": task.id, "seen": task.version, "now": now, "next": next_at} for task, next_at in rows
        ])  # fmt: skip


# --- entries -----------------------------------------------------------------------------------------------------


def add_entries(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    insert_rows(connection, ENTRY, rows)


def entries(connection: Connection, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Any]:
    """Log lines with their task's place, oldest first; the last `limit` of them."""
    joined = ENTRY.outerjoin(TASK, ENTRY.c.task_id == TASK.c.id)
    joined = joined.outerjoin(INSTANCE, ENTRY.c.instance_id == INSTANCE.c.id)
    query = select(ENTRY, TASK.c.stage, TASK.c.period, TASK.c.unit, INSTANCE.c.name.label("instance"))
    query = query.select_from(joined).where(*conditions).order_by(ENTRY.c.id.desc())
    return list(reversed(connection.execute(query.limit(limit) if limit else query).all()))


def find_entry(connection: Connection, entry_id: int) -> Any | None:
    return connection.execute(select(ENTRY).where(ENTRY.c.id == entry_id)).first()


def last_entry_id(connection: Connection, task_id: int, triggers: Iterable[str]) -> int | None:
    """The newest entry of a task among these triggers."""
    query = select(func.max(ENTRY.c.id)).where(ENTRY.c.task_id == task_id, ENTRY.c.trigger.in_(list(triggers)))
    return connection.execute(query).scalar()


# --- time --------------------------------------------------------------------------------------------------------


_BEAT = Prepared(select(HEARTBEAT.c.at).where(HEARTBEAT.c.name == bindparam("name")))


def last_beat(connection: Connection, name: str) -> datetime | None:
    found: datetime | None = _BEAT.value(connection, name=name)
    return found


def beat(connection: Connection, name: str, at: datetime) -> None:
    if not connection.execute(update(HEARTBEAT).where(HEARTBEAT.c.name == name).values(at=at)).rowcount:
        insert_new(connection, HEARTBEAT, [{"name": name, "at": at}])
