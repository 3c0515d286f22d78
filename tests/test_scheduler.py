"""`kh run` as a service: it sends by itself, and stops clean."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Kh, Mailbox

ALWAYS_OPEN = "00:00-23:59"


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM is POSIX")
def test_run_sends_by_itself_and_stops_on_sigterm(
    kh: Kh, plan_file: Callable[..., Path], mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-03-04T08:00")
    monkeypatch.setenv("KH_HOURS", ALWAYS_OPEN)
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "cli.py"), "run", "--every", "1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert b"Running" in process.stdout.readline()
        assert process.stdout.readline()  # the first tick has been reported
    finally:
        process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert b"Stopped" in out
    assert b"Traceback" not in err
    if time.localtime().tm_wday < 5:  # the process lives in real time: at weekends it rightly stays silent
        assert {mail["To"] for mail in mailbox.mails} <= {
            "h1@t.example.vn", "h2@t.example.vn", "so-a@t.example.vn", "ubnd@t.example.vn",
        }  # fmt: skip
