"""`python -m benchmarks.peers`: completing one of 10,600 tasks, durably, beside the peers; the table and RESULTS.md."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks import report
from benchmarks.__main__ import MEMORY
from benchmarks.measure import Goal, Row, per_second
from benchmarks.rows.moving import BULK, selectors
from benchmarks.world import AT_REST, Bench, act, office_at
from engine.service.moves import move
from engine.service.select import Selection
from engine.states import Trigger

HERE = Path(__file__).parent
ENVIRONMENTS = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "kh-bench"
TASKS, SINGLE = 10_600, 500
DATABASE = "kh_bench"


Round = tuple[list[float], float]  # ours, one and a thousand a transaction; theirs. All in moves a second


@dataclass(frozen=True)
class Peer:
    needs: tuple[str, ...]
    script: str
    sample: int
    goal: Goal
    bulk: bool = False  # its goal is for a thousand moves a transaction
    server: bool = False  # on PostgreSQL


PEERS = {
    "naive SQLModel + transitions": Peer(("sqlmodel", "transitions"), "naive.py", 500, Goal(least=2.5)),
    "SQLModel + python-statemachine": Peer(("sqlmodel", "python-statemachine"), "states.py", 500, Goal(least=2.5)),
    "Procrastinate": Peer(("procrastinate", "psycopg[binary]", "psycopg-pool"), "jobs.py", 500, Goal(least=10),
                          bulk=True, server=True),
    "DBOS": Peer(("dbos",), "durable.py", 200, Goal(least=10)),
    "Viewflow": Peer(("django-viewflow",), "flow.py", 100, Goal(least=25)),
    "SpiffWorkflow": Peer(("SpiffWorkflow",), "bpmn.py", 5, Goal(least=200)),
}  # fmt: skip


def python_of(name: str, peer: Peer) -> str:
    """Its interpreter, made where it is missing."""
    folder = ENVIRONMENTS / name.split()[0].lower() / "-".join(peer.needs).replace("[", "-").replace("]", "")
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *peer.needs], check=True)
        (folder / "ready").touch()
    return str(python)


def theirs(name: str, peer: Peer, folder: Path, url: str) -> float:
    """Moves a second."""
    if peer.server:
        where = url.rpartition("/")[0] + f"/{DATABASE}"
        _sql(url, f"DROP DATABASE IF EXISTS {DATABASE}", f"CREATE DATABASE {DATABASE}")
    else:
        where = str(folder)
    words = [python_of(name, peer), str(HERE / peer.script), where, str(TASKS), str(peer.sample)]
    told = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout
    if peer.server:
        _sql(url, f"DROP DATABASE {DATABASE}")
    found = json.loads(told.splitlines()[-1])
    return float(found["items"] / found["seconds"])


def _sql(url: str, *statements: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def ours(bench: Bench) -> tuple[float, float]:
    """Moves a second, each in a transaction of its own, and a thousand in one."""
    office = office_at(bench.copy(bench.started("shm", TASKS), "ours"))
    single = selectors(0, SINGLE)
    begun = perf_counter()
    for one in single:
        move(office, Selection([one]), Trigger.SUBMIT, act(AT_REST))
    took = perf_counter() - begun
    units = ",".join(f"x{number}" for number in range(SINGLE, SINGLE + BULK))
    begun = perf_counter()
    move(office, Selection([f"nhieu/bao-cao/{{{units}}}"]), Trigger.SUBMIT, act(AT_REST))
    together = perf_counter() - begun
    office.engine.dispose()
    return SINGLE / took, BULK / together


def rows(names: Sequence[str], rounds: int, url: str | None) -> list[Row]:
    """A round is every peer once, each between two of ours: what else the machine does meets all alike."""
    found: dict[str, list[Round]] = {name: [] for name in names if url or not PEERS[name].server}
    root = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=root) as world:
        bench = Bench(1, TASKS, (TASKS,), TASKS, {"shm": Path(world)})
        for name in [name for _turn in range(rounds) for name in found]:
            before = ours(bench)
            with tempfile.TemporaryDirectory(prefix=".bench-", dir=root) as folder:
                other = theirs(name, PEERS[name], Path(folder), url or "")
            after = ours(bench)
            found[name].append(([sum(both) / 2 for both in zip(before, after, strict=True)], other))
    return [_row(name, PEERS[name], some, bulk=bulk) for name, some in found.items() for bulk in (False, True)]


def _row(name: str, peer: Peer, some: Sequence[Round], *, bulk: bool) -> Row:
    pairs = [(own[bulk], other) for own, other in some]
    detail = (
        f"{per_second(1, [1 / own for own, _other in pairs])}, {name} {per_second(1, [1 / it for _own, it in pairs])}"
    )
    work = f"completing one of {TASKS:,}" + (f", {BULK:,} a transaction" if bulk else "")
    where = "shm, PostgreSQL" if peer.server else "shm"
    goal = peer.goal if bulk == peer.bulk else None
    return Row(work, where, [own / other for own, other in pairs], f"× {name}", goal, detail)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.peers", description=__doc__)
    parser.add_argument("peers", nargs="*", metavar="PEER", help=f"some of {', '.join(PEERS)} (default: all)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--postgresql", metavar="URL", default=os.environ.get("KH_BENCH_POSTGRESQL"),
                        help="a server whose user may create a database, for the peers that need one")  # fmt: skip
    given = parser.parse_args()
    for name in PEERS:
        python_of(name, PEERS[name])
    found = rows(given.peers or list(PEERS), given.rounds, given.postgresql)
    facts = report.circumstances(given.rounds)
    print(report.table(found))
    print(report.as_json(found, facts))
    report.save(found, facts, "peers")


if __name__ == "__main__":
    main()
