"""The one checker of the invariants, over what is stored and what the mail server accepted."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

# What a repeat may change, and what is left to a command of its own. A Word file holds the time it was made; a tick
# repeated on the same morning puts off what was found undeliverable in between, which is a mark and no outcome.
VOLATILE = {
    "message": {"id", "attempts", "reason", "next_attempt_at", "attachments"}, "entry": {"id"},
    "decision": {"id", "message_id", "deferred_to"}, "echo": {"decision_id", "message_id"},
}  # fmt: skip
INSTEAD = {"decision": ", (SELECT m.message_id FROM message m WHERE m.id = decision.message_id)"}
LEFT_OUT = {"heartbeat", "seal", "sealed_entry", "alembic_version"}
TODAY = re.compile(r"20(?:2[4-9]|[3-9]\d)-\d\d-\d\d[T ][\d:.+]+")  # the machine's clock; the scenarios live in 2020

COUNTED = """
SELECT * FROM (
    SELECT y.stage, y.done, y.dropped, sum(t.state = 'completed') completed,
           sum(t.state IN ('cancelled', 'exempt')) ended
    FROM tally y JOIN task t ON t.instance_id = y.instance_id AND t.stage = y.stage AND t.period = y.period
    WHERE y.scope = '' GROUP BY y.id
) WHERE done <> completed OR dropped <> ended
"""

# What was refused on the day of the last tick is told to the coordinator with the message of the next morning.
UNDECIDED = """
SELECT d.id FROM decision d LEFT JOIN message m ON m.id = d.message_id
WHERE d.outcome IN ('pending', 'composed') AND coalesce(m.status, '') <> 'held'
    AND coalesce(d.deferred_to, d.due_at) <= (SELECT max(at) FROM heartbeat WHERE name = 'tick')
    AND NOT (d.role = 'undeliverable' AND EXISTS (
        SELECT 1 FROM decision o JOIN message dead ON dead.id = o.message_id
        WHERE (o.task_id, o.rung) = (d.task_id, d.rung) AND dead.status = 'dead'
            AND dead.office_date = (SELECT date(max(at)) FROM heartbeat WHERE name = 'tick')))
"""

State = dict[str, list[tuple[Any, ...]]]
Mail = dict[str, Any]


def state_of(path: Path) -> State:
    """Everything stored that a user could tell apart."""
    with closing(sqlite3.connect(path)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: _rows(connection, name) for name in sorted(names) if name not in LEFT_OUT}


def _rows(connection: sqlite3.Connection, name: str) -> list[tuple[Any, ...]]:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
    kept = [column for column in columns if column not in VOLATILE.get(name, ())]
    listed = ", ".join(f"[{column}]" for column in kept) or "count(*)"
    found = connection.execute(f"SELECT {listed}{INSTEAD.get(name, '')} FROM {name}").fetchall()
    return sorted((tuple(map(_timeless, row)) for row in found), key=repr)


def _timeless(value: Any) -> Any:
    return TODAY.sub("now", value) if isinstance(value, str) else value


def difference(one: State, other: State) -> str:
    """The first rows in which two states differ, for a person to read."""
    for name in sorted(one.keys() | other.keys()):
        ours, theirs = map(Counter, (one.get(name, []), other.get(name, [])))
        if ours != theirs:
            return f"{name}: {str(list(ours - theirs))[:300]} / {str(list(theirs - ours))[:300]}"
    return ""


def unrecorded(path: Path, mails: list[Mail]) -> set[str]:
    """The Message-IDs that the server accepted and the store does not know as sent: what was under way."""
    with closing(sqlite3.connect(path)) as connection:
        sent = {row[0] for row in connection.execute("SELECT message_id FROM message WHERE status = 'sent'")}
    return {mail["id"] for mail in mails} - sent


def check(path: Path, mails: list[Mail], under_way: set[str], *, finished: bool) -> Iterator[tuple[str, str]]:
    """(invariant, what is wrong) for a store; `finished`: ticks came after all else, and nothing due may be left."""
    with closing(sqlite3.connect(path)) as connection:
        yield from _entries(connection)
        yield from _decisions(connection, {mail["id"] for mail in mails})
        if finished:
            yield from (
                ("I3", f"decision {row[0]} fell due and has no outcome") for row in connection.execute(UNDECIDED)
            )
        yield from _soundness(connection)
    yield from _repeats(mails, under_way)


def _entries(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """I2: replaying the entries gives the stored states, and counting the states the stored tallies."""
    told: dict[int, str] = {}
    query = 'SELECT task_id, "before", "after", "trigger" FROM entry WHERE task_id > 0 AND "after" > \'\' ORDER BY id'
    for task, before, after, trigger in connection.execute(query):
        if before is not None and told.get(task) != before:
            yield "I2", f"task {task}: {trigger} from {before}, but it was {told.get(task)}"
        told[task] = after
    for task, state in connection.execute("SELECT id, state FROM task"):
        if told.get(task) != state:
            yield "I2", f"task {task} is {state}, its entries say {told.get(task)}"
    for row in connection.execute(COUNTED):
        yield "I2", f"tally {row}"


def _decisions(connection: sqlite3.Connection, accepted: set[str]) -> Iterator[tuple[str, str]]:
    """I3: what fell due has an outcome, what is sent was accepted; I5: nothing early, nothing for what was done."""
    for number, name in connection.execute(
        "SELECT d.id, m.message_id FROM decision d JOIN message m ON m.id = d.message_id WHERE d.outcome = 'sent'"
    ):
        if name not in accepted:
            yield "I3", f"decision {number} is sent, but the server never accepted {name}"
    for number, due_at, sent_at, done_at in connection.execute(
        "SELECT d.id, d.due_at, m.sent_at, t.submitted_at FROM decision d JOIN message m ON m.id = d.message_id "
        "JOIN task t ON t.id = d.task_id "
        "WHERE d.outcome = 'sent' AND d.template IN ('nhac-viec', 'nhac-qua-han', 'don-doc')"
    ):
        if due_at > sent_at:
            yield "I5", f"decision {number} was due at {due_at} and sent at {sent_at}"
        if done_at is not None and done_at < sent_at:
            yield "I5", f"decision {number} was sent at {sent_at} for a task done at {done_at}"


def _soundness(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """I7."""
    for row in connection.execute("PRAGMA foreign_key_check"):
        yield "I7", f"foreign key {row}"
    for (word,) in connection.execute("PRAGMA integrity_check"):
        if word != "ok":
            yield "I7", word


def _repeats(mails: list[Mail], under_way: set[str]) -> Iterator[tuple[str, str]]:
    """I4: exactly once, save what was under way, and that under the same Message-ID with the same words."""
    if len(under_way) > 1:
        yield "I4", f"{len(under_way)} messages were accepted and not recorded"
    times = Counter(mail["id"] for mail in mails)
    for name, count in times.items():
        if count > 1 + (name in under_way):
            yield "I4", f"{name} was accepted {count} times"
        if len({mail["digest"] for mail in mails if mail["id"] == name}) > 1:
            yield "I4", f"{name} was two different mails"
