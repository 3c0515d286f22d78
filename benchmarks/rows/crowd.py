"""Sixteen command lines that write and two schedulers, at once, on one SQLite file: how long a command waits."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measure import Goal, Row
from benchmarks.world import ACTOR, AT_REST, Bench

WRITERS, SCHEDULERS, TURNS = 16, 2, 12
# One warmed process forks the writers and the schedulers; each tells how long every command of its took.
PROGRAM = """
import json, os, sys, time
from engine.commands.main import run
import engine.commands.facts, engine.commands.clockwork
writers, schedulers, turns = map(int, sys.argv[1:4])
at, tasks = sys.argv[4], sys.argv[5:]
def live(number):
    sink = os.open(os.devnull, os.O_WRONLY); os.dup2(sink, 1)
    for turn in range(turns):
        words = ["note", tasks[number % len(tasks)], f"call {turn} of {number}", "--at", at]
        if number >= writers:
            words = ["tick", "--at", at]
        before = time.monotonic()
        code = run(words)
        out.write(json.dumps([number, code, time.monotonic() - before]) + "\\n")
    out.flush()
    os._exit(0)
out = os.fdopen(os.dup(1), "a")
children = []
for number in range(writers + schedulers):
    child = os.fork()
    if not child:
        live(number)
    children.append(child)
for child in children:
    os.waitpid(child, 0)
"""


def crowd(at: str, tasks: Sequence[str], turns: int = TURNS, **more: Any) -> list[tuple[int, int, float]]:
    """(number of the process, exit code, seconds) of each command; the writers have the lower numbers."""
    words = [sys.executable, "-c", PROGRAM, *map(str, (WRITERS, SCHEDULERS, turns)), at, *tasks]
    ran = subprocess.run(words, capture_output=True, text=True, check=True, timeout=300, **more)
    assert ran.stderr == "", ran.stderr
    return [tuple(json.loads(line)) for line in ran.stdout.splitlines()]


def percentile(seconds: Sequence[float], share: float) -> float:
    return sorted(seconds)[int(len(seconds) * share)]


def rows(bench: Bench) -> Iterator[Row]:
    for place in bench.places:
        took = [_waited(bench.copy(bench.started(place, min(100, bench.units)), "crowd")) for _ in range(bench.rounds)]
        detail = f"median of a command {median(map(median, took)):.3f} s"
        work = f"p99 of a command among {WRITERS} writers and {SCHEDULERS} schedulers"
        yield Row(work, place, [percentile(some, 0.99) for some in took], "s", Goal(most=1), detail)


def _waited(path: Path) -> list[float]:
    environ = {**os.environ, "KH_DATABASE_URL": f"sqlite:///{path}", "KH_USER": ACTOR}
    tasks = [f"nhieu/bao-cao/x{number}" for number in range(WRITERS)]
    return [seconds for number, _code, seconds in crowd(AT_REST.isoformat(), tasks, env=environ) if number < WRITERS]
