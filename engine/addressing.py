"""Where items go: the addresses of their recipients as the register has them now, one group for each message."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from engine import outbox
from engine.decisions import REASONS
from engine.office import Register, in_charge
from engine.rows import DecisionRow
from engine.triage import WHOLE_STAGE, Item, end

Key = tuple[str, str, bool, bool]  # channel, address, urgent, held


def addressed(connection: Connection, items: Iterable[Item], today: date, *, last: bool) -> dict[Key, list[Item]]:
    """The items by address, as the register has it now; what has none joins the coordinator's in the `last` wave."""
    found: dict[Key, list[Item]] = defaultdict(list)
    lost = []
    for item in items:
        addresses = addresses_of(item.register, item.decision.recipient, today)
        for channel, address in addresses:
            found[channel, address, item.decision.urgent, item.decision.held].append(item)
        if not addresses:
            lost.append(item)
    pairs: dict[str, list[tuple[DecisionRow, list[str]]]] = defaultdict(list)
    for item in lost:
        pairs[_why_lost(item, today)].append((item.decision, in_charge(item.blueprint, item.register, today)))
    told = [row for why, some in pairs.items() for row in redirect(connection, some, why)]
    twins = {(item.task.id, item.rung.id): item for item in lost}
    for row in told if last else ():  # else they are pending, and among those that come last
        item = replace(twins[row.task_id, row.rung], decision=row)
        addresses = addresses_of(item.register, row.recipient, today)
        for channel, address in addresses:
            found[channel, address, row.urgent, row.held].append(item)
        if not addresses:
            end(connection, [row.id], "undeliverable")
    return _without_muted(connection, found)


def _why_lost(item: Item, today: date) -> str:
    return "undeliverable" if item.register.is_there(item.decision.recipient.partition("#")[0], today) else "ended"


def _without_muted(connection: Connection, groups: dict[Key, list[Item]]) -> dict[Key, list[Item]]:
    """What a message says of a stage whole it does not say of its tasks again, but to the unit that has to act."""
    found = {}
    for key, items in groups.items():
        listed = {item.stretch for item in items if item.decision.template == WHOLE_STAGE}
        muted = [item for item in items if item.stretch in listed and item.is_mutable]
        end(connection, [item.decision.id for item in muted], "muted")
        found[key] = [item for item in items if item not in muted] if muted else items
    return found


def addresses_of(register: Register, recipient: str, today: date) -> list[tuple[str, str]]:
    """(channel, address) to write to on a day: the unit's contact; for a head, the deputy in charge, else the head."""
    unit_id, _sep, part = recipient.partition("#")
    unit = register.find(unit_id)
    if unit is None or not unit.exists_on(today):
        return []
    if not part:
        return unit.contact.addresses
    email = unit.head_email_on(today)
    return [("email", email)] if email else []


def redirect(
    connection: Connection, lost: Sequence[tuple[DecisionRow, Sequence[str]]], why: str, text: str = ""
) -> list[DecisionRow]:
    """End decisions as undeliverable; their twins tell those who coordinate (the second of each pair), once.

    `why` is one of LOST; `text` says it in other words than the table of reasons.
    """
    found: list[DecisionRow] = []
    for row, coordinators in lost:
        outbox.end_decisions(connection, [row.id], "undeliverable", text or REASONS[why].text)
        found += [twin for one in coordinators if one != row.recipient for twin in _twin(connection, row, one, why)]
    return found


def _twin(connection: Connection, row: DecisionRow, coordinator: str, why: str) -> list[DecisionRow]:
    """The same decision for who coordinates; nothing where that was told already."""
    key = {name: getattr(row, name) for name in ("task_id", "rung", "deadline_version")}
    # Negative, so that it never meets what the coordinator is told of the same rung in its own right.
    key |= {"occurrence": -abs(row.occurrence), "recipient": coordinator, "role": why}
    fresh = {"outcome": "pending", "reason": None, "message_id": None, "deferred_to": None}
    twin = {**row._asdict(), **key, **fresh}
    del twin["id"]
    outbox.add_decisions(connection, [twin])
    where = [getattr(outbox.DECISION.c, name) == value for name, value in key.items()]
    twins = outbox.decisions(connection, *where, outbox.DECISION.c.outcome.in_(("pending", "done")))
    outbox.reopen_decisions(connection, [twin.id for twin in twins])  # reached for a while, and lost again
    return outbox.decisions(connection, *where, outbox.DECISION.c.outcome == "pending")
