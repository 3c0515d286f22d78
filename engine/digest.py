"""From decisions to messages: one per address and office day, rendered once, when its morning is released."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from engine import outbox, silences, store
from engine.addressing import Key, addressed
from engine.clock import local_date
from engine.db import writing
from engine.desk import Desk
from engine.escalation import next_morning
from engine.machine import Act, entry
from engine.office import Office
from engine.rows import DecisionRow
from engine.settle import SYSTEM
from engine.triage import Item, due_items
from engine.waves import waves


@dataclass
class Composed:
    """What a release did, and what went wrong in the office's own templates, each told once."""

    messages: int = 0
    deferred: int = 0
    failures: set[str] = field(default_factory=set)


def release(office: Office, now: datetime) -> Composed:
    """Release what is due: inside working hours as messages, else put off to the next working morning.

    In waves, each a transaction of its own; where the process ends between two, the next tick goes on.
    """
    with writing(office.engine) as connection:
        silences.end_due(connection, now)
        calendar = office.almanac(connection).national
        if not calendar.is_office_time(now):
            return Composed(deferred=outbox.defer_ready(connection, now, calendar.next_office_time(now)))
        parts = waves(office, connection, now)
    composed = Composed()
    for ids in (*parts, None):  # in the end all that is left, and what came of the others
        with writing(office.engine) as connection:
            if ready := outbox.ready_decisions(connection, now, ids):
                _compose(office, connection, ready, now, composed, last=ids is None)
    return composed


def _compose(
    office: Office,
    connection: Connection,
    ready: Sequence[DecisionRow],
    now: datetime,
    composed: Composed,
    *,
    last: bool,
) -> None:
    items = due_items(office, connection, ready, now)
    groups = addressed(connection, items, local_date(now, office.zone), last=last)
    fresh, later = _not_told_today(office, connection, groups, now)
    desk = Desk(office, connection, now, own_templates=not composed.failures)
    messages = [desk.message(key, some) for key, some in fresh.items()]
    ids = outbox.add_messages(connection, messages)
    outbox.compose_decisions(connection, [
        (item.decision.id, ids[message["message_id"]])
        for message, some in zip(messages, fresh.values(), strict=True) for item in some
    ])  # fmt: skip
    store.add_entries(connection, [
        entry(Act(SYSTEM, now, now), "template", data={"text": text})
        for text in sorted(desk.failures - composed.failures)
    ])  # fmt: skip
    composed.messages += len(fresh)
    composed.deferred += later
    composed.failures |= desk.failures


def _not_told_today(
    office: Office, connection: Connection, groups: dict[Key, list[Item]], now: datetime
) -> tuple[dict[Key, list[Item]], int]:
    """The groups whose address had no message today, and how many decisions the others hold: they come tomorrow,
    on all their channels."""
    told = outbox.told_on(connection, local_date(now, office.zone), [address for _channel, address, *_ in groups])
    later = {item.decision.id for key, items in groups.items() if key in told for item in items}
    outbox.defer_decisions(connection, sorted(later), next_morning(now, office.almanac(connection).national))
    left = {key: [item for item in items if item.decision.id not in later] for key, items in groups.items()}
    return {key: items for key, items in left.items() if items}, len(later)
