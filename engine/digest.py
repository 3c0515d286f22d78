"""From decisions to messages: one per address and office day, rendered once, when its morning is released."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from engine import outbox, silences, store, tallies
from engine.clock import local_date, shown
from engine.decisions import REASONS, SEND, decide
from engine.escalation import find_rung, next_morning
from engine.i18n import in_language
from engine.ladders import STOOD_STILL, Rung, label
from engine.machine import Act, entry
from engine.notices import Notice, Section, render_notice
from engine.office import Office, Register
from engine.plan.blueprint import Blueprint
from engine.rows import DecisionRow, TaskRow
from engine.settle import SYSTEM
from engine.states import State

STOOD_FROM = "stood-from"  # the heartbeat of the last tick before the office stood still
WHOLE_STAGE = "tiep-nhan"  # the template that lists what arrived of a stage, and what did not


@dataclass(frozen=True, slots=True)
class Item:
    """A decision with all that is needed to write about it."""

    decision: DecisionRow
    task: TaskRow
    rung: Rung
    blueprint: Blueprint
    register: Register

    @property
    def stretch(self) -> tuple[str, str, str]:
        return self.task.instance, self.task.stage, self.task.period

    @property
    def is_mutable(self) -> bool:
        """Nothing that escalates, and nothing to the responsible unit, is ever left out."""
        told, _sep, _head = self.decision.recipient.partition("#")
        return (
            self.decision.template != WHOLE_STAGE
            and self.decision.severity == 0
            and told not in self.blueprint.partners(self.task.stage, self.task.unit)
        )

    @property
    def rank(self) -> tuple[int, datetime]:
        return self.decision.severity, self.decision.due_at


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
    items = _highest(connection, _to_send(office, connection, ready, now))
    return _release(office, connection, _addressed(connection, items, local_date(now, office.zone)), now)


def _to_send(office: Office, connection: Connection, ready: Sequence[DecisionRow], now: datetime) -> list[Item]:
    """The decisions that still stand; the others end here, each with its reason."""
    tasks = store.tasks_by_id(connection, {row.task_id for row in ready})
    quiet = silences.in_force(connection, now, tasks)
    instances = {name: office.instance(connection, name) for name in {task.instance for task in tasks.values()}}
    registers: dict[str, Register] = {}
    ended: dict[str, list[int]] = defaultdict(list)
    items = []
    for row in ready:
        task = tasks[row.task_id]
        instance = instances[task.instance]
        blueprint = office.blueprint(connection, instance)
        rung = find_rung(blueprint, task.stage, row.rung)
        if rung is None or instance.closed_at is not None:
            ended["closed"].append(row.id)
            continue
        action = decide(rung, row, task, now, quiet.get(task.id))
        if action != SEND:
            ended[action].append(row.id)
            continue
        register = registers.setdefault(instance.directory, Register(connection, instance.directory))
        items.append(Item(row, task, rung, blueprint, register))
    for register in registers.values():
        ours = [item for item in items if item.register is register]
        register.load({item.decision.recipient.partition("#")[0] for item in ours} | {item.task.unit for item in ours})
    for action, ids in ended.items():
        end(connection, ids, action)
    task_of = {row.id: row.task_id for row in ready}
    silences.keep_back(connection, [(key, quiet[task_of[key]].id) for key in ended["silenced"]])
    return items


def end(connection: Connection, ids: Sequence[int], reason: str) -> None:
    """End decisions for one of the reasons there are."""
    outbox.end_decisions(connection, ids, REASONS[reason].outcome, REASONS[reason].text)


def _highest(connection: Connection, items: Sequence[Item]) -> list[Item]:
    """Of several rungs for one task and recipient the highest goes out, with its equals; the others are superseded."""

    def key(item: Item) -> tuple[int, str, bool, str]:
        alarm = item.rung.id if item.decision.role == "undeliverable" else ""
        return item.task.id, item.decision.recipient, item.decision.held, alarm

    best: dict[tuple[int, str, bool, str], tuple[int, datetime]] = {}
    for item in items:
        best[key(item)] = max(item.rank, best.get(key(item), item.rank))
    end(connection, [item.decision.id for item in items if item.rank < best[key(item)]], "superseded")
    return [item for item in items if item.rank == best[key(item)]]


Key = tuple[str, str, bool, bool]  # channel, address, urgent, held


def _addressed(connection: Connection, items: Iterable[Item], today: date) -> dict[Key, list[Item]]:
    """The items by address, as the register has it now; what has none joins the coordinator's."""
    found: dict[Key, list[Item]] = defaultdict(list)
    lost = []
    for item in items:
        addresses = addresses_of(item.register, item.decision.recipient, today)
        for channel, address in addresses:
            found[channel, address, item.decision.urgent, item.decision.held].append(item)
        if not addresses:
            lost.append(item)
    pairs = [(item.decision, item.blueprint.plan.coordinator) for item in lost]
    told = redirect(connection, pairs, REASONS["undeliverable"].text)
    twins = {(item.task.id, item.rung.id): item for item in lost}
    for row in told:
        item = replace(twins[row.task_id, row.rung], decision=row)
        addresses = addresses_of(item.register, row.recipient, today)
        for channel, address in addresses:
            found[channel, address, row.urgent, row.held].append(item)
        if not addresses:
            end(connection, [row.id], "undeliverable")
    return _without_muted(connection, found)


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
    if unit is None:
        return []
    if not part:
        return unit.contact.addresses
    deputy = next((one.email for one in unit.deputies if one.from_ <= today <= one.to), None)
    email = deputy or (unit.head.email if unit.head else None)
    return [("email", email)] if email else []


def redirect(connection: Connection, lost: Sequence[tuple[DecisionRow, str]], reason: str) -> list[DecisionRow]:
    """End decisions as undeliverable; their twins tell the coordinator (the second of each pair), once."""
    found: list[DecisionRow] = []
    for row, coordinator in lost:
        outbox.end_decisions(connection, [row.id], "undeliverable", reason)
        if row.recipient == coordinator:
            continue
        key = {name: getattr(row, name) for name in ("task_id", "rung", "deadline_version")}
        # Negative, so that it never meets what the coordinator is told of the same rung in its own right.
        key |= {"occurrence": -abs(row.occurrence), "recipient": coordinator, "role": "undeliverable"}
        fresh = {"outcome": "pending", "reason": None, "message_id": None, "deferred_to": None}
        twin = {**row._asdict(), **key, **fresh}
        del twin["id"]
        outbox.add_decisions(connection, [twin])
        where = [getattr(outbox.DECISION.c, name) == value for name, value in key.items()]
        found += outbox.decisions(connection, *where, outbox.DECISION.c.outcome == "pending")
    return found


def _release(office: Office, connection: Connection, groups: dict[Key, list[Item]], now: datetime) -> Composed:
    """One message per group, unless that address had its message of the day: then tomorrow, on all its channels."""
    already = outbox.messages_of_day(connection, local_date(now, office.zone))
    later = {item.decision.id for key, items in groups.items() if key in already for item in items}
    outbox.defer_decisions(connection, sorted(later), next_morning(now, office.almanac(connection).national))
    left = {key: [item for item in items if item.decision.id not in later] for key, items in groups.items()}
    fresh = {key: items for key, items in left.items() if items}
    desk = Desk(office, connection, now)
    messages = [desk.message(key, items) for key, items in fresh.items()]
    act = Act(SYSTEM, now, now)
    store.add_entries(connection, [
        entry(act, "template", data={"text": text}) for text in sorted(desk.failures)
    ])  # fmt: skip
    ids = outbox.add_messages(connection, messages)
    outbox.compose_decisions(connection, [
        (item.decision.id, ids[message["message_id"]])
        for message, items in zip(messages, fresh.values(), strict=True) for item in items
    ])  # fmt: skip
    return Composed(len(messages), len(later))


class Desk:
    """Where the messages of one release are written; what several of them say alike is looked up once."""

    def __init__(self, office: Office, connection: Connection, now: datetime):
        self.connection, self.now, self.own_templates = connection, now, office.settings.templates
        self.zone, self.today = office.zone, local_date(now, office.zone)
        self.almanac = office.almanac(connection)
        self.failures: set[str] = set()  # what went wrong in templates, each told once
        self._progress: dict[tuple[int, str, str], tuple[int, int]] = {}

    def message(self, key: Key, items: list[Item]) -> dict[str, Any]:
        channel, address, urgent, held = key
        items.sort(key=lambda item: (-item.decision.severity, item.decision.due_at, item.task.id))
        first = items[0]
        notice = Notice(
            recipients=tuple(dict.fromkeys(
                item.register.name(item.decision.recipient.partition("#")[0], self.today) for item in items
            )),
            sections=tuple(self.sections(items)),
            language=first.blueprint.plan.language,
            coordinator=first.register.name(first.blueprint.plan.coordinator, self.today),
            contact=first.register.email(first.blueprint.plan.coordinator) or "",
            today=self.today,
        )  # fmt: skip
        rendered = render_notice(notice, self.own_templates)
        if rendered.failures:  # for the rest of this release the shipped ones will do: no morning waits on each notice
            self.failures |= rendered.failures
            self.own_templates = None
        return {
            "recipient": address, "channel": channel, "office_date": self.today, "urgent": urgent, "held": held,
            "message_id": _message_id(notice.contact, address, channel, self.today, urgent, held),
            "subject": rendered.subject, "body": rendered.body, "html": rendered.html,
            "attachments": json.dumps(rendered.attachments),
            "severity": first.decision.severity, "rung": first.decision.rung, "template": first.decision.template,
            "composed_at": self.now, "status": "held" if held else "pending",
        }  # fmt: skip

    def sections(self, items: list[Item]) -> Iterable[Section]:
        """Items about one stage and of one rung stand together, the most urgent first."""
        groups: dict[tuple[Any, ...], list[Item]] = defaultdict(list)
        for item in items:
            lost = item.decision.role == "undeliverable"
            groups[item.decision.template, item.task.instance, item.task.stage, item.task.period, lost].append(item)
        for (template, _instance, stage_id, _period, lost), some in groups.items():
            first = some[0]
            with in_language(first.blueprint.plan.language):
                heading = label(template)
            yield Section.about(
                template=template, heading=heading, severity=first.decision.severity, blueprint=first.blueprint,
                register=first.register, stage_id=stage_id, tasks=[item.task for item in some],
                progress=self.progress(first.task),
                received=_received(self.connection, first.task) if template == "tiep-nhan" else (),
                stood_from=self.stood_from() if template == STOOD_STILL.template else "",
                undeliverable=lost, letter=any(_needs_letter(item) for item in some),
                now=self.now, calendar=self.almanac.of(first.blueprint.calendar_name),
            )  # fmt: skip

    def stood_from(self) -> str:
        moment = store.last_beat(self.connection, STOOD_FROM)
        return shown(moment, self.zone) if moment else ""

    def progress(self, task: TaskRow) -> tuple[int, int]:
        """(how many are done, of how many) in a task's stage and period."""
        if (task.instance_id, task.stage, task.period) not in self._progress:
            for row in tallies.of_stages(self.connection, task.instance_id, [task.stage]):
                if not row.scope:
                    self._progress[task.instance_id, task.stage, row.period] = row.done, row.total - row.dropped
        return self._progress[task.instance_id, task.stage, task.period]


def _message_id(*key: Any) -> str:
    digest = hashlib.sha256("|".join(map(str, key)).encode()).hexdigest()
    return f"<{digest[:40]}@kh.invalid>"


def _needs_letter(item: Item) -> bool:
    """The coordinator gets the draft, but for a letter to itself."""
    coordinator = item.blueprint.plan.coordinator
    return item.rung.letter and item.decision.recipient == coordinator and item.task.unit != coordinator


def _received(connection: Connection, task: TaskRow) -> tuple[str, ...]:
    """The units whose work has arrived for the stage and period of a task."""
    done = store.stage_tasks(connection, task.instance_id, task.stage, state=State.COMPLETED)
    return tuple(other.unit for other in done if other.period == task.period)
