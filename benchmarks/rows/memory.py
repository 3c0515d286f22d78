"""The memory of the scheduler: at rest among a million tasks, and what a tick of ten thousand adds."""

import json
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.measure import Goal, Row
from benchmarks.world import AT_REST, MORNING, Bench

PROGRAM = """
import json, sys
from datetime import datetime
from pathlib import Path
from benchmarks.world import office_at
from engine.commands.main import collect_seldom
import engine.scheduler
from engine.service.ticking import tick
collect_seldom()
office = office_at(Path(sys.argv[1]))
found = []
for moment in sys.argv[2:]:
    ticked = tick(office, datetime.fromisoformat(moment))
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))  # getrusage tells of the parent's peak, too
    found.append((int(status["VmHWM"].split()[0]) / 1024, ticked.composed.messages))
print(json.dumps(found))
"""


def rows(bench: Bench) -> Iterator[Row]:
    base = bench.among("shm", bench.sizes[-1])
    at_rest, added, messages = [], [], 0
    for _turn in range(min(3, bench.rounds)):
        path = bench.copy(base, "memory")
        times = [AT_REST.isoformat(), MORNING.replace(day=19).isoformat()]
        ran = subprocess.run([sys.executable, "-c", PROGRAM, str(path), *times], capture_output=True, check=True)
        (rest, _none), (busy, messages) = json.loads(ran.stdout)
        at_rest.append(rest)
        added.append(busy - rest)
    work = f"memory of the scheduler among {bench.sizes[-1]:,} tasks at rest"
    yield Row(work, "shm", at_rest, "MB", Goal(most=90))
    yield Row(f"memory added by a tick of {messages:,} notices", "shm", added, "MB", Goal(most=30))
