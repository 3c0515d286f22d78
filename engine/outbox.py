"""Every query about decisions and messages: what is to be said, to whom, and what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, insert, or_, select, update

from engine.rows import DecisionRow
from engine.store import chunks, insert_new, table
from engine.tables import Decision, Message

DECISION, MESSAGE = table(Decision), table(Message)
_DECISION_COLUMNS = [DECISION.c[name] for name in DecisionRow._fields]


def add_decisions(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Made at most once, by the unique key: what is there already stays as it is."""
    insert_new(connection, DECISION, rows)


def ready_decisions(connection: Connection, now: datetime) -> list[DecisionRow]:
    """Pending decisions that fell due and are not put off."""
    put_off = and_(DECISION.c.deferred_to.is_not(None), DECISION.c.deferred_to > now)
    query = select(*_DECISION_COLUMNS).where(DECISION.c.outcome == "pending", DECISION.c.due_at <= now, ~put_off)
    return [DecisionRow._make(row) for row in connection.execute(query.order_by(DECISION.c.id))]


def defer_decisions(connection: Connection, ids: Sequence[int], until: datetime) -> None:
    for some in chunks(ids):
        connection.execute(update(DECISION).where(DECISION.c.id.in_(some)).values(deferred_to=until))


def end_decisions(connection: Connection, ids: Sequence[int], outcome: str, reason: str) -> None:
    for some in chunks(ids):
        connection.execute(
            update(DECISION).where(DECISION.c.id.in_(some)).values(outcome=outcome, reason=reason)
        )  # fmt: skip


def reopen_decisions(connection: Connection, ids: Sequence[int]) -> None:
    """An undone entry ended these for nothing."""
    connection.execute(
        update(DECISION).where(DECISION.c.id.in_(ids)).values(outcome="pending", reason=None, deferred_to=None)
    )  # fmt: skip


def end_decisions_of(connection: Connection, message_id: int, outcome: str, reason: str) -> None:
    where = and_(DECISION.c.message_id == message_id, DECISION.c.outcome == "composed")
    connection.execute(update(DECISION).where(where).values(outcome=outcome, reason=reason))


def reopen_message_decisions(connection: Connection, message_id: int) -> None:
    """The message goes out after all."""
    connection.execute(
        update(DECISION).where(DECISION.c.message_id == message_id).values(outcome="composed", reason=None)
    )  # fmt: skip


def compose_decisions(connection: Connection, pairs: Sequence[tuple[int, int]]) -> None:
    """(decision, message): the decision is told of in the message."""
    statement = (
        update(DECISION)
        .where(DECISION.c.id == bindparam("key"))
        .values(outcome="composed", message_id=bindparam("message"))
    )
    if pairs:
        connection.execute(statement, [{"key": key, "message": message} for key, message in pairs])


def decisions(connection: Connection, *conditions: ColumnElement[bool]) -> list[DecisionRow]:
    query = select(*_DECISION_COLUMNS).where(*conditions).order_by(DECISION.c.id)
    return [DecisionRow._make(row) for row in connection.execute(query)]


def decisions_of_messages(connection: Connection, message_ids: Iterable[int]) -> dict[int, list[DecisionRow]]:
    found: dict[int, list[DecisionRow]] = {}
    for some in chunks(sorted(set(message_ids))):
        for row in decisions(connection, DECISION.c.message_id.in_(some)):
            found.setdefault(row.message_id or 0, []).append(row)
    return found


def last_occurrence(connection: Connection, task_id: int, rung: str) -> int:
    """How often a rung was raised for a task."""
    query = select(func.max(DECISION.c.occurrence)).where(DECISION.c.task_id == task_id, DECISION.c.rung == rung)
    return connection.execute(query).scalar() or 0


def messages_of_day(connection: Connection, channel: str, day: date) -> set[tuple[str, bool, bool]]:
    """(recipient, urgent, held) of the messages of an office day: there is one of each at most."""
    query = select(MESSAGE.c.recipient, MESSAGE.c.urgent, MESSAGE.c.held)
    rows = connection.execute(query.where(MESSAGE.c.channel == channel, MESSAGE.c.office_date == day))
    return {tuple(row) for row in rows}


def add_messages(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The new messages' ids by their Message-ID."""
    found: dict[str, int] = {}
    for some in chunks(rows):
        connection.execute(insert(MESSAGE), [dict(row) for row in some])
        names = [row["message_id"] for row in some]
        query = select(MESSAGE.c.message_id, MESSAGE.c.id).where(MESSAGE.c.message_id.in_(names))
        found.update((row.message_id, row.id) for row in connection.execute(query))
    return found


def pending_messages(connection: Connection, now: datetime) -> list[Any]:
    waits = or_(MESSAGE.c.next_attempt_at.is_(None), MESSAGE.c.next_attempt_at <= now)
    query = select(MESSAGE).where(MESSAGE.c.status == "pending", waits)
    return list(connection.execute(query.order_by(MESSAGE.c.severity.desc(), MESSAGE.c.id)))


def messages(connection: Connection, *conditions: ColumnElement[bool]) -> list[Any]:
    return list(connection.execute(select(MESSAGE).where(*conditions).order_by(MESSAGE.c.id)))


def send_all(connection: Connection, now: datetime, reason: str) -> int:
    """Everything pending as sent; for an office on paper, whose letterbox never fails. How many there were."""
    pending = MESSAGE.c.status == "pending"
    ours = select(MESSAGE.c.id).where(pending)
    connection.execute(
        update(DECISION)
        .where(DECISION.c.message_id.in_(ours), DECISION.c.outcome == "composed")
        .values(outcome="sent", reason=reason)
    )
    return connection.execute(update(MESSAGE).where(pending).values(status="sent", sent_at=now, attempts=1)).rowcount


def next_decision_at(connection: Connection) -> datetime | None:
    """When the next pending decision is to be released; the past where one waits already."""
    moment = func.min(func.coalesce(DECISION.c.deferred_to, DECISION.c.due_at), type_=DECISION.c.due_at.type)
    return connection.execute(select(moment).where(DECISION.c.outcome == "pending")).scalar()


def update_message(connection: Connection, message_id: int, *, while_status: str, **values: Any) -> bool:
    """Compare-and-set on the status; False where another process was faster."""
    where = and_(MESSAGE.c.id == message_id, MESSAGE.c.status == while_status)
    return bool(connection.execute(update(MESSAGE).where(where).values(**values)).rowcount)
