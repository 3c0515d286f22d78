"""A tick on PostgreSQL with ten thousand rungs due among a million tasks, beside the same updates and inserts."""

from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from time import perf_counter

from benchmarks.measure import Goal, Row, per_second, seconds, speed
from benchmarks.rows.ticking import awake
from benchmarks.server import PLACE, Server, differing, write_all
from benchmarks.world import AT_REST, REMINDER, Bench, nothing
from engine.office import Office
from engine.service.ticking import tick

MOST = 3  # rounds: each takes two databases of a million tasks


def rows(bench: Bench) -> Iterator[Row]:
    server, size = bench.server, bench.sizes[-1]
    if server is None:
        return
    base = server.among(size, min(bench.due, size))
    decided = 0

    def work(office: Office) -> None:
        nonlocal decided
        awake(office)
        decided = tick(office, REMINDER, deliver=nothing).decisions

    twin = server.rehearsed(base, work)
    groups = twin.all()
    own, theirs = [], []
    for turn in range(min(MOST, bench.rounds)):
        mine, other = _round(server, base, groups, turn)
        own.append(mine)
        theirs.append(other)
    name = f"a tick with {decided:,} rungs due among {size:,} tasks"
    detail = f"{median(own):.2f} s, {per_second(decided, own)}, raw {per_second(decided, theirs)}: {twin.count()}"
    extra = {"seconds": own, "raw": theirs}
    yield Row(name, PLACE, speed(own, theirs), "of the speed of raw", Goal(least=0.45), detail, extra)


def _round(server: Server, base: str, groups: list[tuple[str, list[tuple[object, ...]]]], turn: int) -> list[float]:
    """The seconds of the engine and of its twin, each on a fresh database; who goes first alternates."""
    urls = [server.copy(base, "ours"), server.copy(base, "raw")]
    office, raw = server.office(urls[0]), server.connect(urls[1])
    tick(office, AT_REST + timedelta(minutes=2), deliver=nothing)  # the plan is read already, as in a worker
    awake(office)
    raw.execute("SELECT count(*) FROM task WHERE next_action_at < '2000-01-01'")
    raw.commit()
    took = [0.0, 0.0]
    both = (lambda _turn: tick(office, REMINDER, deliver=nothing), lambda _turn: write_all(raw, groups))
    for which in (turn % 2, 1 - turn % 2):
        took[which] = seconds(both[which], clock=perf_counter)
    office.engine.dispose()
    raw.close()
    assert turn or not differing(*urls)
    return took
