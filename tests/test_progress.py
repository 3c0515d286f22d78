"""What takes long says so: on a terminal only, and never in what is printed for others to read."""

import os
import pty
import subprocess
import sys

PROGRAM = """
import threading
from engine.commands import output
output.PATIENCE = 0
with output.working("Counting"):
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join()
print("done")
"""


def test_on_a_terminal_one_sees_what_is_being_done() -> None:
    ours, theirs = pty.openpty()
    ran = subprocess.run([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=theirs, text=True, check=True,
                         env={**os.environ, "TERM": "xterm"})  # fmt: skip
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert "Counting" in shown
    assert ran.stdout == "done\n"


def test_elsewhere_nothing_is_shown() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("done\n", "")
