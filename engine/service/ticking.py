"""The beat of the office: sweep what fell due, release this morning's messages, deliver all that is pending."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine import outbox, store
from engine.calendar import Calendar
from engine.clock import local_date
from engine.db import among_others, first, one_at_a_time, reading, shared, writing
from engine.delivery import Delivered, deliver
from engine.desk import STOOD_FROM
from engine.digest import Composed, release
from engine.due import Due, look
from engine.escalation import Swept, decisions_for, sweep_batch
from engine.ladders import STOOD_STILL
from engine.office import Office, Register
from engine.service.audit import seal
from engine.succession import look_once_a_day

HEARTBEAT = "tick"
SWEEPING = "sweep"
Deliver = Callable[[Office, datetime], Delivered]
Spread = Callable[[str], None]  # ask the other machines to take part in what is named
BEAT_EVERY = timedelta(minutes=1)


@dataclass
class Ticked:
    """What one tick did; `last` is set where it was earlier than the last one and did nothing."""

    last: datetime | None = None
    opened: int = 0
    decisions: int = 0
    put_off: int = 0  # of them: while the office is closed
    composed: Composed = field(default_factory=Composed)
    delivered: Delivered = field(default_factory=Delivered)

    def add(self, swept: Swept) -> None:
        self.opened += swept.opened
        self.put_off += swept.deferred
        self.decisions += swept.decisions


def tick(
    office: Office,
    now: datetime,
    *,
    as_told: bool = False,
    deliver: Deliver = deliver,
    spread: Spread = lambda _what: None,
) -> Ticked:
    """Run the engine as of `now`. Idempotent: a second tick at the same instant finds nothing left to do.

    `as_told`: the time was given by hand, and one earlier than the last tick does nothing. By the clock a tick always
    runs, so that a mistyped time in the far future cannot silence the office. `deliver` hands out what is pending.
    """
    due = _look(office, now)
    if as_told and due.last is not None and now < due.last:
        return Ticked(last=due.last)
    if due.last is None or abs(now - due.last) >= BEAT_EVERY:
        _beat(office, now, as_told)
        due = _look(office, now)
    ticked = Ticked()
    if due.tasks or due.decisions or due.silences:
        _decide(office, now, due, ticked, spread)
    if due.messages or due.entries or ticked.composed.messages:  # what waits for a signature may have ended
        if due.messages or ticked.composed.messages:
            spread("deliver")
        ticked.delivered = deliver(office, now)
    if due.entries or ticked != Ticked():
        seal(office, now)
    return ticked


def _look(office: Office, now: datetime) -> Due:
    with reading(office.engine) as connection:
        return look(connection, HEARTBEAT, now)


def _beat(office: Office, now: datetime, as_told: bool) -> None:
    """Record that the office is awake; where it was not for a working day, tell the coordinators."""
    with writing(office.engine) as connection:
        one_at_a_time(connection, HEARTBEAT)
        last = store.last_beat(connection, HEARTBEAT)
        if not as_told and last is not None and stood_still(office.almanac(connection).national, last, now):
            _tell_of_standstill(office, connection, last, now)
        store.beat(connection, HEARTBEAT, now)
        look_once_a_day(office, connection, now)


def stood_still(calendar: Calendar, last: datetime, now: datetime) -> bool:
    """Did a whole working day pass without a tick? One tick a day is enough."""
    yesterday = local_date(now, calendar.zone) - timedelta(days=1)
    return calendar.working_days_between(local_date(last, calendar.zone), yesterday) > 0


def _tell_of_standstill(office: Office, connection: Connection, last: datetime, now: datetime) -> None:
    """Each coordinator hears of it in the next message; it hangs on the first unfinished task of its plan."""
    store.beat(connection, STOOD_FROM, last)
    for instance in store.instances(connection):
        blueprint = office.blueprint(connection, instance)
        task = store.first_unfinished(connection, instance.id)
        if instance.closed_at is None and task is not None:
            number = outbox.last_occurrence(connection, task.id, STOOD_STILL.id) + 1
            register = Register(connection, instance.directory)
            rows = decisions_for(STOOD_STILL, number, now, blueprint, task, register)
            outbox.add_decisions(connection, rows)


def _decide(office: Office, now: datetime, due: Due, ticked: Ticked, spread: Spread) -> None:
    """Of several machines all decide what nobody else is at, and one composes; the others send what is there."""
    with first(office.engine, "decide") as alone:
        if due.tasks:
            if alone:
                spread("sweep")
            sweep_all(office, now, ticked)
        if alone:  # though it decided nothing itself: the others leave to it what they decided
            _release(office, now, ticked)


def sweep_all(office: Office, now: datetime, ticked: Ticked) -> None:
    """Until nothing is due that nobody else is at."""
    while True:
        with writing(office.engine) as connection:
            among_others(connection, SWEEPING)
            swept: Swept = sweep_batch(office, connection, now)
        ticked.add(swept)
        if not swept.tasks:
            return


def _release(office: Office, now: datetime, ticked: Ticked) -> None:
    """When everything that fell due by now is decided: who had a message today is written to tomorrow."""
    if shared(office.engine):
        with writing(office.engine) as connection:
            one_at_a_time(connection, SWEEPING)  # what the others are at is decided then
            while (swept := sweep_batch(office, connection, now, free=False)).tasks:
                ticked.add(swept)
    ticked.composed = release(office, now)
    ticked.composed.deferred += ticked.put_off
