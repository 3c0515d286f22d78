"""Many at once on one SQLite file: sixteen writers and two schedulers, a thousand races, a sender that was stopped."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SMALL, Kh, Mailbox

from benchmarks.rows.crowd import SCHEDULERS, WRITERS, crowd

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")]
NOTES, RACES = 12, 1000


def test_sixteen_writers_and_two_schedulers(kh: Kh, plan_file: Callable[..., Path], mailbox: Mailbox) -> None:
    """How long each waits is measured by `make bench`."""
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-03-04T08:00")
    rows = crowd("2020-03-04T09:00", ["x/bao-cao/h1", "x/bao-cao/h2"], NOTES)
    assert Counter(code for _number, code, _seconds in rows) == {0: (WRITERS + SCHEDULERS) * NOTES}
    assert [row["trigger"] for row in kh("log", "x", "--json").json].count("note") == WRITERS * NOTES
    ids = [mail["Message-ID"] for mail in mailbox.mails]
    assert len(ids) == len(set(ids)) == 2
    assert kh("audit", "verify").code == 0


THREADS = """
import sys, threading
from collections import Counter
from datetime import timedelta
from engine.clock import system_clock
from engine.commands.app import open_office
from engine.errors import KhError
from engine.machine import Act
from engine.service.moves import move
from engine.service.select import Selection
from engine.states import Trigger
offices = [open_office() for _ in range(2)]
wins = Counter()
for number in range(int(sys.argv[1])):
    trigger = Trigger.SUBMIT if number % 2 == 0 else Trigger.RETURN
    barrier, results = threading.Barrier(2), []
    def race(office):
        barrier.wait()
        now = system_clock()
        try:
            move(office, Selection(["x/bao-cao/h1"]), trigger, Act("tester", now, now, reason="r"))
            results.append("won")
        except KhError:  # not allowed any more, or told of a moment before the winner's
            results.append("lost")
    threads = [threading.Thread(target=race, args=(office,)) for office in offices]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    wins[" ".join(sorted(results))] += 1
print(dict(wins))
"""


def test_of_a_thousand_races_each_has_one_winner(kh: Kh, plan_file: Callable[..., Path]) -> None:
    """Submitted, sent back, submitted …, each by two at once, each over a connection of its own."""
    text = SMALL.replace("2020", "2036")
    kh("start", str(plan_file(text)), "--id", "x")
    words = [sys.executable, "-c", THREADS, str(RACES)]
    ran = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)
    assert (ran.stdout.strip(), ran.stderr) == (f"{{'lost won': {RACES}}}", "")
    log = [row["trigger"] for row in kh("log", "x", "--json").json]
    assert (log.count("submit"), log.count("return")) == (RACES // 2, RACES // 2)


@pytest.mark.store("sqlite")  # on PostgreSQL nobody waits: what one machine sends is leased to it
def test_a_sender_that_was_stopped_for_a_while_sends_nothing_twice(
    kh: Kh, plan_file: Callable[..., Path], mailbox: Mailbox
) -> None:
    """SIGSTOP in the middle of a delivery: whoever comes next waits for it, and finds nothing left to do."""
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-03-04T08:00")
    code = "import sys; from engine.commands.main import main; main(sys.argv[1:])"
    words = [sys.executable, "-c", code, "tick", "--at", "2020-03-04T08:00"]
    stopped: list[int] = []

    def stop(_mail: object) -> str:
        if not stopped:
            os.kill(first.pid, signal.SIGSTOP)
            stopped.append(first.pid)
        return "250 OK"

    mailbox.answer = stop
    first = subprocess.Popen(words)
    while not stopped:
        time.sleep(0.01)
    second = subprocess.Popen(words)
    time.sleep(1)
    assert second.poll() is None
    os.kill(first.pid, signal.SIGCONT)
    assert (first.wait(60), second.wait(60)) == (0, 0)
    ids = [mail["Message-ID"] for mail in mailbox.mails]
    assert len(ids) == len(set(ids)) == 2
