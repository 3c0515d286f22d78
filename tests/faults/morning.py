"""Workers on a server of our own, a mail server that outlives them all, and what is counted there at the end.

    python tests/faults/morning.py kill RUNGS TIMES     workers are killed at random while many rungs fall due
    python tests/faults/morning.py cut RUNGS TIMES      two machines, the line of one to the database cut for 1 to 60 s

Nothing is lost. Twice goes only what a worker held that was killed or cut off: one message a time, under the same
Message-ID and with the same words. Within a minute nothing is its own any more.
"""

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
from mailserver import MailServer
from namespaces import MAIL, Machine, machines
from restarts import server

from benchmarks.country import begin, environment, worker
from benchmarks.server import plain

UNITS = 2000  # of a plan: so many rungs fall due with it, and so many mails go out
PER_MINUTE = 1200  # mails, so that there is time to be struck in between
MINUTE = 60
PATIENCE = 600  # seconds without any progress, after which all is given up
PROGRESS = """
SELECT (SELECT count(*) FROM task WHERE next_action_at <= now()),
    (SELECT count(*) FROM decision WHERE outcome = 'pending'), (SELECT count(*) FROM message WHERE status = 'pending')
"""
COUNTED = """
SELECT count(*), count(DISTINCT (task_id, rung, occurrence, recipient)), count(*) FILTER (WHERE outcome <> 'sent')
FROM decision
"""
HELD = """
SELECT m.message_id, c.token FROM claim c JOIN message m ON m.id = c.message_id
WHERE m.status = 'pending' AND c.holder LIKE %s
"""
STILL_HELD = """
SELECT count(*) FROM claim c JOIN message m ON m.id = c.message_id WHERE m.status = 'pending' AND c.token = ANY(%s)
"""


@dataclass
class Blow:
    """What befell one worker: what it held, and how long it took until nothing of that was its own any more."""

    at: float
    messages: set[str]
    tokens: list[str]
    over: float | None = None  # seconds


@dataclass
class Morning:
    """An office on which many rungs fall due at once, and those who work there."""

    urls: list[str]  # at which each worker finds the database
    plain: str
    mails: MailServer
    folder: Path
    machines: Sequence[Machine | None]
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    blows: list[Blow] = field(default_factory=list)
    ended: int = 0  # workers that ended by themselves

    def employ(self, number: int) -> None:
        """A new worker in this place."""
        machine = self.machines[number]
        host = MAIL if machine else "127.0.0.1"
        environ = environment(
            self.urls[number], self.folder, KH_SMTP_HOST=host, KH_SMTP_PORT=str(self.mails.port),
            KH_SMTP_FROM="kh@office.example.vn", KH_SMTP_TLS="none", KH_DELIVERY_TIMEOUT="5",
            KH_DELIVERY_PER_MINUTE=str(PER_MINUTE),
        )  # fmt: skip
        process = worker(environ, self.folder / f"log-{number}", machine.inside if machine else ())
        self.workers[number : number + 1] = [process]

    def ask(self, query: str, *values: Any) -> list[Any]:
        with psycopg.connect(self.plain) as connection:
            return connection.execute(query, values).fetchall()  # type: ignore[call-overload, no-any-return]

    def struck(self, number: int) -> None:
        """Write down what the worker in this place holds: it can record nothing any more."""
        found = self.ask(HELD, f"%:{self.workers[number].pid}")
        self.blows.append(Blow(time.monotonic(), {row[0] for row in found}, sorted({row[1] for row in found})))

    def look(self) -> tuple[int, ...]:
        """What is left to do; who is missing is replaced, and it is seen which blows are over."""
        for number, process in enumerate(self.workers):
            if process.poll() is not None:
                self.ended += 1
                self.employ(number)
        for blow in self.blows:
            if blow.over is None and self.ask(STILL_HELD, blow.tokens) == [(0,)]:
                blow.over = time.monotonic() - blow.at
        return tuple(self.ask(PROGRESS)[0])

    def live(self, strike: Callable[[], None], times: int, between: tuple[float, float]) -> None:
        """Until nothing is left, with so many blows in between. Raises TimeoutError where it does not go on."""
        left, seen_at = self.look(), time.monotonic()
        next_at = seen_at + random.uniform(*between)
        while any(left) or any(blow.over is None for blow in self.blows):
            Event().wait(0.2)
            before, left = left, self.look()
            if left != before:
                seen_at = time.monotonic()
            if time.monotonic() - seen_at > PATIENCE:
                raise TimeoutError(f"left to do: {left}")
            if len(self.blows) < times and time.monotonic() > next_at and any(left):
                strike()
                next_at = time.monotonic() + random.uniform(*between)

    def kill(self) -> None:
        number = random.randrange(len(self.workers))
        self.workers[number].kill()
        self.workers[number].wait()
        self.struck(number)
        self.employ(number)

    def cut(self, most: float) -> None:
        """The line of one machine whose worker is at work, for some seconds; it lives on."""
        heard = {row[0] for row in self.ask("SELECT split_part(name, ':', 2) FROM worker")}
        working = [number for number, process in enumerate(self.workers) if str(process.pid) in heard]
        if not working:
            return
        number = random.choice(working)
        machine = self.machines[number]
        assert machine is not None
        machine.cut()
        self.struck(number)
        until = time.monotonic() + random.uniform(1, most)
        while time.monotonic() < until:
            Event().wait(0.2)
            self.look()
        machine.mend()

    def end(self) -> None:
        for process in self.workers:
            process.send_signal(signal.SIGTERM)
        for process in self.workers:
            try:
                process.wait(MINUTE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def judged(self, rungs: int) -> Iterator[str]:
        """What is wrong."""
        decided, distinct, unsent = self.ask(COUNTED)[0]
        if (decided, distinct, unsent) != (rungs, rungs, 0):
            yield f"of {rungs} rungs {decided} decisions, {distinct} distinct, {unsent} not sent"
        accepted = self.mails.mails()
        times = Counter(mail["id"] for mail in accepted)
        if lost := {row[0] for row in self.ask("SELECT message_id FROM message")} ^ times.keys():
            yield f"{len(lost)} messages on one side only"
        held = Counter(name for blow in self.blows for name in blow.messages)
        for name, count in times.items():
            if count > 1 + held[name]:
                yield f"{name} went {count} times, and of those who held it {held[name]} were struck"
        if (again := times.total() - len(times)) > len(self.blows):
            yield f"{again} mails too many, after {len(self.blows)} blows"
        if len({(mail["id"], mail["digest"]) for mail in accepted}) > len(times):
            yield "a message was sent with other words"
        if (slowest := max((blow.over or 0 for blow in self.blows), default=0)) > MINUTE:
            yield f"taken over after {slowest:.0f} s only"


@contextmanager
def morning(rungs: int, port: int, places: Sequence[Machine | None]) -> Iterator[Morning]:
    """With a worker in each place."""
    hosts = [machine.database if machine else "127.0.0.1" for machine in places]
    with tempfile.TemporaryDirectory() as name, server(port, hosts) as found:
        folder = Path(name)
        mails = MailServer(folder / "mails", MAIL if places[0] else "127.0.0.1")
        units = min(UNITS, rungs)
        begin(found.url, folder, 1, units, rungs // units)
        urls = [found.url.replace("127.0.0.1", host) for host in hosts]
        office = Morning(urls, plain(found.url), mails, folder, places)
        try:
            for number in range(len(places)):
                office.employ(number)
            yield office
        finally:
            office.end()
            mails.stop()


def told(found: Morning, rungs: int, seconds: float, wrong: Sequence[str]) -> None:
    mails = found.mails.mails()
    again = len(mails) - len({mail["id"] for mail in mails})
    slowest = max((blow.over or 0 for blow in found.blows), default=0)
    said = f"{rungs} rungs, {len(mails) - again} mails, {again} of them twice; {len(found.blows)} blows, "
    said += f"taken over after {slowest:.0f} s at most, {found.ended} workers ended by themselves, {seconds:.0f} s"
    sys.stdout.write("\n".join([said, *wrong, ""]))


def kills(rungs: int, times: int, port: int = 54332, workers: int = 3, between: tuple[float, float] = (1, 8)) -> int:
    """0 where nothing is wrong."""
    began = time.monotonic()
    with morning(rungs, port, [None] * workers) as found:
        found.live(found.kill, times, between)
        found.end()
        wrong = list(found.judged(rungs))
        told(found, rungs, time.monotonic() - began, wrong)
    return int(bool(wrong))


def cuts(rungs: int, times: int, port: int = 54333, most: float = MINUTE) -> int:
    """0 where nothing is wrong."""
    began = time.monotonic()
    with machines(2) as places, morning(rungs, port, places) as found:
        found.live(lambda: found.cut(most), times, (2, 10))
        found.end()
        wrong = list(found.judged(rungs))
        told(found, rungs, time.monotonic() - began, wrong)
    return int(bool(wrong))


if __name__ == "__main__":
    what, count, blows = sys.argv[1:]
    sys.exit({"kill": kills, "cut": cuts}[what](int(count), int(blows)))
