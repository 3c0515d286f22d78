"""A worker among others: Procrastinate hands out the jobs, our own keys, locks and leases make them right.

A job that is run twice, or by two at once, changes nothing: what is decided is decided once by the database, and whose
turn a message is says its lease. So a beat whose worker died need not be found again: the next one does the same.
"""

import asyncio
import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from engine import heartbeats
from engine.clock import Clock
from engine.db import one_at_a_time, reading, shared, writing
from engine.delivery import deliver
from engine.errors import BadValue, KhError, Unavailable
from engine.i18n import _
from engine.office import Office
from engine.postgresql import CONNECTION
from engine.service.ticking import Ticked, sweep_all, tick

log = logging.getLogger("kh")
QUEUE = "kh"
SCHEMA = "queue"  # Procrastinate's own tables, apart from ours
BEAT = "* * * * * */15"  # of every minute, these seconds: with a lease of 45 s a dead peer is replaced within a minute
HEARD_EVERY = 10  # seconds


@dataclass
class Hand:
    """What one worker does: the beat, or a share of what a peer's beat found."""

    office: Office
    clock: Clock
    report: Callable[[Ticked], None]
    call: Callable[[str, int], None] = lambda _what, _number: None
    doing: str = ""
    jobs: dict[str, Callable[[], Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.jobs = {"beat": self.beat, "sweep": self.sweep, "deliver": self.deliver}

    def do(self, job: str) -> None:
        """One job. What fails is said, and done by the next beat."""
        self.doing = job
        try:
            self.jobs[job]()
        except KhError as error:
            log.error("%s", error)
        finally:
            self.doing = ""

    def beat(self) -> None:
        self.report(tick(self.office, self.clock(), spread=self.spread))

    def sweep(self) -> None:
        sweep_all(self.office, self.clock(), Ticked())

    def deliver(self) -> None:
        self.report(Ticked(delivered=deliver(self.office, self.clock())))

    def spread(self, what: str) -> None:
        """Ask the peers to do the same."""
        with reading(self.office.engine) as connection:
            peers = [peer for peer in heartbeats.everybody(connection) if peer.alive and peer.kind == "worker"]
        for number in range(len(peers) - 1):
            self.call(what, number)


def work(office: Office, clock: Clock, report: Callable[[Ticked], None]) -> None:
    """Take part until SIGTERM or Ctrl-C; the job under way is finished first.

    Raises BadValue for a store that only one machine can have, and without the extra `cluster`.
    """
    if not shared(office.engine):
        raise BadValue(_("kh worker takes a PostgreSQL database; with an SQLite file it is kh run that does the work"))
    procrastinate = _procrastinate()
    prepare(office)
    hand = Hand(office, clock, report)
    app = _app(procrastinate, office, hand)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    with _calling(procrastinate, office, hand), _heard_of(hand):
        hand.do("beat")
        asyncio.run(_until(stop, app))


async def _until(stop: threading.Event, app: Any) -> None:
    """Work until told to stop; to be cancelled means to finish the job under way."""
    async with app.open_async():
        working = asyncio.create_task(app.run_worker_async(
            queues=[QUEUE], concurrency=1, delete_jobs="always", install_signal_handlers=False,
            fetch_job_polling_interval=5, update_heartbeat_interval=HEARD_EVERY,
        ))  # fmt: skip
        while not (stop.is_set() or working.done()):
            await asyncio.wait({working}, timeout=0.5)
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working


def _procrastinate() -> Any:
    try:
        import procrastinate
    except ModuleNotFoundError as error:
        raise BadValue(_("kh worker needs the extra “cluster”: pip install 'kh-engine[cluster]'")) from error
    return procrastinate


def prepare(office: Office) -> None:
    """The queue's tables, where they are not there yet; this takes the right to create a schema."""
    with writing(office.engine) as connection:
        one_at_a_time(connection, SCHEMA)
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    with writing(office.engine) as connection:
        one_at_a_time(connection, SCHEMA)
        if not connection.dialect.has_table(connection, "procrastinate_jobs", schema=SCHEMA):
            _make_tables(office)


def _make_tables(office: Office) -> None:
    procrastinate = _procrastinate()
    app = procrastinate.App(connector=_connector(procrastinate.SyncPsycopgConnector, office))
    with app.open():
        app.schema_manager.apply_schema()


def _connector(kind: Any, office: Office) -> Any:
    """Its connections end as ours do where the other side is gone."""
    url = office.engine.url.set(drivername="postgresql", query={})
    return kind(
        conninfo=url.render_as_string(hide_password=False), min_size=1, max_size=4,
        kwargs={**CONNECTION, **office.engine.url.query, "options": f"-c search_path={SCHEMA}"},
    )  # fmt: skip


def _app(procrastinate: Any, office: Office, hand: Hand) -> Any:
    app = procrastinate.App(connector=_connector(procrastinate.PsycopgConnector, office))
    for name in hand.jobs:
        app.task(name=name, queue=QUEUE)(_job(hand, name))
    app.periodic(cron=BEAT)(app.task(name="every-beat", queue=QUEUE, queueing_lock="every-beat")(_every(hand)))
    clearing = _clearing(app.job_manager, procrastinate.jobs.Status.FAILED)
    app.periodic(cron="* * * * *")(app.task(name="clear", queue=QUEUE, queueing_lock="clear")(clearing))

    return app


@contextmanager
def _calling(procrastinate: Any, office: Office, hand: Hand) -> Iterator[None]:
    """While the block lasts this process can call on its peers."""
    app = procrastinate.App(connector=_connector(procrastinate.SyncPsycopgConnector, office))

    def call(what: str, number: int) -> None:
        with suppress(procrastinate.exceptions.AlreadyEnqueued):
            app.configure_task(what, queue=QUEUE, queueing_lock=f"{what}-{number}").defer()

    with app.open():
        hand.call = call
        yield


def _job(hand: Hand, name: str) -> Callable[[], None]:
    return lambda: hand.do(name)


def _every(hand: Hand) -> Callable[..., None]:
    return lambda **_words: hand.do("beat")


def _clearing(manager: Any, status: Any) -> Callable[..., Any]:
    async def clear(**_words: Any) -> None:
        """What a dead worker was at is over: the next beat did it already."""
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=3 * HEARD_EVERY):
            await manager.finish_job(job, status=status, delete_job=True)

    return clear


@contextmanager
def _heard_of(hand: Hand) -> Iterator[None]:
    """While the block lasts the peers hear of this process."""
    stop = threading.Event()

    def say() -> None:
        with suppress(Unavailable), writing(hand.office.engine) as connection:
            heartbeats.beat(connection, "worker", hand.doing)

    def go_on() -> None:
        while not stop.wait(HEARD_EVERY):
            say()

    say()
    speaking = threading.Thread(target=go_on, daemon=True)
    speaking.start()
    with heartbeats.leaving(hand.office.engine):
        try:
            yield
        finally:
            stop.set()
            speaking.join()
