"""`python -m benchmarks.growth`: what each work costs among 10³ to 10⁶ tasks, as a table and as a plot."""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import process_time

from benchmarks import report
from benchmarks.__main__ import MEMORY
from benchmarks.measure import Row, seconds
from benchmarks.plot import plotted
from benchmarks.rows.moving import selectors
from benchmarks.rows.ticking import awake
from benchmarks.rows.viewing import overdue
from benchmarks.world import AT_REST, REMINDER, Bench, act, nothing, office_at
from engine.office import Office
from engine.service.moves import move
from engine.service.select import Selection
from engine.service.ticking import tick
from engine.states import Trigger

SIZES = (1_000, 10_000, 100_000, 1_000_000)
MOVES, TICKS = 50, 50
SVG = Path(__file__).with_name("growth.svg")
Measure = Callable[[Bench, int], float]  # milliseconds


def _open(bench: Bench, size: int) -> Office:
    office = office_at(bench.copy(bench.among("shm", size), "growth"))
    tick(office, AT_REST + timedelta(minutes=2), deliver=nothing)
    return office


def a_move(bench: Bench, size: int) -> float:
    office = _open(bench, size)
    took = [seconds(lambda _turn, one=one: move(office, Selection([one]), Trigger.SUBMIT, act(AT_REST)))
            for one in selectors(0, MOVES)]  # fmt: skip
    office.engine.dispose()
    return 1000 * median(took)


def an_idle_tick(bench: Bench, size: int) -> float:
    office = _open(bench, size)
    begun = process_time()
    for number in range(TICKS):
        tick(office, AT_REST + timedelta(minutes=2, milliseconds=number))
    took = process_time() - begun
    office.engine.dispose()
    return 1000 * took / TICKS


def a_thousand_rungs(bench: Bench, size: int) -> float:
    """Of a tick with as many due as there may be: what a thousand of them cost."""
    office = _open(bench, size)
    awake(office)
    decided = 0

    def work(_turn: int) -> None:
        nonlocal decided
        decided = tick(office, REMINDER, deliver=nothing).decisions

    took = seconds(work)
    office.engine.dispose()
    return 1000 * took / (decided / 1000)


def the_overdue(bench: Bench, size: int) -> float:
    """Five hundred of them, listed."""
    office = _open(bench, size)
    units = "{" + ",".join(f"x{number}" for number in range(500, min(bench.due, size))) + "}"
    move(office, Selection([f"nhieu/bao-cao/{units}"]), Trigger.SUBMIT, act(AT_REST + timedelta(minutes=3)))
    overdue(office)
    took = min(seconds(lambda _turn: overdue(office)) for _round in range(3))
    office.engine.dispose()
    return 1000 * took


WORKS: dict[str, Measure] = {
    "one move": a_move,
    "a tick with nothing due": an_idle_tick,
    "a thousand rungs due": a_thousand_rungs,
    "five hundred overdue tasks listed": the_overdue,
}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=MEMORY if MEMORY.is_dir() else None) as folder:
        bench = Bench(1, 1_000, SIZES, 10_000, {"shm": Path(folder)})
        lines = {name: [measure(bench, size) for size in SIZES] for name, measure in WORKS.items()}
    rows = [
        Row(f"{name}, among {size:,} tasks", "shm", [figure], "ms")
        for name, figures in lines.items() for size, figure in zip(SIZES, figures, strict=True)
    ]  # fmt: skip
    print(report.table(rows))
    report.save(rows, report.circumstances(1), "growth")
    SVG.write_text(plotted(SIZES, lines), "utf-8")


if __name__ == "__main__":
    main()
