"""From a pending message to its outcome: checked once more, handed over, recorded."""

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf

from sqlalchemy import Connection

from engine import heartbeats, outbox, store
from engine.addressing import redirect
from engine.channels import CHANNELS
from engine.channels.contract import AMBIGUOUS, Channel, Result, Verdict
from engine.clock import local_date
from engine.db import reading, shared, writing
from engine.decisions import REASONS, SEND
from engine.errors import Unavailable
from engine.i18n import N_, _
from engine.leases import Lease
from engine.office import Office, Register, in_charge
from engine.pace import Pace, pace_of
from engine.rows import DecisionRow, MessageRow
from engine.sqlite import exclusive
from engine.triage import Hearing

# Minutes to wait after the 1st, 2nd, … failed attempt; after the last one the message is a dead letter.
BACK_OFF = (1, 5, 15, 60, 120, 240, 240, 480, 480, 960)
JITTER = 0.25  # up to so much more, so that what failed together does not come back together
AT_ONCE = 50  # messages looked at together before they are sent
FRESH_SECONDS = 3  # … and again where the first of them took longer
LATE = N_("message {id} was taken over by another machine: what came of it is for that one to say")


@dataclass
class Delivered:
    sent: int = 0
    cancelled: int = 0
    later: int = 0
    dead: int = 0
    late: int = 0  # another machine had taken them over: what came of them is for it to say
    waiting: int = 0  # their way out is not set, or does not answer
    trouble: str = ""  # what was said last


def deliver(office: Office, now: datetime, pace: Pace | None = None) -> Delivered:
    """Send all that is pending; a crash in between repeats at most the message under way.

    One process at a time sends what is in a file; of a server's database each machine takes on some, and holds a lease.
    """
    pace = pace or pace_of(office.engine, office.settings.per_minute)
    if shared(office.engine):
        return _deliver_our_share(office, now, pace)
    with exclusive(office.engine, "delivery"), closing(Batch(office, now, pace)) as batch:
        batch.look_at_held()
        with reading(office.engine) as connection:
            pending = outbox.pending_messages(connection, now)
        batch.deliver(pending)
        return batch.done


def _deliver_our_share(office: Office, now: datetime, pace: Pace) -> Delivered:
    lease = Lease(heartbeats.name(), office.settings.timeout)
    try:
        with closing(Batch(office, now, pace, lease)) as batch:
            batch.look_at_held()
            while taken := _take(office, lease, now):
                batch.deliver(taken)
            return batch.done
    finally:
        with suppress(Unavailable), writing(office.engine) as connection:
            lease.give_back(connection)


def _take(office: Office, lease: Lease, now: datetime) -> list[int]:
    with writing(office.engine) as connection:
        return lease.take(connection, now, AT_ONCE)


@dataclass
class Batch:
    """All that is pending at one time, over one connection a channel.

    While an outcome is being committed, the next message is prepared, but not handed over.
    """

    office: Office
    now: datetime
    pace: Pace
    lease: Lease | None = None
    done: Delivered = field(default_factory=Delivered)
    open: dict[str, Channel] = field(default_factory=dict)
    shut: set[str] = field(default_factory=set)
    clerk: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))
    recording: Future[None] | None = None

    def deliver(self, pending: Sequence[int]) -> None:
        wanted: dict[int, MessageRow] = {}
        looked_at, fresh_until = 0, -inf
        if pending:
            self._call_the_clerk()
        for number, key in enumerate(pending):
            self.pace.wait()
            self.hold_on(pending[number:])
            if number >= looked_at or self.pace.clock() > fresh_until:
                looked_at, fresh_until = number + AT_ONCE, self.pace.clock() + FRESH_SECONDS
                wanted = self.still_wanted(pending[number:looked_at])
            if message := wanted.get(key):
                self.hand_over(message)
        self.recorded()

    def _call_the_clerk(self) -> None:
        """Raises Unavailable where there is no room for a second thread: before anything is sent, not after."""
        try:
            self.clerk.submit(int)
        except RuntimeError as error:
            raise Unavailable(_("there is not enough memory")) from error

    def look_at_held(self) -> None:
        """What waits for a signature may have ended."""
        with reading(self.office.engine) as connection:
            held = outbox.held_messages(connection)
        for some in store.chunks(held, AT_ONCE):
            self.still_wanted(some, "held")

    def hold_on(self, left: Sequence[int]) -> None:
        """Nothing is handed over that somebody else may have taken over by then."""
        if self.lease and self.lease.is_short:
            self.recorded()
            with writing(self.office.engine) as connection:
                self.lease.renew(connection, left)

    def recorded(self) -> None:
        """Wait until the last outcome is on record. Raises what prevented it."""
        recording, self.recording = self.recording, None
        if recording:
            recording.result()

    def close(self) -> None:
        self.clerk.shutdown()
        for channel in self.open.values():
            channel.close()

    def still_wanted(self, ids: Sequence[int], status: str = "pending") -> dict[int, MessageRow]:
        """Those in which something is still owed; the others end here, each with its reason."""
        self.recorded()
        with reading(self.office.engine) as connection:
            messages = outbox.with_status(connection, ids, status)
            held = outbox.decisions_of_messages(connection, ids)
            hearing = Hearing(self.office, connection, [row for rows in held.values() for row in rows], self.now)
            verdicts = {key: [hearing.verdict(row) for row in rows] for key, rows in held.items()}
            owed = {key for key, found in verdicts.items() if SEND in found}
            single = {key: rows[0].task_id for key, rows in held.items() if len({row.task_id for row in rows}) == 1}
            first = outbox.first_about(connection, [single[key] for key in owed & single.keys()])
        self._cancel(hearing, status, {
            message.id: list(zip(held[message.id], verdicts[message.id], strict=True))
            for message in messages if message.id not in owed
        })  # fmt: skip
        return {
            message.id: message._replace(
                decisions=tuple(held[message.id]),
                tasks=tuple(hearing.tasks[row.task_id].selector for row in held[message.id]),
                follows=first.get((single.get(message.id, 0), message.channel, message.recipient), ""),
            )
            for message in messages
            if message.id in owed
        }

    def _cancel(self, hearing: Hearing, status: str, settled: Mapping[int, Sequence[tuple[DecisionRow, str]]]) -> None:
        """Nothing is owed in these messages any more; each of their decisions ends for a reason of its own."""
        if not settled:
            return
        with writing(self.office.engine) as connection:
            for key, decided in settled.items():
                reason = REASONS[decided[0][1]].text
                if not outbox.update_message(connection, key, while_status=status, status="cancelled", reason=reason):
                    continue
                for row, verdict in decided:
                    outbox.end_composed(connection, [row.id], REASONS[verdict].outcome, REASONS[verdict].text)
                hearing.keep_back(connection, [row for row, verdict in decided if verdict == "silenced"])
        self.done.cancelled += len(settled)

    def hand_over(self, message: MessageRow) -> None:
        channel = self.channel(message.channel)
        if channel is None:
            self.done.waiting += 1
            return
        self.pace.sending()
        result = channel.send(message, self.now, self.recorded)
        self.recorded()
        if result.verdict is Verdict.UNREACHABLE:
            self.shut.add(message.channel)
            self.done.waiting, self.done.trouble = self.done.waiting + 1, result.text
        else:
            self.recording = self.clerk.submit(self.record, message, result)

    def channel(self, name: str) -> Channel | None:
        """The open way out; None where there is none for now."""
        if name not in self.open and name not in self.shut:
            try:
                self.open[name] = CHANNELS[name](self.office.settings)
            except Unavailable as error:
                self.shut.add(name)
                self.done.trouble = str(error)
        return None if name in self.shut else self.open[name]

    def record(self, message: MessageRow, result: Result) -> None:
        """What came of an attempt, in a commit of its own."""
        done, attempts = self.done, message.attempts + 1
        reason = AMBIGUOUS if message.reason == AMBIGUOUS else result.text  # it stays on record
        with writing(self.office.engine) as connection:
            if self.lease and not self.lease.settle(connection, message.id):
                done.late, done.trouble = done.late + 1, _(LATE).format(id=message.id)
            elif result.verdict is Verdict.ACCEPTED:
                outbox.update_message(connection, message.id, while_status="pending", status="sent",
                                      sent_at=self.now, attempts=attempts, reason=reason)  # fmt: skip
                outbox.end_composed(connection, [row.id for row in message.decisions], "sent", REASONS["sent"].text)
                done.sent += 1
            elif result.verdict is Verdict.REFUSED or attempts > len(BACK_OFF):
                outbox.update_message(connection, message.id, while_status="pending", status="dead",
                                      attempts=attempts, reason=result.text)  # fmt: skip
                self._tell_coordinator(connection, message, result.text)
                done.dead, done.trouble = done.dead + 1, result.text
            else:
                outbox.update_message(connection, message.id, while_status="pending", attempts=attempts,
                                      next_attempt_at=self.now + back_off(message), reason=reason)  # fmt: skip
                done.later, done.trouble = done.later + 1, result.text

    def _tell_coordinator(self, connection: Connection, message: MessageRow, reason: str) -> None:
        """A dead letter alarms the coordinator with the next message, unless another channel told or may yet tell."""
        rows = outbox.decisions_of_messages(connection, [message.id])[message.id]
        on_their_way = outbox.on_their_way(connection, [row.id for row in rows], besides=message.id)
        lost = [row for row in rows if row.outcome == "composed" and row.id not in on_their_way]
        tasks = store.tasks_by_id(connection, [row.task_id for row in lost])
        pairs = []
        for row in lost:
            instance = self.office.instance(connection, tasks[row.task_id].instance)
            blueprint, register = self.office.blueprint(connection, instance), Register(connection, instance.directory)
            pairs.append((row, in_charge(blueprint, register, local_date(self.now, self.office.zone))))
        redirect(connection, pairs, "undeliverable", reason)


def back_off(message: MessageRow) -> timedelta:
    """How long to wait after another failed attempt; the jitter is the message's own, so that it can be repeated."""
    share = hashlib.sha256(f"{message.message_id}{message.attempts}".encode()).digest()[0] / 255
    return timedelta(minutes=BACK_OFF[message.attempts] * (1 + JITTER * share))
