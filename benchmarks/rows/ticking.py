"""Ticks: with nothing due, and with ten thousand rungs due among a million tasks."""

from collections.abc import Iterator
from datetime import timedelta
from statistics import median

from benchmarks.measure import Goal, Row, clock_of, per_second, rounds, seconds, speed
from benchmarks.twin import Twin, connect, differing, write_all
from benchmarks.world import AT_REST, REMINDER, Bench, nothing, office_at
from engine import store
from engine.db import writing
from engine.office import Office
from engine.service.ticking import HEARTBEAT, tick

TICKS, TOGETHER = 100, 10  # of a round, and timed as one
DUE = {"shm": Goal(least=0.45), "disk": Goal(least=0.60)}


def rows(bench: Bench) -> Iterator[Row]:
    yield from _idle(bench)
    for place in bench.places:
        yield from _due(bench, place)


def _idle(bench: Bench) -> Iterator[Row]:
    offices = [office_at(bench.copy(bench.among("shm", size), f"idle-{size}")) for size in bench.sizes]
    now = AT_REST + timedelta(minutes=2)
    for office in offices:
        tick(office, now)

    def some(office: Office) -> None:
        for number in range(TOGETHER):
            tick(office, now + timedelta(seconds=number))

    took: list[list[float]] = [[] for _ in offices]
    for _turn in range(bench.rounds):
        several = rounds(TICKS // TOGETHER, *(lambda _turn, office=office: some(office) for office in offices))
        for all_rounds, each in zip(took, several, strict=True):
            all_rounds.append(median(each) / TOGETHER)
    for size, each in zip(bench.sizes, took, strict=True):
        figures = [one * 1000 for one in each]
        yield Row(f"a tick with nothing due among {size:,} tasks", "shm", figures, "ms", Goal(most=0.3))
    flat = [last / first for first, last in zip(took[0], took[-1], strict=True)]
    work = f"a tick with nothing due, {bench.sizes[-1]:,} tasks beside {bench.sizes[0]:,}"
    yield Row(work, "shm", flat, "× its time", Goal(most=1.3))
    for office in offices:
        office.engine.dispose()


def awake(office: Office) -> None:
    """As if a tick had been a minute ago."""
    with writing(office.engine) as connection:
        store.beat(connection, HEARTBEAT, REMINDER - timedelta(minutes=1))


def _due(bench: Bench, place: str) -> Iterator[Row]:
    base = bench.among(place, bench.sizes[-1])
    path = bench.copy(base, "rehearsal")
    office = office_at(path)
    awake(office)
    decided = tick(office, REMINDER, deliver=nothing).decisions
    office.engine.dispose()
    twin = Twin.between(base, path)
    groups = twin.all()

    clock = clock_of(place)
    own: list[float] = []
    theirs: list[float] = []
    for turn in range(bench.rounds):
        ours, raw = bench.copy(base, "ours"), bench.copy(base, "raw")
        mine, plain = office_at(ours), connect(raw)
        tick(mine, AT_REST + timedelta(minutes=2), deliver=nothing)  # the plan is read already, as in `kh run`
        awake(mine)
        plain.execute("SELECT count(*) FROM task WHERE next_action_at < '2000'").fetchone()
        for which in (turn % 2, 1 - turn % 2):
            if which:
                own.append(seconds(lambda _turn, office=mine: tick(office, REMINDER, deliver=nothing), clock=clock))
            else:
                theirs.append(seconds(lambda _turn, connection=plain: write_all(connection, groups), clock=clock))
        mine.engine.dispose()
        plain.close()
        assert not differing(ours, raw) or turn
    work = f"a tick with {decided:,} rungs due among {bench.sizes[-1]:,} tasks"
    detail = f"{median(own):.2f} s, {per_second(decided, own)}, raw {per_second(decided, theirs)}: {twin.count()}"
    yield Row(work, place, speed(own, theirs), "of the speed of raw", DUE[place], detail,
              {"seconds": own, "raw": theirs})  # fmt: skip
    yield Row(work, place, own, "s", Goal(most=2), detail)
