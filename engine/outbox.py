"""Every query about decisions and messages: what is to be said, to whom, and what came of it."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Update, and_, bindparam, func, insert, or_, select, union_all, update

from engine.rows import DecisionRow, MessageRow
from engine.store import TASK, chunks, insert_new, table
from engine.tables import Decision, Echo, Message

DECISION, MESSAGE, ECHO = table(Decision), table(Message), table(Echo)
_DECISION_COLUMNS = [DECISION.c[name] for name in DecisionRow._fields]
# Which message tells of which decision: on a recipient's first channel, or on a further one.
_TOLD = union_all(
    select(DECISION.c.id.label("decision"), DECISION.c.message_id.label("message")).where(
        DECISION.c.message_id.is_not(None)
    ),
    select(ECHO.c.decision_id, ECHO.c.message_id),
).subquery("told")
_END_COMPOSED = (
    update(DECISION)
    .where(DECISION.c.id == bindparam("key"), DECISION.c.outcome == "composed")
    .values(outcome=bindparam("new_outcome"), reason=bindparam("new_reason"))
)
_MESSAGE_COLUMNS = [MESSAGE.c[name] for name in MessageRow._fields if name in MESSAGE.c]


def add_decisions(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Made at most once, by the unique key: what is there already stays as it is."""
    insert_new(connection, DECISION, rows)


def is_ready(now: Any) -> ColumnElement[bool]:
    """A decision that is pending, fell due and is not put off; two ranges of one index."""
    pending = DECISION.c.outcome == "pending"
    return or_(
        and_(pending, DECISION.c.deferred_to.is_(None), DECISION.c.due_at <= now),
        and_(pending, DECISION.c.deferred_to <= now),
    )


def ready_decisions(connection: Connection, now: datetime, ids: Sequence[int] | None = None) -> list[DecisionRow]:
    """Pending decisions that fell due and are not put off; where ids are given, those of them."""
    if ids is None:
        return decisions(connection, is_ready(now))
    return [row for some in chunks(ids) for row in decisions(connection, DECISION.c.id.in_(some), is_ready(now))]


def ready_by_recipient(connection: Connection, now: datetime) -> dict[int, dict[str, "array[int]"]]:
    """instance → recipient → the ids of the decisions that are ready: as little of each as there can be."""
    found: dict[int, dict[str, array[int]]] = {}
    query = select(TASK.c.instance_id, DECISION.c.recipient, DECISION.c.id).join(TASK, TASK.c.id == DECISION.c.task_id)
    for instance, recipient, key in connection.execute(query.where(is_ready(now)).order_by(DECISION.c.id)):
        found.setdefault(instance, {}).setdefault(recipient, array("q")).append(key)
    return found


def defer_ready(connection: Connection, now: datetime, until: datetime) -> int:
    """Put off what fell due and was not put off yet; how many there were."""
    fresh = and_(DECISION.c.outcome == "pending", DECISION.c.deferred_to.is_(None), DECISION.c.due_at <= now)
    return connection.execute(update(DECISION).where(fresh).values(deferred_to=until)).rowcount


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


def end_composed(connection: Connection, ids: Iterable[int], outcome: str, reason: str) -> None:
    """Those of these decisions that no message has ended yet."""
    if rows := [{"key": key, "new_outcome": outcome, "new_reason": reason} for key in ids]:
        connection.execute(_END_COMPOSED, rows)


def reopen_message_decisions(connection: Connection, message_id: int) -> None:
    """The message goes out after all; what another channel has told already stays told."""
    echoes = select(ECHO.c.decision_id).where(ECHO.c.message_id == message_id)
    ours = or_(DECISION.c.message_id == message_id, DECISION.c.id.in_(echoes))
    connection.execute(
        update(DECISION).where(ours, DECISION.c.outcome != "sent").values(outcome="composed", reason=None)
    )  # fmt: skip


def compose_decisions(connection: Connection, pairs: Iterable[tuple[int, int]]) -> None:
    """(decision, message): the decision is told of in the message, the first of them and its echoes."""
    first: dict[int, int] = {}
    echoes = [(key, message) for key, message in pairs if first.setdefault(key, message) != message]
    statement = (
        update(DECISION)
        .where(DECISION.c.id == bindparam("key"))
        .values(outcome="composed", message_id=bindparam("message"))
    )
    if first:
        connection.execute(statement, [{"key": key, "message": message} for key, message in first.items()])
    if echoes:
        connection.execute(insert(ECHO), [{"decision_id": key, "message_id": message} for key, message in echoes])


def decisions(connection: Connection, *conditions: ColumnElement[bool]) -> list[DecisionRow]:
    query = select(*_DECISION_COLUMNS).where(*conditions).order_by(DECISION.c.id)
    return [DecisionRow._make(row) for row in connection.execute(query)]


def decisions_of_messages(connection: Connection, message_ids: Iterable[int]) -> dict[int, list[DecisionRow]]:
    found: dict[int, list[DecisionRow]] = {}
    for some in chunks(sorted(set(message_ids))):
        for row in decisions(connection, DECISION.c.message_id.in_(some)):
            found.setdefault(row.message_id or 0, []).append(row)
        echoes = select(ECHO.c.message_id, *_DECISION_COLUMNS).join(DECISION, DECISION.c.id == ECHO.c.decision_id)
        for message, *values in connection.execute(echoes.where(ECHO.c.message_id.in_(some)).order_by(DECISION.c.id)):
            found.setdefault(message, []).append(DecisionRow._make(values))
    return found


def undeliverable(connection: Connection, task_ids: Iterable[int]) -> set[tuple[int, str, int]]:
    """(task, rung, occurrence) of what did not reach its recipient."""
    columns = DECISION.c.task_id, DECISION.c.rung, DECISION.c.occurrence
    query = select(*columns).where(DECISION.c.outcome == "undeliverable")
    found: set[tuple[int, str, int]] = set()
    for some in chunks(sorted(set(task_ids))):
        rows = connection.execute(query.where(DECISION.c.task_id.in_(some)))
        found.update((row.task_id, row.rung, row.occurrence) for row in rows)
    return found


def last_occurrence(connection: Connection, task_id: int, rung: str) -> int:
    """How often a rung was raised for a task."""
    query = select(func.max(DECISION.c.occurrence)).where(DECISION.c.task_id == task_id, DECISION.c.rung == rung)
    return connection.execute(query).scalar() or 0


def on_their_way(connection: Connection, decision_ids: Iterable[int], besides: int) -> set[int]:
    """Those of these decisions that another message than the given one may yet tell of."""
    query = select(_TOLD.c.decision).join(MESSAGE, MESSAGE.c.id == _TOLD.c.message)
    query = query.where(MESSAGE.c.status.in_(("pending", "held")), MESSAGE.c.id != besides)
    found: set[int] = set()
    for some in chunks(sorted(set(decision_ids))):
        found.update(connection.execute(query.where(_TOLD.c.decision.in_(some))).scalars())
    return found


def messages_of_decisions(connection: Connection, decision_ids: Iterable[int]) -> dict[int, list[Any]]:
    """decision → the messages that tell of it, one a channel, the last one first."""
    found: dict[int, list[Any]] = {}
    query = select(_TOLD.c.decision, MESSAGE).join(MESSAGE, MESSAGE.c.id == _TOLD.c.message)
    for some in chunks(sorted(set(decision_ids))):
        for row in connection.execute(query.where(_TOLD.c.decision.in_(some)).order_by(MESSAGE.c.id.desc())):
            found.setdefault(row.decision, []).append(row)
    return found


def first_about(connection: Connection, task_ids: Iterable[int]) -> dict[tuple[int, str, str], str]:
    """(task, channel, address) → the Message-ID of the first message sent there about that task."""
    found: dict[tuple[int, str, str], str] = {}
    query = (
        select(DECISION.c.task_id, MESSAGE.c.channel, MESSAGE.c.recipient, MESSAGE.c.message_id)
        .join(_TOLD, _TOLD.c.decision == DECISION.c.id)
        .join(MESSAGE, MESSAGE.c.id == _TOLD.c.message)
        .where(MESSAGE.c.status == "sent")
        .order_by(MESSAGE.c.id)
    )
    for some in chunks(sorted(set(task_ids))):
        for *key, name in connection.execute(query.where(DECISION.c.task_id.in_(some))):
            found.setdefault(tuple(key), name)
    return found


def told_on(connection: Connection, day: date, addresses: Iterable[str]) -> set[tuple[str, str, bool, bool]]:
    """(channel, address, urgent, held) of the messages of an office day: there is one of each at most."""
    query = select(MESSAGE.c.channel, MESSAGE.c.recipient, MESSAGE.c.urgent, MESSAGE.c.held)
    found: set[tuple[str, str, bool, bool]] = set()
    for some in chunks(sorted(set(addresses))):
        rows = connection.execute(query.where(MESSAGE.c.office_date == day, MESSAGE.c.recipient.in_(some)))
        found.update(map(tuple, rows))
    return found


def add_messages(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The new messages' ids by their Message-ID."""
    found: dict[str, int] = {}
    for some in chunks(rows):
        connection.execute(insert(MESSAGE), [dict(row) for row in some])
        names = [row["message_id"] for row in some]
        query = select(MESSAGE.c.message_id, MESSAGE.c.id).where(MESSAGE.c.message_id.in_(names))
        found.update((row.message_id, row.id) for row in connection.execute(query))
    return found


def is_pending(now: Any) -> ColumnElement[bool]:
    """A message that is to be sent now; two ranges of one index."""
    pending = MESSAGE.c.status == "pending"
    return or_(and_(pending, MESSAGE.c.next_attempt_at.is_(None)), and_(pending, MESSAGE.c.next_attempt_at <= now))


def pending_messages(connection: Connection, now: datetime) -> list[int]:
    """Which messages are to be sent now, the most urgent first."""
    query = select(MESSAGE.c.id).where(is_pending(now))
    return list(connection.execute(query.order_by(MESSAGE.c.severity.desc(), MESSAGE.c.id)).scalars())


def held_messages(connection: Connection) -> list[int]:
    """Which messages wait for a signature."""
    return list(connection.execute(select(MESSAGE.c.id).where(MESSAGE.c.status == "held")).scalars())


def with_status(connection: Connection, ids: Sequence[int], status: str) -> list[MessageRow]:
    """Those of these messages that (still) stand so."""
    query = select(*_MESSAGE_COLUMNS).where(MESSAGE.c.id.in_(ids), MESSAGE.c.status == status)
    return [MessageRow(*row) for row in connection.execute(query)]


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
    new = {f"new_{name}": value for name, value in values.items()}
    statement = _update_message(tuple(values))
    return bool(connection.execute(statement, {"key": message_id, "was": while_status, **new}).rowcount)


@cache  # built once: this is done for each message sent
def _update_message(names: tuple[str, ...]) -> Update:
    where = and_(MESSAGE.c.id == bindparam("key"), MESSAGE.c.status == bindparam("was"))
    return update(MESSAGE).where(where).values(
        {name: bindparam(f"new_{name}", type_=MESSAGE.c[name].type) for name in names}
    )  # fmt: skip
