"""The beat of the office: sweep what fell due, release this morning's messages, deliver all that is pending."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine import store
from engine.db import writing
from engine.delivery import Delivered, deliver
from engine.digest import Composed, compose
from engine.escalation import Swept, sweep_batch
from engine.office import Office

HEARTBEAT = "tick"
Deliver = Callable[[Office, datetime], Delivered]
BEAT_EVERY = timedelta(minutes=1)


@dataclass
class Ticked:
    """What one tick did; `last` is set where it was earlier than the last one and did nothing."""

    last: datetime | None = None
    opened: int = 0
    decisions: int = 0
    composed: Composed = field(default_factory=Composed)
    delivered: Delivered = field(default_factory=Delivered)


def tick(office: Office, now: datetime, *, as_told: bool = False, deliver: Deliver = deliver) -> Ticked:
    """Run the engine as of `now`. Idempotent: a second tick at the same instant finds nothing left to do.

    `as_told`: the time was given by hand, and one earlier than the last tick does nothing. By the clock a tick always
    runs, so that a mistyped time in the far future cannot silence the office. `deliver` hands out what is pending.
    """
    ticked = Ticked()
    with writing(office.engine) as connection:
        last = store.last_beat(connection, HEARTBEAT)
        if as_told and last is not None and now < last:
            return Ticked(last=last)
        if last is None or abs(now - last) >= BEAT_EVERY:
            store.beat(connection, HEARTBEAT, now)
    _sweep(office, now, ticked)
    with writing(office.engine) as connection:
        ticked.composed = compose(office, connection, now)
    ticked.delivered = deliver(office, now)
    return ticked


def _sweep(office: Office, now: datetime, ticked: Ticked) -> None:
    while True:
        with writing(office.engine) as connection:
            swept: Swept = sweep_batch(office, connection, now)
        if not swept.tasks:
            return
        ticked.opened += swept.opened
        ticked.decisions += swept.decisions
