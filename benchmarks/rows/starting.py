"""Starting a plan for all communes, beside inserting the same rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from unittest.mock import patch

from benchmarks.measure import Goal, Row, clock_of, cost, rounds
from benchmarks.twin import Twin, connect, write_all
from benchmarks.world import MORNING, Bench, act, office_at, write_plan
from engine.service import start as starting
from engine.service.start import load_sound


def rows(bench: Bench) -> Iterator[Row]:
    plan = write_plan(bench.places["shm"], bench.units)
    with loaded(plan):
        for place in bench.places:
            yield _measured(bench, place, plan)


@contextmanager
def loaded(plan: Path) -> Iterator[None]:
    """While the block lasts the plan need not be read."""
    source = load_sound(plan)
    with patch.object(starting, "load_sound", lambda *_given: source):
        yield


def _measured(bench: Bench, place: str, plan: Path) -> Row:
    base = bench.empty(place)

    def ours(path: Path) -> object:
        office = office_at(path)
        try:
            return starting.start(office, plan, "nhieu", act(MORNING))
        finally:
            office.engine.dispose()

    rehearsal = bench.copy(base, "rehearsal")
    ours(rehearsal)
    twin = Twin.between(base, rehearsal)
    groups = twin.all()
    fresh = [(bench.copy(base, f"ours-{turn}"), bench.copy(base, f"raw-{turn}")) for turn in range(bench.rounds)]
    raw = [connect(path) for _ours, path in fresh]
    own, theirs = rounds(
        bench.rounds,
        lambda turn: ours(fresh[turn][0]),
        lambda turn: write_all(raw[turn], groups),
        clock=clock_of(place),
    )
    detail = f"{median(own):.3f} s, raw {median(theirs):.3f} s: {twin.count()}"
    goal = Goal(most=5) if place == "shm" else None
    work = f"start an instance of {bench.units:,} tasks, plan loaded"
    return Row(work, place, cost(own, theirs), "× the time of raw", goal, detail, {"seconds": own, "raw": theirs})
