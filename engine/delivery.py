"""From a pending message to its outcome: checked once more, handed over, recorded."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from engine import outbox, store
from engine.channels import CHANNELS
from engine.channels.email import EmailChannel, Result, Verdict
from engine.db import exclusive, reading, writing
from engine.decisions import REASONS, SEND, decide
from engine.digest import redirect
from engine.escalation import find_rung
from engine.office import Office

# Minutes to wait after the 1st, 2nd, … failed attempt; after the last one the message is a dead letter.
BACK_OFF = (1, 5, 15, 60, 120, 240, 240, 480, 480, 960)


@dataclass
class Delivered:
    sent: int = 0
    cancelled: int = 0
    later: int = 0
    dead: int = 0
    waiting: int = 0  # no server is named, or it does not answer
    trouble: str = ""  # what the server said last


def deliver(office: Office, now: datetime) -> Delivered:
    """Send all that is pending, one process at a time; a crash in between repeats at most the message under way."""
    done = Delivered()
    with exclusive(office.engine, "delivery"):
        with reading(office.engine) as connection:
            pending = outbox.pending_messages(connection, now)
        if pending and office.settings.smtp is None:
            done.waiting = len(pending)
        elif pending and office.settings.smtp is not None:
            with CHANNELS["email"](office.settings.smtp) as channel:
                _deliver_all(office, pending, channel, now, done)
    return done


def _deliver_all(office: Office, pending: list[Any], channel: EmailChannel, now: datetime, done: Delivered) -> None:
    for number, message in enumerate(pending):
        if not _still_wanted(office, message.id, now):
            done.cancelled += 1
            continue
        result = channel.send(message, now)
        if result.verdict is Verdict.UNREACHABLE:
            done.waiting, done.trouble = len(pending) - number, result.text
            return
        _record(office, message, result, now, done)


def _still_wanted(office: Office, message_id: int, now: datetime) -> bool:
    """False, and recorded, where everything in a message was settled since it was composed."""
    with writing(office.engine) as connection:
        held = outbox.decisions_of_messages(connection, [message_id]).get(message_id, [])
        tasks = store.tasks_by_id(connection, [row.task_id for row in held])
        for row in held:
            task = tasks[row.task_id]
            blueprint = office.blueprint(connection, office.instance(connection, task.instance))
            rung = find_rung(blueprint, task.stage, row.rung)
            if rung is not None and decide(rung, row, task, now) == SEND:
                return True
        outbox.update_message(
            connection, message_id, while_status="pending", status="cancelled", reason=REASONS["done"].text
        )
        outbox.end_decisions_of(connection, message_id, "done", REASONS["done"].text)
    return False


def _tell_coordinator(office: Office, connection: Connection, message_id: int, reason: str) -> None:
    """A dead letter alarms the coordinator with the next message."""
    rows = outbox.decisions_of_messages(connection, [message_id]).get(message_id, [])
    tasks = store.tasks_by_id(connection, [row.task_id for row in rows])
    lost = []
    for row in rows:
        instance = office.instance(connection, tasks[row.task_id].instance)
        lost.append((row, office.blueprint(connection, instance).plan.coordinator))
    redirect(connection, lost, reason)


def _record(office: Office, message: Any, result: Result, now: datetime, done: Delivered) -> None:
    with writing(office.engine) as connection:
        if result.verdict is Verdict.ACCEPTED:
            outbox.update_message(connection, message.id, while_status="pending", status="sent", sent_at=now,
                                 attempts=message.attempts + 1, reason=result.text)  # fmt: skip
            outbox.end_decisions_of(connection, message.id, "sent", REASONS["sent"].text)
            done.sent += 1
        elif result.verdict is Verdict.REFUSED or message.attempts + 1 > len(BACK_OFF):
            outbox.update_message(connection, message.id, while_status="pending", status="dead",
                                 attempts=message.attempts + 1, reason=result.text)  # fmt: skip
            _tell_coordinator(office, connection, message.id, result.text)
            done.dead, done.trouble = done.dead + 1, result.text
        else:
            again = now + timedelta(minutes=BACK_OFF[message.attempts])
            outbox.update_message(connection, message.id, while_status="pending", attempts=message.attempts + 1,
                                 next_attempt_at=again, reason=result.text)  # fmt: skip
            done.later, done.trouble = done.later + 1, result.text
