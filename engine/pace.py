"""How fast messages may go out: evenly, and at most so many a minute, over all machines together."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from sqlalchemy import Connection, Engine, text

from engine.db import shared, writing

# The next free moment, of all who send: whoever takes one moves it on for the others.
_SLOT = text("""
    INSERT INTO heartbeat (name, at) VALUES ('pace', clock_timestamp() + make_interval(secs => :step))
    ON CONFLICT (name) DO UPDATE
        SET at = greatest(heartbeat.at, clock_timestamp()) + make_interval(secs => :step)
    RETURNING extract(epoch FROM at - clock_timestamp()) - :step
""")


@dataclass
class Pace:
    """At most so many messages a minute; what comes too soon waits."""

    per_minute: float = 0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    next_at: float = -inf

    def wait(self) -> None:
        """Until a message may go out."""
        if self.per_minute and (left := self.next_at - self.clock()) > 0:
            self.sleep(left)

    def sending(self) -> None:
        """A message goes out now."""
        self.next_at = self.clock() + 60 / self.per_minute if self.per_minute else -inf


@dataclass
class SharedPace(Pace):
    """The same for all machines on one database: each takes the next moment that is free."""

    engine: Engine | None = None

    def sending(self) -> None:
        """The moment is taken before the message goes out, and waited for."""
        assert self.engine is not None
        with writing(self.engine) as connection:
            left = take_slot(connection, 60 / self.per_minute)
        if left > 0:
            self.sleep(left)

    def wait(self) -> None: ...


def take_slot(connection: Connection, step: float) -> float:
    """Seconds until the moment that is now ours; the next one is `step` seconds later."""
    return float(connection.execute(_SLOT, {"step": step}).scalar_one())


def pace_of(engine: Engine, per_minute: float) -> Pace:
    """As fast as the office allows."""
    if shared(engine) and per_minute:
        return SharedPace(per_minute, engine=engine)
    return Pace(per_minute)
