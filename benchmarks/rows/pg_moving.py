"""Single moves on PostgreSQL by one, two and four processes at once, beside as many that only write the same rows.

Each process works on an instance of its own: who changes the same instance waits for the other, in the raw program too,
for there it is the counter of the stage that both change.
"""

from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg

from benchmarks.measure import Goal, Row
from benchmarks.server import PLACE, Server, differing, plain, write_each
from benchmarks.twin import Statement
from benchmarks.world import AT_REST, Bench, act, office_on
from engine.office import Office
from engine.service.moves import move
from engine.service.select import Selection
from engine.states import Trigger

WORKERS = (1, 2, 4)
MOVES = 200  # of each process in each round
Span = tuple[float, float]  # from when to when, by the machine's clock
_gate: Any = None  # of this process: where all wait for each other


def rows(bench: Bench) -> Iterator[Row]:
    if bench.server is None:
        return
    most = WORKERS[-1]
    moves = min(MOVES, bench.units // most // (bench.rounds + 1))
    base = bench.server.started(bench.units // most, most)
    names = ["nhieu", *(f"nhieu-{number}" for number in range(2, most + 1))]
    tasks = [[f"{name}/bao-cao/x{unit}" for unit in range(bench.rounds * moves)] for name in names]
    twin = bench.server.rehearsed(base, lambda office: [_each(office, some) for some in tasks])
    parts = [statements for _task, statements in sorted(twin.by_task().items())]
    size = bench.rounds * moves
    written = [parts[number * size : (number + 1) * size] for number in range(most)]
    for workers in WORKERS:
        yield _measured(bench, bench.server, base, tasks[:workers], written[:workers], moves)


def _each(office: Office, selectors: Sequence[str]) -> None:
    for selector in selectors:
        move(office, Selection([selector]), Trigger.SUBMIT, act(AT_REST))


def _measured(bench: Bench, server: Server, base: str, tasks: Any, written: Any, moves: int) -> Row:
    workers = len(tasks)
    ours, theirs = server.copy(base, "ours"), server.copy(base, "raw")
    speeds: tuple[list[float], list[float]] = [], []
    with _pool(workers) as pool:
        for turn in range(bench.rounds):
            part = slice(turn * moves, (turn + 1) * moves)
            work = (
                (_engine, [(ours, server.folder, some[part]) for some in tasks]),
                (_raw, [(theirs, some[part]) for some in written]),
            )
            for which in (turn % 2, 1 - turn % 2):
                spans = pool.starmap(*work[which], chunksize=1)
                took = max(end for _begin, end in spans) - min(begin for begin, _end in spans)
                speeds[which].append(workers * moves / took)
    assert workers > 1 or not differing(ours, theirs)
    own, other = speeds
    detail = f"{sorted(own)[len(own) // 2]:,.0f}/s, raw {sorted(other)[len(other) // 2]:,.0f}/s"
    figures = [one / two for one, two in zip(own, other, strict=True)]
    who = "one process" if workers == 1 else f"{workers} processes"
    extra = {"per second": own, "raw": other, "moves": moves}
    work_name = f"one durable move per transaction, {who}"
    return Row(work_name, PLACE, figures, "of the speed of raw", Goal(least=0.45), detail, extra)


def _pool(workers: int) -> Pool:
    """Of processes that begin together: as nobody goes on before all are there, each gets one piece of work."""
    context = get_context("spawn")
    return context.Pool(workers, _enter, (context.Barrier(workers),))


def _enter(gate: Any) -> None:
    global _gate
    _gate = gate


def _engine(url: str, folder: Path, selectors: Sequence[str]) -> Span:
    """As in a process that runs already: the plan is read, the statements are known. The raw one has that, too."""
    office = office_on(url, folder)
    move(office, Selection([selectors[0]]), Trigger.ACK, act(AT_REST), dry_run=True)  # takes no number of a hand-in
    _gate.wait()
    begin = perf_counter()
    _each(office, selectors)
    end = perf_counter()
    office.engine.dispose()
    return begin, end


def _raw(url: str, transactions: Sequence[Sequence[Statement]]) -> Span:
    with psycopg.connect(plain(url)) as connection:
        for sql, values in transactions[0]:
            connection.execute(sql, values)  # type: ignore[call-overload]
        connection.rollback()
        _gate.wait()
        begin = perf_counter()
        write_each(connection, transactions)
        return begin, perf_counter()
