"""Messages and decisions as a reader sees them: why a notice did not go out, and what comes next."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine import outbox, silences, store
from engine.clock import shown, shown_day
from engine.escalation import agenda, rungs_now, timeline
from engine.i18n import _
from engine.office import Office, Register
from engine.reports.rungs import in_words
from engine.rows import DecisionRow, SilenceRow, TaskRow
from engine.states import FINAL, State


def message_views(connection: Connection, messages: Sequence[Any]) -> list[dict[str, Any]]:
    """One mapping per message with the keys that outside tools rely on."""
    held = outbox.decisions_of_messages(connection, [message.id for message in messages])
    tasks = store.tasks_by_id(connection, {row.task_id for rows in held.values() for row in rows})
    return [
        {
            "id": message.id, "at": message.sent_at or message.composed_at, "date": message.office_date,
            "recipient": message.recipient,
            "units": list(dict.fromkeys(row.recipient for row in held.get(message.id, []))),
            "severity": message.severity, "rung": message.rung,
            "items": [{"task": tasks[row.task_id].selector, "rung": row.rung, "severity": row.severity,
                       "occurrence": abs(row.occurrence), "to": row.recipient}
                      for row in held.get(message.id, [])],
            "template": message.template, "channel": message.channel, "status": message.status,
            "reason": message.reason, "subject": message.subject, "message_id": message.message_id,
            "attempts": message.attempts,
        }
        for message in messages
    ]  # fmt: skip


def decision_views(connection: Connection, rows: Sequence[DecisionRow], zone: str) -> list[dict[str, Any]]:
    """What was decided about a task's rungs, sent or not, each with its reason, and how far each channel came."""
    tasks = store.tasks_by_id(connection, {row.task_id for row in rows})
    quiet = silences.by_id(connection, {row.silence_id for row in rows if row.silence_id})
    told = outbox.messages_of_decisions(connection, [row.id for row in rows])
    return [
        {
            "task": tasks[row.task_id].selector, "rung": row.rung, "occurrence": row.occurrence,
            "severity": row.severity, "template": row.template, "recipient": row.recipient, "role": row.role,
            "due_at": row.due_at, "deferred_to": row.deferred_to, "outcome": row.outcome,
            "reason": _reason(row, told.get(row.id, []), quiet.get(row.silence_id or 0), zone),
            "message": row.message_id,
            "channels": [{"message": message.id, "channel": message.channel, "recipient": message.recipient,
                          "status": message.status, "reason": message.reason} for message in told.get(row.id, [])],
        }
        for row in rows
    ]  # fmt: skip


def _reason(row: DecisionRow, messages: Sequence[Any], silence: SilenceRow | None, zone: str) -> str:
    """Why it ended as it did, or what it waits for."""
    if row.outcome == "silenced" and silence:
        until = shown_day(silences.last_quiet_day(silence.until, zone))
        text = _("silenced by {author} until {until}: {reason}")
        return text.format(author=silence.author, until=until, reason=silence.reason)
    if row.outcome == "composed":
        return "; ".join(_waiting(message, zone) for message in messages)
    if row.outcome == "pending" and row.deferred_to:
        return _("put off to {time}").format(time=shown(row.deferred_to, zone))
    if row.outcome == "pending":
        return _("goes out with the next tick in working hours")
    return _(row.reason) if row.reason else ""


def _waiting(message: Any, zone: str) -> str:
    """What a message on one channel waits for."""
    if message.status == "held":
        return _("waits for a signature: kh notices release {n}").format(n=message.id)
    if message.status == "dead":
        return _("{channel} refused it: {reason}").format(channel=message.channel, reason=_(message.reason))
    if message.next_attempt_at is None:
        return _("on its way ({channel})").format(channel=message.channel)
    text = _("{reason}; tried again at {time} ({channel})")
    time = shown(message.next_attempt_at, zone)
    return text.format(reason=_(message.reason), time=time, channel=message.channel)


def coming(office: Office, connection: Connection, task: TaskRow, now: datetime) -> str:
    """What falls due next for a task, in words."""
    if task.state == State.WAITING:
        return _("it waits for its turn; nothing falls due before")
    instance = office.instance(connection, task.instance)
    blueprint = office.blueprint(connection, instance)
    register = Register(connection, instance.directory)
    calendar = office.almanac(connection).of(blueprint.calendar_name, register, task.unit)
    times = timeline(blueprint, task)
    found = [
        (following, rung)
        for rung in rungs_now(blueprint, task)
        if (following := agenda((rung,), times, calendar, task.swept_at, now)[1])
    ]
    if not found or task.state in FINAL:
        return _("nothing falls due any more")
    moment, rung = min(found, key=lambda pair: pair[0])
    text = _("next is {rung} ({why}) on {time}")
    return text.format(rung=rung.id, why=in_words(rung), time=shown(moment, office.zone))
