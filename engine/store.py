"""Every query, named by what it is for. Plain Core statements over the tables."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)  # fmt: skip

from engine.almanac import AnnouncedDay, Scope
from engine.rows import InstanceRow, TallyRow, TaskRow
from engine.states import FINAL
from engine.tables import (
    Answer,
    CalendarDay,
    Entry,
    Heartbeat,
    Instance,
    Person,
    Snapshot,
    Tally,
    Task,
    Unit,
)  # fmt: skip

CHUNK = 500


def table(model: Any) -> Table:
    found: Table = model.__table__
    return found


TASK, ENTRY, TALLY, INSTANCE = map(table, (Task, Entry, Tally, Instance))
UNIT, PERSON, SNAPSHOT, ANSWER, HEARTBEAT = map(table, (Unit, Person, Snapshot, Answer, Heartbeat))
CALENDAR_DAY = table(CalendarDay)

_TASK_COLUMNS = [TASK.c[name] for name in TaskRow._fields[:-1]]


def chunks(items: Sequence[Any], size: int = CHUNK) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def insert_new(connection: Connection, target: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows whose keys are not there yet; both databases spell it alike."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_or_skip
    else:
        from sqlalchemy.dialects.sqlite import insert as insert_or_skip  # type: ignore[assignment]
    connection.execute(insert_or_skip(target).on_conflict_do_nothing(), [dict(row) for row in rows])


# --- instances, snapshots, units ---------------------------------------------------------------------------------


def find_instance(connection: Connection, name: str) -> InstanceRow | None:
    columns = [INSTANCE.c[field] for field in InstanceRow._fields]
    row = connection.execute(select(*columns).where(INSTANCE.c.name == name)).first()
    return InstanceRow._make(row) if row else None


def instances(connection: Connection) -> list[InstanceRow]:
    columns = [INSTANCE.c[field] for field in InstanceRow._fields]
    return [InstanceRow._make(row) for row in connection.execute(select(*columns).order_by(INSTANCE.c.id))]


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


def unit_facts(connection: Connection, directory: str, units: Iterable[str] | None = None) -> dict[str, str]:
    """unit → its facts as JSON; of all units where none are named."""
    query = select(UNIT.c.unit, UNIT.c.facts).where(UNIT.c.directory == directory)
    if units is None:
        return {row.unit: row.facts for row in connection.execute(query)}
    found: dict[str, str] = {}
    for some in chunks(sorted(set(units))):
        found.update((row.unit, row.facts) for row in connection.execute(query.where(UNIT.c.unit.in_(some))))
    return found


def directories(connection: Connection) -> list[str]:
    return list(connection.execute(select(UNIT.c.directory).distinct().order_by(UNIT.c.directory)).scalars())


def add_people(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    insert_new(connection, PERSON, rows)


def replace_people(connection: Connection, directory: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """The people a directory file names now, each with the token it had; a file that names none changes nothing."""
    if rows:
        tokens = {row.user: row.token for row in people(connection, directory)}
        connection.execute(delete(PERSON).where(PERSON.c.directory == directory))
        insert_new(connection, PERSON, [{**row, "token": tokens.get(row["user"])} for row in rows])


def forget_people(connection: Connection) -> None:
    connection.execute(delete(PERSON))


def people(connection: Connection, directory: str) -> list[Any]:
    """Who may act in this directory, a row for each unit."""
    return list(connection.execute(select(PERSON).where(PERSON.c.directory == directory)))


def user_of(connection: Connection, token: str) -> str | None:
    """Whom a token's digest belongs to."""
    return connection.execute(select(PERSON.c.user).where(PERSON.c.token == token).limit(1)).scalar()


def set_token(connection: Connection, directory: str, user: str, token: str | None) -> bool:
    """False where the directory names nobody so."""
    who = and_(PERSON.c.directory == directory, PERSON.c.user == user)
    return bool(connection.execute(update(PERSON).where(who).values(token=token)).rowcount)


def add_answer(connection: Connection, instance_id: int, question: str, text: str) -> None:
    key = and_(ANSWER.c.instance_id == instance_id, ANSWER.c.question == question)
    if not connection.execute(update(ANSWER).where(key).values(text=text)).rowcount:
        connection.execute(insert(ANSWER).values(instance_id=instance_id, question=question, text=text))


def answers(connection: Connection, instance_id: int) -> dict[str, str]:
    rows = connection.execute(select(ANSWER.c.question, ANSWER.c.text).where(ANSWER.c.instance_id == instance_id))
    return {row.question: row.text for row in rows}


# --- announced days ----------------------------------------------------------------------------------------------


def newest_calendar_day(connection: Connection) -> int:
    """What tells whether days were announced since one last looked; 0 where none ever were."""
    return connection.execute(select(func.max(CALENDAR_DAY.c.id))).scalar() or 0


def calendar_days(connection: Connection) -> list[AnnouncedDay]:
    """Every announced day, in the order they were loaded."""
    columns = [CALENDAR_DAY.c[name] for name in (*Scope._fields, "day", "works", "source")]
    rows = connection.execute(select(*columns).order_by(CALENDAR_DAY.c.id))
    return [AnnouncedDay(Scope(*row[:4]), *row[4:]) for row in rows]


def add_calendar_days(connection: Connection, days: Sequence[AnnouncedDay]) -> None:
    if days:
        rows = [{**item.scope._asdict(), "day": item.day, "works": item.works, "source": item.source} for item in days]
        connection.execute(insert(CALENDAR_DAY), rows)


# --- tasks -------------------------------------------------------------------------------------------------------


def task_query() -> Select[Any]:
    """Tasks with their instance's name; narrow it with `where`."""
    joined = TASK.join(INSTANCE, TASK.c.instance_id == INSTANCE.c.id)
    return select(*_TASK_COLUMNS, INSTANCE.c.name.label("instance")).select_from(joined)


def tasks(connection: Connection, *conditions: ColumnElement[bool]) -> list[TaskRow]:
    query = task_query().where(*conditions).order_by(TASK.c.id)
    return [TaskRow._make(row) for row in connection.execute(query)]


def first_unfinished(connection: Connection, instance_id: int) -> TaskRow | None:
    unfinished = and_(TASK.c.instance_id == instance_id, TASK.c.state.not_in(FINAL))
    row = connection.execute(task_query().where(unfinished).order_by(TASK.c.id).limit(1)).first()
    return TaskRow._make(row) if row else None


def tasks_by_id(connection: Connection, ids: Iterable[int]) -> dict[int, TaskRow]:
    found: dict[int, TaskRow] = {}
    for some in chunks(sorted(set(ids))):
        found.update((task.id, task) for task in tasks(connection, TASK.c.id.in_(some)))
    return found


def stage_tasks(
    connection: Connection,
    instance_id: int,
    stage: str,
    *,
    state: str | None = None,
    units: Iterable[str] | None = None,
) -> list[TaskRow]:
    """The tasks of one stage, in all its periods."""
    conditions = [TASK.c.instance_id == instance_id, TASK.c.stage == stage]
    if state is not None:
        conditions.append(TASK.c.state == state)
    if units is None:
        return tasks(connection, *conditions)
    return [task for some in chunks(sorted(units)) for task in tasks(connection, *conditions, TASK.c.unit.in_(some))]


def add_tasks(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(insert(TASK), [dict(row) for row in rows])


def update_tasks(connection: Connection, changes: Sequence[tuple[TaskRow, Mapping[str, Any]]]) -> bool:
    """Compare-and-set on the version; False where any task was changed by somebody else."""
    counted = 0
    for names, group in groupby(changes, key=lambda item: tuple(item[1])):
        values = {name: bindparam(f"new_{name}", type_=TASK.c[name].type) for name in names}
        statement = (
            update(TASK)
            .where(TASK.c.id == bindparam("key"), TASK.c.version == bindparam("seen"))
            .values(version=TASK.c.version + 1, **values)
        )
        rows = [
            {"key": task.id, "seen": task.version} | {f"new_{name}": value for name, value in new.items()}
            for task, new in group
        ]
        counted += connection.execute(statement, rows).rowcount
    return counted == len(changes)


def due_tasks(connection: Connection, now: datetime, limit: int) -> list[TaskRow]:
    """The open tasks something falls due for, the oldest first: one index scan."""
    query = task_query().where(TASK.c.next_action_at <= now).order_by(TASK.c.next_action_at, TASK.c.id).limit(limit)
    return [TaskRow._make(row) for row in connection.execute(query)]


def next_action_at(connection: Connection) -> datetime | None:
    """When something next falls due for any task."""
    return connection.execute(select(func.min(TASK.c.next_action_at))).scalar()


def mark_swept(connection: Connection, rows: Sequence[tuple[TaskRow, datetime | None]], now: datetime) -> None:
    statement = (
        update(TASK)
        .where(TASK.c.id == bindparam("key"), TASK.c.version == bindparam("seen"))
        .values(swept_at=bindparam("now", type_=TASK.c.swept_at.type),
                next_action_at=bindparam("next", type_=TASK.c.next_action_at.type))
    )  # fmt: skip
    if rows:
        connection.execute(statement, [
            {"key": task.id, "seen": task.version, "now": now, "next": next_at} for task, next_at in rows
        ])  # fmt: skip


# --- tallies -----------------------------------------------------------------------------------------------------


def add_tallies(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(insert(TALLY), [dict(row) for row in rows])


def tallies(connection: Connection, instance_id: int, stages: Iterable[str] | None = None) -> list[TallyRow]:
    query = select(*[TALLY.c[name] for name in TallyRow._fields]).where(TALLY.c.instance_id == instance_id)
    if stages is not None:
        query = query.where(TALLY.c.stage.in_(list(stages)))
    return [TallyRow._make(row) for row in connection.execute(query)]


def count_on(connection: Connection, instance_id: int, key: tuple[str, str, str], done: int, dropped: int) -> None:
    """Move a stage's counters; relative, so that two writers never lose a count."""
    stage, period, scope = key
    connection.execute(
        update(TALLY)
        .where(TALLY.c.instance_id == instance_id, TALLY.c.stage == stage, TALLY.c.period == period,
               TALLY.c.scope == scope)
        .values(done=TALLY.c.done + done, dropped=TALLY.c.dropped + dropped)
    )  # fmt: skip


def set_reached(connection: Connection, tally_id: int, reached_at: datetime | None) -> None:
    connection.execute(update(TALLY).where(TALLY.c.id == tally_id).values(reached_at=reached_at))


# --- entries -----------------------------------------------------------------------------------------------------


def add_entries(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(insert(ENTRY), [dict(row) for row in rows])


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


def last_beat(connection: Connection, name: str) -> datetime | None:
    return connection.execute(select(HEARTBEAT.c.at).where(HEARTBEAT.c.name == name)).scalar()


def beat(connection: Connection, name: str, at: datetime) -> None:
    if not connection.execute(update(HEARTBEAT).where(HEARTBEAT.c.name == name).values(at=at)).rowcount:
        insert_new(connection, HEARTBEAT, [{"name": name, "at": at}])
