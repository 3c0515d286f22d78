"""The real metronome: APScheduler holds one interval job that calls `tick(now)`, and never a job per deadline."""

import logging
import signal
import threading
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler

from engine.clock import Clock
from engine.errors import KhError
from engine.office import Office
from engine.service.ticking import Ticked, tick

log = logging.getLogger("kh")


def run_forever(office: Office, every_seconds: int, clock: Clock, report: Callable[[Ticked], None]) -> None:
    """Tick at once and then every so many seconds, until SIGTERM or Ctrl-C; a tick under way is finished first.

    A tick that fails (the disk, the network) is reported and the next one tries again.
    """
    stop = threading.Event()

    def beat() -> None:
        try:
            report(tick(office, clock()))
        except KhError as error:
            log.error("%s", error)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    beat()
    scheduler = BackgroundScheduler(timezone=office.zone)
    scheduler.add_job(beat, "interval", seconds=every_seconds, coalesce=True, misfire_grace_time=None, max_instances=1)
    scheduler.start()
    while not stop.wait(timeout=1):  # a bounded wait, so that Windows sees Ctrl-C
        pass
    scheduler.shutdown(wait=True)
