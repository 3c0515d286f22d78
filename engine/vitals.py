"""The numbers by which one sees from outside whether the office lives."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from engine import outbox, store
from engine.people import PERSON

STATUSES = ("held", "pending", "sent", "dead", "cancelled")


class Vitals(NamedTuple):
    """As stored; nothing here depends on the clock."""

    last_tick: datetime | None
    oldest_due: datetime | None  # since when the oldest task waits for the sweep; may lie ahead
    messages: Mapping[str, int]  # status → how many
    oldest_pending: datetime | None  # when the oldest message was composed that is still to be sent
    newest_entry: datetime | None
    last_anchor: datetime | None
    running: int  # plans that were started and not closed
    people: int


def vitals(connection: Connection, heartbeat: str, anchor: str) -> Vitals:
    message = outbox.MESSAGE.c
    counts = connection.execute(select(message.status, func.count()).group_by(message.status)).all()
    pending = select(func.min(message.composed_at)).where(message.status == "pending")
    return Vitals(
        last_tick=store.last_beat(connection, heartbeat),
        oldest_due=store.next_action_at(connection),
        messages={**dict.fromkeys(STATUSES, 0), **{row[0]: row[1] for row in counts}},
        oldest_pending=connection.execute(pending).scalar(),
        newest_entry=connection.execute(select(func.max(store.ENTRY.c.at))).scalar(),
        last_anchor=store.last_beat(connection, anchor),
        running=sum(row.closed_at is None for row in store.instances(connection)),
        people=connection.execute(select(func.count()).select_from(PERSON)).scalar_one(),
    )
