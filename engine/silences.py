"""Silences: quiet about a task until a moment. What was kept back speaks again when it ends, the highest rung only."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, select, update

from engine.clock import local_date
from engine.outbox import DECISION, decisions, reopen_decisions
from engine.rows import DecisionRow, SilenceRow
from engine.store import chunks, table
from engine.tables import Silence

SILENCE = table(Silence)
_COLUMNS = [SILENCE.c[name] for name in SilenceRow._fields]


def last_quiet_day(until: datetime, zone: str) -> date:
    """The office day at whose end a silence is over."""
    return local_date(until, zone) - timedelta(days=1)


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    connection.execute(insert(SILENCE), [dict(row) for row in rows])


def in_force(connection: Connection, now: datetime, task_ids: Iterable[int] | None = None) -> dict[int, SilenceRow]:
    """task → the silence that lasts longest; of all tasks where none are named."""
    query = select(*_COLUMNS).where(SILENCE.c.ended_at.is_(None), SILENCE.c.until > now).order_by(SILENCE.c.until)
    found: dict[int, SilenceRow] = {}
    parts = [None] if task_ids is None else chunks(sorted(set(task_ids)))
    for some in parts:
        narrowed = query if some is None else query.where(SILENCE.c.task_id.in_(some))
        found.update((row.task_id, SilenceRow._make(row)) for row in connection.execute(narrowed))
    return found


def by_id(connection: Connection, ids: Iterable[int]) -> dict[int, SilenceRow]:
    found: dict[int, SilenceRow] = {}
    for some in chunks(sorted(set(ids))):
        rows = connection.execute(select(*_COLUMNS).where(SILENCE.c.id.in_(some)))
        found.update((row.id, SilenceRow._make(row)) for row in rows)
    return found


def lift(connection: Connection, task_ids: Iterable[int], now: datetime) -> int:
    """End the silences about these tasks now; how many there were. The next tick lets the tasks speak."""
    lifted = 0
    for some in chunks(sorted(set(task_ids))):
        lasting = and_(SILENCE.c.task_id.in_(some), SILENCE.c.ended_at.is_(None), SILENCE.c.until > now)
        lifted += connection.execute(update(SILENCE).where(lasting).values(until=now)).rowcount
    return lifted


def keep_back(connection: Connection, pairs: Sequence[tuple[int, int]]) -> None:
    """(decision, silence): which silence ended a decision."""
    statement = update(DECISION).where(DECISION.c.id == bindparam("key")).values(silence_id=bindparam("silence"))
    if pairs:
        connection.execute(statement, [{"key": key, "silence": silence} for key, silence in pairs])


def end_due(connection: Connection, now: datetime) -> None:
    """End what has run out: of each task and recipient the highest rung kept back is to be decided again."""
    query = select(*_COLUMNS).where(SILENCE.c.ended_at.is_(None), SILENCE.c.until <= now)
    ended = [SilenceRow._make(row) for row in connection.execute(query)]
    still = in_force(connection, now, [row.task_id for row in ended])
    for some in chunks([row.id for row in ended]):
        kept = _highest(decisions(connection, DECISION.c.silence_id.in_(some), DECISION.c.outcome == "silenced"))
        keep_back(connection, [(row.id, still[row.task_id].id) for row in kept if row.task_id in still])
        reopen_decisions(connection, [row.id for row in kept if row.task_id not in still])
        connection.execute(update(SILENCE).where(SILENCE.c.id.in_(some)).values(ended_at=now))


def _highest(kept: Iterable[DecisionRow]) -> list[DecisionRow]:
    best: dict[tuple[int, str], DecisionRow] = {}
    for row in sorted(kept, key=lambda row: (row.severity, row.due_at)):
        best[row.task_id, row.recipient] = row
    return list(best.values())
