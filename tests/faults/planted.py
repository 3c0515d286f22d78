"""Bugs planted into the product, one or more for each invariant: a checker that misses one of them is worth nothing."""

import hashlib
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from engine import delivery, machine, outbox, seals, settle, store, triage
from engine.channels import mime
from engine.channels.contract import Result, Verdict
from engine.rows import MessageRow


def commit_halfway() -> None:
    """I1: the states are committed before their entries."""
    real = store.add_entries

    def add(connection: Any, rows: Any) -> None:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        real(connection, rows)

    machine.store.add_entries = add


def no_entry() -> None:
    """I2: what is submitted leaves no entry."""
    real = store.add_entries
    store.add_entries = lambda connection, rows: real(connection, [row for row in rows if row["trigger"] != "submit"])


def counter_forgotten() -> None:
    """I2: the stage's counter is not moved."""
    settle.tallies.count_on = lambda *_words: None


def record_before_sending() -> None:
    """I3: it is on record as sent before it is."""
    real = delivery.Batch.hand_over

    def hand_over(self: Any, message: MessageRow) -> None:
        self.record(message, Result(Verdict.ACCEPTED, "250"))
        real(self, message)

    delivery.Batch.hand_over = hand_over  # type: ignore[method-assign]


def outcome_forgotten() -> None:
    """I3: decisions that are superseded get no outcome."""
    outbox.end_composed = lambda *_words: None


def record_at_the_end() -> None:
    """I4: outcomes are recorded when the whole batch is out."""
    kept: list[tuple[Any, ...]] = []
    real, deliver = delivery.Batch.record, delivery.Batch.deliver
    delivery.Batch.record = lambda self, *words: kept.append((self, *words))  # type: ignore[method-assign]

    def whole(self: Any, pending: Any) -> None:
        deliver(self, pending)
        for words in kept:
            real(*words)

    delivery.Batch.deliver = whole  # type: ignore[method-assign]


def random_message_id() -> None:
    """I4: each attempt has a Message-ID of its own."""
    real = mime.compose

    def compose(message: MessageRow, sender: str, at: Any) -> bytes:
        name = hashlib.sha256(random.SystemRandom().randbytes(9)).hexdigest()
        return real(message, sender, at).replace(message.message_id.encode(), f"<{name[:40]}@kh.invalid>".encode())

    mime.seal = compose


def too_early() -> None:
    """I5: what falls due within a week is sent now."""
    real = outbox.ready_decisions
    outbox.ready_decisions = lambda connection, now, ids=None: real(connection, now + timedelta(days=400), ids)
    from engine import escalation

    agenda = escalation.agenda
    escalation.agenda = lambda r, t, c, s, until: agenda(r, t, c, s, until + timedelta(days=9))  # type: ignore[assignment]


def told_though_done() -> None:
    """I5: nobody looks whether the task was done by then."""
    triage.decide = lambda *_words: "send"


def entry_changed() -> None:
    """I6: somebody rewrites the log behind the seals."""
    real = seals.seal_next

    def seal(connection: Any, now: Any) -> int:
        done = real(connection, now)
        connection.execute(text("DROP TRIGGER IF EXISTS entry_no_update"))
        connection.execute(text("UPDATE entry SET reason = 'x' WHERE id = 1"))
        return done

    seals.seal_next = seal


def loose_ends() -> None:
    """I7: nobody keeps references."""
    from engine import sqlite

    sqlite.PRAGMAS = tuple(pragma for pragma in sqlite.PRAGMAS if "foreign_keys" not in pragma)
    real = outbox.add_decisions
    outbox.add_decisions = lambda connection, rows: real(
        connection, [*rows, *({**row, "task_id": 999} for row in rows[:1])]
    )


def crash() -> None:
    """I8: a message that was looked at before makes the delivery fall over."""
    real = outbox.pending_messages

    def pending(connection: Any, now: Any) -> Any:
        if connection.execute(text("SELECT count(*) FROM message WHERE status = 'sent'")).scalar():
            raise RuntimeError("cannot happen")
        return real(connection, now)

    outbox.pending_messages = pending


def lease_without_end() -> None:
    """I10: what somebody began to send is never taken up again."""
    real = outbox.still_pending

    def claimed(connection: Any, ids: Any) -> Any:
        rows = real(connection, ids)
        mark = text("UPDATE message SET attempts = 1 WHERE id = :id AND attempts = 0")
        fresh = []
        with connection.engine.connect() as other:
            for row in rows:
                if other.execute(mark, {"id": row.id}).rowcount:
                    fresh.append(row)
            other.commit()
        return fresh

    outbox.still_pending = claimed


# bug → (the invariant that must notice, the scenarios it is planted into)
PLANTED: dict[Callable[[], None], tuple[str, tuple[str, ...]]] = {
    commit_halfway: ("I1", ("a move",)),
    no_entry: ("I2", ("a move",)),
    counter_forgotten: ("I2", ("undo",)),
    record_before_sending: ("I3", ("tick",)),
    outcome_forgotten: ("I3", ("tick",)),
    record_at_the_end: ("I4", ("tick",)),
    random_message_id: ("I4", ("tick",)),
    too_early: ("I5", ("tick",)),
    told_though_done: ("I5", ("moves in bulk",)),
    entry_changed: ("I6", ("a move",)),
    loose_ends: ("I7", ("tick",)),
    crash: ("I8", ("delivery",)),
    lease_without_end: ("I10", ("tick",)),
}
