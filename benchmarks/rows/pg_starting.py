"""Starting a plan for all communes on PostgreSQL, beside a COPY of the same rows."""

from collections.abc import Iterator
from statistics import median
from time import perf_counter

from benchmarks.measure import Goal, Row, cost, rounds
from benchmarks.rows.starting import loaded
from benchmarks.server import PLACE, differing, write_all
from benchmarks.world import MORNING, Bench, act, write_plan
from engine.office import Office
from engine.service import start as starting


def rows(bench: Bench) -> Iterator[Row]:
    server = bench.server
    if server is None:
        return
    base, plan = server.empty(), write_plan(server.folder, bench.units)
    with loaded(plan):

        def start(office: Office) -> object:
            return starting.start(office, plan, "nhieu", act(MORNING))

        twin = server.rehearsed(base, start)
        groups = twin.all()
        urls = [(server.copy(base, f"ours_{turn}"), server.copy(base, f"raw_{turn}")) for turn in range(bench.rounds)]
        offices = [server.office(ours) for ours, _raw in urls]
        raw = [server.connect(theirs) for _ours, theirs in urls]
        own, other = rounds(
            bench.rounds, lambda turn: start(offices[turn]), lambda turn: write_all(raw[turn], groups),
            clock=perf_counter,
        )  # fmt: skip
    for office, connection in zip(offices, raw, strict=True):
        office.engine.dispose()
        connection.close()
    assert not differing(*urls[0])
    detail = f"{median(own):.3f} s, raw {median(other):.3f} s: {twin.count()}"
    work = f"start an instance of {bench.units:,} tasks, plan loaded"
    extra = {"seconds": own, "raw": other}
    yield Row(work, PLACE, cost(own, other), "× the time of raw", Goal(most=5), detail, extra)
