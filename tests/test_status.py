"""How a plan stands, in the terminal: bars in proportion, what is missing by name, the dates ahead."""

import os
import pty
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SMALL, Kh
from lived import AS_OF, CELLS, live

from engine.commands.status import BAR, bar

Write = Callable[..., Path]


def test_the_four_cells_each_stage_and_the_next_dates(kh: Kh, plan_file: Write) -> None:
    live(kh, plan_file)
    view = kh("status", "dt", "--at", AS_OF, "--json").json
    assert {cell: view[cell] for cell in CELLS} == CELLS
    stages = {row["stage"]: row for row in view["stages"]}
    assert stages["bao-cao"]["missing_names"] == ["Huyện Ba", "Huyện Bốn"]
    assert [(row["date"], row["stage"], row["tasks"]) for row in view["next_dates"]] == [
        ("2020-04-19", "so-lieu", 2), ("2020-04-20", "bao-cao", 1),
    ]  # fmt: skip
    said = kh("status", "dt", "--at", AS_OF).out
    assert "█████▓▓▓▓▓!!!!!·····" in said
    assert "20/04/2020  Báo cáo  1 task" in said
    assert "q1 (II.2): Họp ngày nào?" in said


@pytest.mark.parametrize(
    "counts", [(1, 0, 0, 0, 0), (3320, 0, 1, 0, 0), (1, 1, 1, 1, 1), (7, 5, 3, 2, 1), (0, 0, 0, 0, 0)]
)
def test_a_bar_is_always_as_long_and_hides_nobody(counts: tuple[int, ...]) -> None:
    names = ("done_on_time", "done_late", "open_in_time", "open_overdue", "undated")
    drawn = str(bar(dict(zip(names, counts, strict=True))))
    assert len(drawn) == (BAR if any(counts) else 0)
    assert len(set(drawn)) == sum(map(bool, counts))


def test_watching_follows_what_changes_until_it_is_stopped(kh: Kh, plan_file: Write, tmp_path: Path) -> None:
    kh("start", plan_file(SMALL), "--id", "dt", "--at", "2020-03-04")
    near, far = pty.openpty()
    program = "import engine.commands.status as s, engine.commands.main as m; s.EVERY = 0.05; m.main()"
    watching = subprocess.Popen(
        [sys.executable, "-c", program, "status", "dt", "--watch", "--at", "2020-03-10"], stdin=far, stdout=far,
        stderr=far, env={**os.environ, "TERM": "xterm", "KH_LANG": "en", "COLUMNS": "120", "LINES": "40"},
    )  # fmt: skip
    try:
        _until(near, b"0/2")
        kh("submit", "dt/bao-cao/h1", "--at", "2020-03-09")
        _until(near, b"1/2")
    finally:
        watching.send_signal(signal.SIGINT)
        _drain(near, watching)
    assert watching.wait(20) == 0


def _until(terminal: int, text: bytes) -> None:
    seen = b""
    while text not in seen:
        assert select.select([terminal], [], [], 30)[0], seen
        seen += os.read(terminal, 65536)


def _drain(terminal: int, program: "subprocess.Popen[bytes]") -> None:
    """A program whose terminal is full would wait for ever; one that does not stop is stopped."""
    overdue = threading.Timer(20, program.kill)
    overdue.start()
    while program.poll() is None:
        if select.select([terminal], [], [], 0.1)[0]:
            os.read(terminal, 65536)
    overdue.cancel()


def test_watching_needs_a_terminal(kh: Kh, plan_file: Write) -> None:
    kh("start", plan_file(SMALL), "--id", "dt", "--at", "2020-03-04")
    assert kh("status", "dt", "--watch", ok=False).err == "Error: --watch needs a terminal\n"
