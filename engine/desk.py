"""Where the messages of one wave are written: the items of one address as one notice, rendered once."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from engine import store, tallies
from engine.absent import absent
from engine.addressing import Key
from engine.clock import local_date, shown
from engine.i18n import _, in_language
from engine.ladders import STOOD_STILL, label
from engine.notices import Notice, render_notice
from engine.office import Office, in_charge
from engine.rows import TaskRow
from engine.sections import Section
from engine.states import RECEIVED
from engine.triage import WHOLE_STAGE, Item

STOOD_FROM = "stood-from"  # the heartbeat of the last tick before the office stood still


class Desk:
    """Where the messages of one wave are written; what several of them say alike is looked up once."""

    def __init__(self, office: Office, connection: Connection, now: datetime, *, own_templates: bool = True):
        self.connection, self.now = connection, now
        self.own_templates = office.settings.templates if own_templates else None
        self.zone, self.today = office.zone, local_date(now, office.zone)
        self.almanac = office.almanac(connection)
        self.failures: set[str] = set()  # what went wrong in templates, each told once
        self._progress: dict[tuple[int, str, str], tuple[int, int]] = {}
        self._expected: dict[str, set[int]] = defaultdict(set)  # stage → instances

    def message(self, key: Key, items: list[Item]) -> dict[str, Any]:
        channel, address, urgent, held = key
        items.sort(key=lambda item: (-item.decision.severity, item.decision.due_at, item.task.id))
        first = items[0]
        coordinator = in_charge(first.blueprint, first.register, self.today)[0]
        notice = Notice(
            recipients=tuple(dict.fromkeys(self.named(item) for item in items)),
            sections=tuple(self.sections(items)),
            language=first.blueprint.plan.language,
            coordinator=first.register.name(coordinator, self.today),
            contact=first.register.email(coordinator) or "",
            today=self.today,
        )  # fmt: skip
        rendered = render_notice(notice, self.own_templates)
        if rendered.failures:  # for the rest of this wave the shipped ones will do: no morning waits on each notice
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

    def named(self, item: Item) -> str:
        """Whom it is for, in words."""
        unit, head, _part = item.decision.recipient.partition("#")
        name = item.register.name(unit, self.today)
        with in_language(item.blueprint.plan.language):
            return _("Head of {unit}").format(unit=name) if head else name

    def sections(self, items: list[Item]) -> Iterable[Section]:
        """Items about one stage and of one rung stand together, the most urgent first."""
        groups: dict[tuple[Any, ...], list[Item]] = defaultdict(list)
        for item in items:
            lost = item.decision.role if item.is_lost else ""
            groups[item.decision.template, item.task.instance, item.task.stage, item.task.period, lost].append(item)
            self._expected[item.task.stage].add(item.task.instance_id)
        for (template, instance, stage_id, _period, lost), some in groups.items():
            first = some[0]
            tasks = {item.task.id: item.task for item in some}  # once, though both a unit and its head be told of it
            done, total = self.progress(first.task)
            received = _received(self.connection, first.task) if template == WHOLE_STAGE else ()
            with in_language(first.blueprint.plan.language):
                section = Section.about(
                    template=template, heading=label(template), severity=first.decision.severity,
                    blueprint=first.blueprint, register=first.register, stage_id=stage_id, tasks=list(tasks.values()),
                    own={item.task.id for item in some if item.is_own},
                    progress=(len(received) if template == WHOLE_STAGE else done, total), received=received,
                    stood_from=self.stood_from() if template == STOOD_STILL.template else "",
                    undeliverable=bool(lost), letter=any(_needs_letter(item, self.today) for item in some),
                    absent=absent(instance, first.blueprint, first.register, self.today, [stage_id])
                    if lost == "ended" else (),
                    now=self.now, calendar=self.almanac.of(first.blueprint.calendar_name),
                )  # fmt: skip
            yield section

    def stood_from(self) -> str:
        moment = store.last_beat(self.connection, STOOD_FROM)
        return shown(moment, self.zone) if moment else ""

    def progress(self, task: TaskRow) -> tuple[int, int]:
        """(how many are done, of how many) in a task's stage and period."""
        if (task.instance_id, task.stage, task.period) not in self._progress:
            for row in tallies.of_stage(
                self.connection, {task.instance_id, *self._expected.pop(task.stage, ())}, task.stage
            ):
                self._progress[row.instance_id, task.stage, row.period] = row.done, row.total - row.dropped
        return self._progress[task.instance_id, task.stage, task.period]


def _message_id(*key: Any) -> str:
    digest = hashlib.sha256("|".join(map(str, key)).encode()).hexdigest()
    return f"<{digest[:40]}@kh.invalid>"


def _needs_letter(item: Item, today: date) -> bool:
    """The coordinator gets the draft, once, and none to itself; where it has ended, who is told in its place."""
    coordinators = in_charge(item.blueprint, item.register, today) if item.rung.letter else []
    told = item.decision.recipient
    instead = not item.is_lost or item.blueprint.plan.coordinator not in coordinators
    return told in coordinators and instead and item.task.unit != told


def _received(connection: Connection, task: TaskRow) -> tuple[str, ...]:
    """The units whose work has arrived for the stage and period of a task."""
    others = store.stage_tasks(connection, task.instance_id, task.stage)
    return tuple(other.unit for other in others if other.period == task.period and other.state in RECEIVED)
