"""What happened to one task, told in sentences: its entries, and the notices sent about it, in order of time."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from engine import outbox, store
from engine.clock import shown, shown_day
from engine.i18n import N_, _
from engine.ladders import label
from engine.office import Office
from engine.rows import TaskRow
from engine.states import state_label

# trigger → its sentence; {after} is the new state, the other names are facts of the entry.
SENTENCES = {
    "create": N_("The task was made; it is “{after}”."),
    "open": N_("Its turn came."),
    "ack": N_("Taken up by the unit."),
    "submit": N_("Handed in; now “{after}”."),
    "arrival": N_("A part arrived: {text}."),
    "accept": N_("Accepted."),
    "return": N_("Sent back."),
    "cancel": N_("Dropped."),
    "exempt": N_("The unit need not do it."),
    "fix-date": N_("The day was fixed: {last_day}."),
    "date": N_("The date follows from another: {last_day}."),
    "calendar": N_("Announced days off moved it."),
    "extend-request": N_("More time was asked for, until {asked}."),
    "extend-grant": N_("More time was granted, until {granted}."),
    "extend-refuse": N_("More time was refused."),
    "suspend": N_("The clock was stopped."),
    "resume": N_("The clock runs again; {paused_days} days do not count."),
    "unit-ended": N_("The unit ended; the task waits for its successor."),
    "transfer": N_("Handed over to another unit."),
    "amend": N_("The plan was amended."),
    "note": N_("Noted ({by}): {text}"),
    "remind": N_("A reminder out of turn was ordered."),
    "silence": N_("Silenced until {until}."),
    "unsilence": N_("The silence was lifted."),
    "denied": N_("Denied: {text}"),
    "undo": N_("Entry {undoes} was undone; now “{after}”."),
}


def story(office: Office, connection: Connection, task: TaskRow) -> list[dict[str, Any]]:
    """Moments with their sentence, the earliest first."""
    told = [*_entries(office, connection, task), *_notices(connection, task)]
    return sorted(told, key=lambda item: item["at"])


def _entries(office: Office, connection: Connection, task: TaskRow) -> Iterator[dict[str, Any]]:
    for row in store.entries(connection, store.ENTRY.c.task_id == task.id):
        data = json.loads(row.data)
        sentence = _(SENTENCES[row.trigger]) if row.trigger in SENTENCES else f"{row.trigger}."
        told = [sentence.format_map(_Facts(row, data))]
        told += [_("Paper: {doc}.").format(doc=row.doc)] if row.doc else []
        told += [_("Reason: {reason}.").format(reason=row.reason)] if row.reason else []
        if row.happened_at < row.at:
            told.append(_("Recorded on {moment}.").format(moment=shown(row.at, office.zone)))
        yield {"at": row.happened_at, "entry": row.id, "who": _who(row), "text": " ".join(told)}


class _Facts(dict[str, Any]):
    """What a sentence may name: the entry's facts, the new value of what changed, else an ellipsis."""

    def __init__(self, row: Any, data: dict[str, Any]):
        changed = {name: values[1] for name, values in data.get("changed", {}).items()}
        super().__init__({**changed, **data, "after": state_label(row.after) if row.after else ""})

    def __missing__(self, key: str) -> str:
        return "…"

    def __getitem__(self, key: str) -> Any:
        return _in_words(super().__getitem__(key))


def _in_words(value: Any) -> Any:
    try:
        return shown_day(date.fromisoformat(value)) if isinstance(value, str) and len(value) == 10 else value
    except ValueError:
        return value


def _who(row: Any) -> str:
    return f"{row.actor} ({row.for_unit})" if row.for_unit else str(row.actor)


def _notices(connection: Connection, task: TaskRow) -> Iterator[dict[str, Any]]:
    rows = [row for row in outbox.decisions(connection, outbox.DECISION.c.task_id == task.id) if row.outcome == "sent"]
    ids = {row.message_id for row in rows if row.message_id}
    sent: dict[int, datetime] = {}
    for some in store.chunks(sorted(ids)):
        found = outbox.messages(connection, outbox.MESSAGE.c.id.in_(some))
        sent.update((message.id, message.sent_at or message.composed_at) for message in found)
    for row in rows:
        if row.message_id in sent:
            text = _("Notice to {recipient}: {what} ({rung}).")
            text = text.format(recipient=row.recipient, what=label(row.template), rung=row.rung)
            yield {"at": sent[row.message_id], "entry": None, "who": "kh", "text": text}
