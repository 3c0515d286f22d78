"""A PostgreSQL server that is restarted in immediate mode again and again while four processes move tasks.

    python tests/faults/restarts.py RESTARTS MOVES

Each process submits and sends back one task in turn: a move that was lost, or made twice, makes the next one illegal.
At the end as many moves are on record as were reported done.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from engine.again import again
from engine.calendar import Calendar
from engine.clock import system_clock
from engine.config import load_settings
from engine.db import open_store, reading
from engine.machine import Act
from engine.office import Office
from engine.service.audit import seal, verify
from engine.service.moves import move
from engine.service.select import Selection
from engine.service.start import start
from engine.states import Trigger
from engine.store import entries

MOVERS = 4
PAUSES = (0.05, 0.1, 0.2, *[0.5] * 100)
PLAN = """
plan: nho
title: Kế hoạch nhỏ
document: {number: 1/KH-UBND, issued: 2036-03-04, issuer: ubnd}
directory:
  units:
    ubnd: {name: UBND tỉnh, level: province}
    h0: {name: Huyện 0, level: district, parent: ubnd}
    h1: {name: Huyện 1, level: district, parent: ubnd}
    h2: {name: Huyện 2, level: district, parent: ubnd}
    h3: {name: Huyện 3, level: district, parent: ubnd}
  groups: {huyen: {level: district}}
coordinator: ubnd
span: 2036-03-04 .. 2036-12-31
stages:
  bao-cao: {name: Báo cáo, clause: I, responsible: {each: huyen}, deadline: trước ngày 30/3/2036}
"""


class Server:
    """A cluster of our own, which nobody else minds."""

    def __init__(self, folder: Path, port: int, hosts: Sequence[str] = ()):
        self.bin = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        self.data, self.folder, self.port = folder / "data", folder, port
        self.hosts = sorted({"127.0.0.1", *hosts})
        self.owner: dict[str, Any] = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
        self.run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        with (self.data / "pg_hba.conf").open("a") as trusted:
            trusted.writelines(f"host all all {host}/30 trust\n" for host in hosts)

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def run(self, program: str, *words: Any) -> None:
        subprocess.run([str(self.bin / program), *map(str, words)], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, cwd=self.folder, **self.owner)  # fmt: skip

    def control(self, what: str, *words: Any) -> None:
        options = ["-o", f"-p {self.port} -k {self.folder} -h {','.join(self.hosts)}", "-l", self.folder / "log"]
        self.run("pg_ctl", "-D", self.data, "-w", what, *words, *(options if what != "stop" else []))


@contextmanager
def server(port: int, hosts: Sequence[str] = ()) -> Iterator[Server]:
    """It listens on loopback, and on these addresses of ours too."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        found = Server(folder, port, hosts)
        found.control("start")
        try:
            yield found
        finally:
            found.control("stop", "-m", "immediate")


def mover(given: tuple[str, int, int]) -> int:
    """How many moves were reported done. Raises IllegalMove where one was lost, or made twice."""
    url, number, moves = given
    office = Office(again(lambda: open_store(url), pauses=PAUSES), load_settings(), Calendar())

    def once(trigger: Trigger) -> None:
        now = system_clock()
        move(office, Selection([f"x/bao-cao/h{number}"]), trigger, Act("tester", now, now, reason="r"))

    for turn in range(moves):
        again(partial(once, Trigger.RETURN if turn % 2 else Trigger.SUBMIT), pauses=PAUSES)
    office.engine.dispose()
    return moves


def main(restarts: int, moves: int, port: int = 54331) -> int:
    with server(port) as found, tempfile.TemporaryDirectory() as folder:
        office = Office(open_store(found.url), load_settings(), Calendar())
        (Path(folder) / "p.yaml").write_text(PLAN, "utf-8")
        now = system_clock()
        start(office, Path(folder) / "p.yaml", "x", Act("tester", now, now))
        began, slowest, cuts = time.monotonic(), 0.0, 0
        with get_context("spawn").Pool(MOVERS) as pool:
            running = pool.map_async(mover, [(found.url, number, moves // MOVERS) for number in range(MOVERS)], 1)
            while not running.ready():
                running.wait(random.uniform(0.5, 1.5))
                if cuts < restarts and not running.ready():
                    before, cuts = time.monotonic(), cuts + 1
                    found.control("restart", "-m", "immediate")
                    slowest = max(slowest, time.monotonic() - before)
            done = sum(running.get())
        office.engine.dispose()
        with reading(office.engine) as connection:
            log = [row.trigger for row in entries(connection) if row.trigger in ("submit", "return")]
        seal(office, system_clock())
        sound = not verify(office).problems
        office.engine.dispose()
    said = f"{cuts} restarts (the slowest {slowest:.1f} s), {done} moves reported, {len(log)} on record"
    sys.stdout.write(f"{said}, log {'sound' if sound else 'BROKEN'}, {time.monotonic() - began:.0f} s\n")
    return int(len(log) != done or not sound)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
