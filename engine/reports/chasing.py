"""How tasks were chased: by notices sent after their date, by telephone, and what became of their dates."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from engine import outbox, store
from engine.i18n import N_, _
from engine.ladders import CHASE, REMIND
from engine.ladders import label as template_label
from engine.reports.scene import Scene

KINDS = {
    "chase": N_("chased"),
    "reminder": N_("reminded out of turn"),
    "call": N_("telephone or note"),
    "silence": N_("kept quiet"),
    "date": N_("date moved"),
}
SIGNS = {"chase": "→", "reminder": "→", "call": "☎", "silence": "◌", "date": "⇢"}
_BY_HAND = (REMIND.id, CHASE.id)
_OWING = ("responsible", "head")
# The triggers of entries that belong into the log, and what they are.
_ENTRIES = {"note": "call", "silence": "silence", "unsilence": "silence", "fix-date": "date"}


class Chased(NamedTuple):
    """What a task was told after its date, and the highest rung of its ladder that was reached."""

    times: int  # messages to the unit itself or its head, each counted once
    severity: int
    rung: str
    template: str  # of that rung
    last_at: datetime | None
    calls: int = 0


NEVER = Chased(0, 0, "", "", None)


class Happening(NamedTuple):
    """A line of the chasing, telephone and extension log."""

    at: datetime
    kind: str
    stage: str
    period: str
    units: tuple[str, ...]
    text: str
    whom: str  # who was told, or who did it
    doc: str


def chased(scene: Scene) -> dict[int, Chased]:
    """By task: those that were chased or telephoned about."""
    found: dict[int, Chased] = {}
    seen: set[tuple[int, int]] = set()
    for row in _sent(scene):
        if row.severity:
            old = found.get(row.task_id, NEVER)
            new = row.role in _OWING and (row.task_id, row.message_id) not in seen
            if new:
                seen.add((row.task_id, row.message_id))
            top = row if row.severity >= old.severity else old
            times = old.times + new
            found[row.task_id] = Chased(times, top.severity, top.rung, top.template, row.sent_at, old.calls)
    for row in _entries(scene):
        if row.trigger == "note":
            old = found.get(row.task_id, NEVER)
            found[row.task_id] = old._replace(calls=old.calls + 1)
    return found


def happenings(scene: Scene) -> list[Happening]:
    """The whole log, oldest first."""
    return sorted([*_told(scene), *_entered(scene)], key=lambda item: item.at)


def _told(scene: Scene) -> Iterator[Happening]:
    """One line per message and stage: a letter about fifty units is one letter."""
    told: dict[tuple[int, str, str, str], list[Any]] = {}
    for row in _sent(scene):
        if row.severity or row.rung in _BY_HAND:
            told.setdefault((row.message_id, row.stage, row.period, row.rung), []).append(row)
    for (_message, stage, period, rung), rows in told.items():
        first = rows[0]
        kind = "chase" if first.severity else "reminder"
        text = f"{template_label(first.template)} ({rung})"
        units = tuple(dict.fromkeys(row.unit for row in rows))
        yield Happening(first.sent_at, kind, stage, period, units, text, _recipient(scene, first), first.doc or "")


def _entered(scene: Scene) -> Iterator[Happening]:
    for row in _entries(scene):
        data = json.loads(row.data)
        yield Happening(
            row.happened_at, _ENTRIES[row.trigger], row.stage, row.period, (row.unit,), _said(row, data),
            row.for_unit or row.actor, row.doc or "",
        )  # fmt: skip


def _said(row: Any, data: dict[str, Any]) -> str:
    match row.trigger:
        case "note":
            quiet = data.get("quiet_until")
            tail = " – " + _("quiet until {day}").format(day=_shown(quiet)) if quiet else ""
            return f"{data['by']}: {data['text']}{tail}"
        case "silence":
            return _("quiet until {day}").format(day=_shown(data["until"])) + f": {data['why']}"
        case "unsilence":
            return _("quiet no more")
        case _:
            old, new = data.get("changed", {}).get("last_day", (None, None))
            reason = f": {row.reason}" if row.reason else ""
            return _("date: {old} → {new}").format(old=_shown(old), new=_shown(new)) + reason


def _shown(day: str | None) -> str:
    return "/".join(reversed(day.split("-"))) if day else "…"


def _recipient(scene: Scene, row: Any) -> str:
    unit, _hash, head = row.recipient.partition("#")
    name = scene.name(unit)
    return _("head of {unit}").format(unit=name) if head else name


def _sent(scene: Scene) -> Sequence[Any]:
    """The sent decisions of the instance up to `now`, each with its message and task, oldest first."""
    decision, message, task = outbox.DECISION.c, outbox.MESSAGE.c, store.TASK.c
    joined = outbox.DECISION.join(outbox.MESSAGE, decision.message_id == message.id)
    joined = joined.join(store.TASK, decision.task_id == task.id)
    query = (
        select(decision.task_id, decision.rung, decision.severity, decision.template, decision.role,
               decision.recipient, decision.message_id, message.sent_at, message.doc, task.stage, task.period,
               task.unit)
        .select_from(joined)
        .where(task.instance_id == scene.instance.id, decision.outcome == "sent", message.sent_at <= scene.now)
        .order_by(message.sent_at, decision.id)
    )  # fmt: skip
    manual = decision.rung.in_(_BY_HAND)
    return scene.connection.execute(query.where((decision.severity > 0) | manual)).all()


def _entries(scene: Scene) -> list[Any]:
    entry = store.ENTRY.c
    ours = (entry.instance_id == scene.instance.id, entry.trigger.in_(list(_ENTRIES)), entry.happened_at <= scene.now)
    return [row for row in store.entries(scene.connection, *ours) if row.task_id is not None]


def papers(scene: Scene) -> dict[int, str]:
    """By task: the numbers and dates of the papers its hand-ins, acceptances and returns rest on."""
    entry = store.ENTRY.c
    triggers = ("submit", "accept", "return", "fix-date")
    ours = (entry.instance_id == scene.instance.id, entry.doc.is_not(None), entry.trigger.in_(triggers))
    found: dict[int, dict[str, None]] = {}
    for row in store.entries(scene.connection, *ours, entry.happened_at <= scene.now):
        if row.task_id is not None:
            found.setdefault(row.task_id, {})[row.doc] = None
    return {task: "; ".join(docs) for task, docs in found.items()}
