"""Moves, one or a thousand a transaction, beside the same updates and inserts."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.measure import Goal, Row, clock_of, per_second, rounds, speed
from benchmarks.twin import Twin, connect, differing, write_all, write_each
from benchmarks.world import AT_REST, Bench, act, office_at
from engine.office import Office
from engine.service.moves import move
from engine.service.select import Selection
from engine.states import Trigger

FEW = 100  # tasks of the small stage
BULK = 1000
SINGLE = {"shm": Goal(least=0.15), "disk": Goal(least=0.40)}


def rows(bench: Bench) -> Iterator[Row]:
    for place in bench.places:
        yield _one_by_one(bench, place)
    yield _small_and_large(bench)
    yield from _in_bulk(bench)


def selectors(first: int, number: int) -> list[str]:
    return [f"nhieu/bao-cao/x{unit}" for unit in range(first, first + number)]


def _submit(office: Office, some: Sequence[str]) -> None:
    move(office, Selection(some), Trigger.SUBMIT, act(AT_REST))


def _each(office: Office, some: Sequence[str]) -> None:
    for selector in some:
        _submit(office, [selector])


def _rehearsed(bench: Bench, base: Path, work: Callable[[Office], None]) -> Twin:
    path = bench.copy(base, "rehearsal")
    office = office_at(path)
    work(office)
    office.engine.dispose()
    return Twin.between(base, path)


def _one_by_one(bench: Bench, place: str) -> Row:
    base, moves = bench.started(place, bench.units), min(200, bench.units // (bench.rounds + 1))
    turns = [selectors(turn * moves, moves) for turn in range(bench.rounds)]
    twin = _rehearsed(bench, base, lambda office: _each(office, [one for some in turns for one in some]))
    parts = [statements for _task, statements in sorted(twin.by_task().items())]
    ours, theirs = bench.copy(base, "ours"), bench.copy(base, "raw")
    office, raw = office_at(ours), connect(theirs)
    own, other = rounds(
        bench.rounds,
        lambda turn: _each(office, turns[turn]),
        lambda turn: write_each(raw, parts[turn * moves : (turn + 1) * moves]),
        clock=clock_of(place),
    )
    assert not differing(ours, theirs)
    detail = f"{per_second(moves, own)}, raw {per_second(moves, other)}"
    return Row("one durable move per transaction", place, speed(own, other), "of the speed of raw", SINGLE[place],
               detail, {"seconds": own, "raw": other, "moves": moves})  # fmt: skip


def _small_and_large(bench: Bench) -> Row:
    moves = (FEW - 10) // bench.rounds
    turns = [selectors(turn * moves, moves) for turn in range(bench.rounds)]
    small, large = (
        office_at(bench.copy(bench.started("shm", units), f"stage-{units}")) for units in (FEW, bench.units)
    )
    for office in (small, large):
        _each(office, selectors(FEW - 10, 5))
    few, many = rounds(bench.rounds, lambda turn: _each(small, turns[turn]), lambda turn: _each(large, turns[turn]))
    work = f"a move in a stage of {bench.units:,} tasks beside one of {FEW}"
    detail = f"{per_second(moves, many)} beside {per_second(moves, few)}"
    return Row(work, "shm", speed(many, few), "of its speed", Goal(least=0.8), detail, {"few": few, "many": many})


def _in_bulk(bench: Bench) -> Iterator[Row]:
    base, number = bench.started("shm", bench.units), min(BULK, bench.units // (bench.rounds + 1))
    turns = [selectors(turn * number, number) for turn in range(bench.rounds)]

    def by_units(some: Sequence[str]) -> list[str]:
        return ["nhieu/bao-cao/{" + ",".join(one.rsplit("/", 1)[1] for one in some) + "}"]

    def work(office: Office) -> None:
        for some in turns:
            _submit(office, by_units(some))

    twins = _rehearsed(bench, base, work)
    tasks = twins.by_task()
    ids = sorted(tasks)
    groups = []
    for turn in range(bench.rounds):
        mine: dict[str, list[tuple[object, ...]]] = {}
        for key in ids[turn * number : (turn + 1) * number]:
            for sql, values in tasks[key]:
                if not sql.startswith("UPDATE tally"):
                    mine.setdefault(sql, []).append(values)
        groups.append([*mine.items(), (f"UPDATE tally SET done = done + {number} WHERE id = ?", [(1,)])])
    ours, theirs = bench.copy(base, "ours"), bench.copy(base, "raw")
    office, raw = office_at(ours), connect(theirs)
    own, other = rounds(
        bench.rounds,
        lambda turn: _submit(office, by_units(turns[turn])),
        lambda turn: write_all(raw, groups[turn]),
    )
    assert not differing(ours, theirs)
    detail = f"{per_second(number, own)}, raw {per_second(number, other)}"
    extra = {"seconds": own, "raw": other, "moves": number}
    work_name = f"{number:,} moves in one transaction"
    yield Row(work_name, "shm", speed(own, other), "of the speed of raw", Goal(least=0.12), detail, extra)
    yield Row(work_name, "shm", [number / took for took in own], "moves a second", Goal(least=20_000), detail)
