"""Messages and decisions as a reader sees them, and why a notice did not go out."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from engine import outbox, silences, store
from engine.clock import local_date, shown_day
from engine.i18n import _
from engine.rows import DecisionRow, SilenceRow


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


def decision_views(connection: Connection, rows: Sequence[DecisionRow]) -> list[dict[str, Any]]:
    """What was decided about a task's rungs, sent or not, each with its reason."""
    tasks = store.tasks_by_id(connection, {row.task_id for row in rows})
    quiet = silences.by_id(connection, {row.silence_id for row in rows if row.silence_id})
    return [
        {
            "task": tasks[row.task_id].selector, "rung": row.rung, "occurrence": row.occurrence,
            "severity": row.severity, "template": row.template, "recipient": row.recipient, "role": row.role,
            "due_at": row.due_at, "deferred_to": row.deferred_to, "outcome": row.outcome,
            "reason": _silenced(quiet[row.silence_id]) if row.outcome == "silenced" and row.silence_id else row.reason,
            "message": row.message_id,
        }
        for row in rows
    ]  # fmt: skip


def _silenced(row: SilenceRow) -> str:
    text = _("silenced by {author} until {until}: {reason}")
    return text.format(author=row.author, until=shown_day(local_date(row.until) - timedelta(days=1)), reason=row.reason)
