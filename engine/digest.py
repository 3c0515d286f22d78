"""From decisions to messages: one per address and office day, rendered once, when its morning is released."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine import outbox, silences, store
from engine.addressing import Key, addressed
from engine.clock import local_date
from engine.desk import Desk
from engine.escalation import next_morning
from engine.machine import Act, entry
from engine.office import Office
from engine.settle import SYSTEM
from engine.triage import Item, due_items

WAVE = 250  # messages rendered before they are stored: of ten thousand the text would fill the memory


@dataclass
class Composed:
    messages: int = 0
    deferred: int = 0


def compose(office: Office, connection: Connection, now: datetime) -> Composed:
    """Release what is due: inside working hours as messages, else put off to the next working morning."""
    silences.end_due(connection, now)
    calendar = office.almanac(connection).national
    if not calendar.is_office_time(now):
        return Composed(deferred=outbox.defer_ready(connection, now, calendar.next_office_time(now)))
    ready = outbox.ready_decisions(connection, now)
    if not ready:
        return Composed()
    items = due_items(office, connection, ready, now)
    return _release(office, connection, addressed(connection, items, local_date(now, office.zone)), now)


def _release(office: Office, connection: Connection, groups: dict[Key, list[Item]], now: datetime) -> Composed:
    """One message per group, unless that address had its message of the day: then tomorrow, on all its channels."""
    already = outbox.messages_of_day(connection, local_date(now, office.zone))
    later = {item.decision.id for key, items in groups.items() if key in already for item in items}
    outbox.defer_decisions(connection, sorted(later), next_morning(now, office.almanac(connection).national))
    left = {key: [item for item in items if item.decision.id not in later] for key, items in groups.items()}
    fresh = {key: items for key, items in left.items() if items}
    desk = Desk(office, connection, now)
    told: list[tuple[int, int]] = []  # (decision, message)
    for some in store.chunks(list(fresh.items()), WAVE):
        messages = [desk.message(key, items) for key, items in some]
        ids = outbox.add_messages(connection, messages)
        told += [
            (item.decision.id, ids[message["message_id"]])
            for message, (_key, items) in zip(messages, some, strict=True) for item in items
        ]  # fmt: skip
    outbox.compose_decisions(connection, told)
    act = Act(SYSTEM, now, now)
    store.add_entries(connection, [
        entry(act, "template", data={"text": text}) for text in sorted(desk.failures)
    ])  # fmt: skip
    return Composed(len(fresh), len(later))
