"""Several workers on one database: each notice once, a dead one's share taken over, a clean end."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from conftest import ROOT, SMALL, Kh, Mailbox

from engine.delivery import AT_ONCE

pytestmark = pytest.mark.store("postgresql")
UNITS = 60
Start = Callable[[], "subprocess.Popen[bytes]"]


def wait_for(true: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture
def pending(kh: Kh, plan_file: Callable[..., Path]) -> None:
    """A plan whose first notices are composed, and wait for a mail server."""
    districts = "".join(
        f"    h{number}: {{name: Huyện {number}, level: district, parent: ubnd,"
        f" contact: {{email: h{number}@t.example.vn}}}}\n"
        for number in range(3, UNITS + 1)
    )
    text = SMALL.replace("  groups:", f"{districts}  groups:")
    kh("start", plan_file(text), "--id", "x", "--at", "2020-03-04T08:00")
    kh("tick", "--at", "2020-03-04T08:00")
    assert len(kh("notices", "list", "--status", "pending", "--json").json) == UNITS


@pytest.fixture
def worker(pending: None, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    monkeypatch.setenv("KH_DELIVERY_TIMEOUT", "1")
    monkeypatch.setenv("KH_HOURS", "00:00-00:01")  # what is overdue by now is another test's
    processes = []

    def start() -> "subprocess.Popen[bytes]":
        process = subprocess.Popen([sys.executable, str(ROOT / "cli.py"), "worker"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def test_what_a_killed_worker_held_another_sends_and_nothing_twice(worker: Start, mailbox: Mailbox, kh: Kh) -> None:
    killed: list[float] = []

    def kill(_mail: EmailMessage) -> str:
        if len(mailbox.mails) == 5 and not killed:
            first.send_signal(signal.SIGKILL)
            killed.append(time.monotonic())
        return "250 OK"

    mailbox.answer = kill
    first = worker()
    wait_for(lambda: bool(killed), 30)
    second = worker()
    wait_for(lambda: len({mail["To"] for mail in mailbox.mails}) == UNITS, 60)
    assert time.monotonic() - killed[0] < 60
    wait_for(lambda: kh("notices", "list", "--status", "pending", "--json").json == [], 10)
    (alive,) = [peer for peer in kh("workers", "--json").json if peer["kind"] == "worker" and peer["silent"] < 15]
    assert alive["name"].endswith(f":{second.pid}")
    assert f":{first.pid}" in kh("workers").out
    second.send_signal(signal.SIGTERM)
    out, err = second.communicate(timeout=30)
    assert (second.returncode, b"Traceback" in err) == (0, False), err
    assert out.endswith(b"Stopped.\n")
    assert [peer["name"] for peer in kh("workers", "--json").json] == [f"{alive['name'].split(':')[0]}:{first.pid}"]
    ids = [mail["Message-ID"] for mail in mailbox.mails]
    assert len(set(ids)) == UNITS
    assert len(ids) - len(set(ids)) <= 1  # the one between acceptance and record


def test_two_share_the_work(worker: Start, mailbox: Mailbox, kh: Kh) -> None:
    """Each takes on some of what is pending; none is sent by both."""
    both = [worker(), worker()]
    wait_for(lambda: len(mailbox.mails) >= UNITS, 40)
    wait_for(lambda: kh("notices", "list", "--status", "pending", "--json").json == [], 10)
    for process in both:
        process.send_signal(signal.SIGTERM)
    said = [process.communicate(timeout=30)[1].decode() for process in both]
    assert [process.returncode for process in both] == [0, 0], "\n".join(said)
    ids = [mail["Message-ID"] for mail in mailbox.mails]
    assert len(ids) == len(set(ids)) == UNITS


@pytest.mark.slow
def test_who_was_stopped_past_its_lease_has_nothing_to_say(worker: Start, mailbox: Mailbox, kh: Kh) -> None:
    """It is stopped while the server accepts the last message of its batch, and goes on when another sent that, too."""
    stopped: list[EmailMessage] = []

    def stop(mail: EmailMessage) -> str:
        if len(mailbox.mails) == AT_ONCE - 1 and not stopped:
            first.send_signal(signal.SIGSTOP)
            stopped.append(mail)
        return "250 OK"

    mailbox.answer = stop
    first = worker()
    wait_for(lambda: bool(stopped), 30)
    second = worker()
    wait_for(lambda: kh("notices", "list", "--status", "pending", "--json").json == [], 60)
    first.send_signal(signal.SIGCONT)
    assert first.stderr is not None
    patience = threading.Timer(60, first.kill)
    patience.start()
    said = b""
    while b"taken over by another machine" not in said:
        said = first.stderr.readline()
        assert said, "it ended without a word"
    patience.cancel()
    for process in (first, second):
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    times = Counter(mail["Message-ID"] for mail in mailbox.mails)
    assert {name: count for name, count in times.items() if count > 1} == {stopped[0]["Message-ID"]: 2}
    sent = kh("notices", "list", "--status", "sent", "--json").json
    assert (len(times), len(sent)) == (UNITS, UNITS)


def test_kh_run_is_among_those_who_work_until_it_ends(kh: Kh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KH_HOURS", "00:00-00:01")
    words = [sys.executable, str(ROOT / "cli.py"), "run", "--every", "1"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        wait_for(lambda: bool(kh("workers", "--json").json), 30)
        (row,) = kh("workers", "--json").json
        process.send_signal(signal.SIGTERM)
        _out, err = process.communicate(timeout=30)
    assert (row["kind"], row["name"].endswith(f":{process.pid}"), process.returncode) == ("run", True, 0), err
    assert kh("workers", "--json").json == []


@pytest.mark.store("sqlite")
def test_a_file_is_no_place_for_several_machines(kh: Kh) -> None:
    ran = kh("worker", ok=False)
    assert (ran.code, "takes a PostgreSQL database" in ran.err) == (1, True)
    assert "kh run" in kh("workers").out
    assert os.environ["KH_DATABASE_URL"].startswith("sqlite")
