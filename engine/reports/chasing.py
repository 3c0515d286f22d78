"""How tasks were chased: by notices sent after their date, by telephone, and what became of their dates."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from engine import ledgers, outbox, store
from engine.clock import shown_day
from engine.i18n import N_, _
from engine.ladders import CHASE, REMIND
from engine.ladders import label as template_label
from engine.reports.scene import Scene
from engine.rows import SuspensionRow, TaskRow

KINDS = {
    "chase": N_("chased"),
    "reminder": N_("reminded out of turn"),
    "call": N_("telephone or note"),
    "silence": N_("kept quiet"),
    "date": N_("date fixed"),
    "extension": N_("more time"),
    "pause": N_("suspended"),
}
SIGNS = {"chase": "→", "reminder": "→", "call": "☎", "silence": "◌", "date": "◆", "extension": "⇢", "pause": "‖"}
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
    calls: int = 0


NEVER = Chased(0, 0, "", "")


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
            found[row.task_id] = Chased(times, top.severity, top.rung, top.template, old.calls)
    for row in _entries(scene):
        if row.trigger == "note":
            old = found.get(row.task_id, NEVER)
            found[row.task_id] = old._replace(calls=old.calls + 1)
    return found


def happenings(scene: Scene) -> list[Happening]:
    """The whole log, oldest first."""
    found = [*_told(scene), *_entered(scene), *_extended(scene), *_paused(scene)]
    return sorted((item for item in found if item.at <= scene.now), key=lambda item: item.at)


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


def _extended(scene: Scene) -> Iterator[Happening]:
    """Each request for more time, and what became of it."""
    for task, row in _of_tasks(scene, scene.extensions):
        days = {"old": shown_day(row.last_day), "asked": shown_day(row.asked)}
        asked = _("asked: {old} → {asked}").format(**days) + f": {row.reason}"
        yield _about(task, "extension", row.requested_at, asked, scene.name(task.unit), row.doc)
        if row.decided_at:
            granted = _("granted: {old} → {day}").format(old=days["old"], day=shown_day(row.granted or row.last_day))
            text = granted if row.outcome == "granted" else _("refused: {old} stays").format(**days)
            reason = f": {row.decision_reason}" if row.decision_reason else ""
            yield _about(task, "extension", row.decided_at, text + reason, row.decided_by or "", row.decision_doc)


def _paused(scene: Scene) -> Iterator[Happening]:
    for task, row in _of_tasks(scene, _pauses(scene)):
        yield _about(task, "pause", row.from_at, _("the clock stands still: {why}").format(why=row.reason), "", row.doc)
        if row.to_at:
            yield _about(task, "pause", row.to_at, _("the clock runs again"), "", None)


def _pauses(scene: Scene) -> dict[int, list[SuspensionRow]]:
    ours = select(store.TASK.c.id).where(store.TASK.c.instance_id == scene.instance.id)
    found: dict[int, list[SuspensionRow]] = {}
    for row in ledgers.suspensions(scene.connection, ledgers.SUSPENSION.c.task_id.in_(ours)):
        found.setdefault(row.task_id, []).append(row)
    return found


def _of_tasks(scene: Scene, rows: Mapping[int, Sequence[Any]]) -> Iterator[tuple[TaskRow, Any]]:
    tasks = {task.id: task for task in scene.tasks if task.id in rows} if rows else {}
    return ((task, row) for key, task in tasks.items() for row in rows[key])


def _about(task: TaskRow, kind: str, at: datetime, text: str, whom: str, doc: str | None) -> Happening:
    return Happening(at, kind, task.stage, task.period, (task.unit,), text, whom, doc or "")


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
    return shown_day(date.fromisoformat(day)) if day else "…"


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
    triggers = ("submit", "accept", "return", "fix-date", "extend-request", "extend-grant")
    ours = (entry.instance_id == scene.instance.id, entry.doc.is_not(None), entry.trigger.in_(triggers))
    found: dict[int, dict[str, None]] = {}
    for row in store.entries(scene.connection, *ours, entry.happened_at <= scene.now):
        if row.task_id is not None:
            found.setdefault(row.task_id, {})[row.doc] = None
    return {task: "; ".join(docs) for task, docs in found.items()}
