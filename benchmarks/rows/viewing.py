"""What a coordinator looks at all day: how a plan stands, what is overdue."""

from collections.abc import Iterator

from benchmarks.measure import Goal, Row, rounds
from benchmarks.world import AT_REST, OVERDUE, Bench, act, office_at
from engine.db import reading
from engine.office import Office
from engine.reports.status import status_view
from engine.reports.tasks import task_views
from engine.service.moves import move
from engine.service.select import Selection, select
from engine.states import Trigger

LATE = 500


def rows(bench: Bench) -> Iterator[Row]:
    path = bench.copy(bench.started("shm", bench.units), "status")
    office = office_at(path)
    _status(office)
    (took,) = rounds(bench.rounds, lambda _turn: _status(office))
    work = f"status of an instance of {bench.units:,}"
    yield Row(work, "shm", [one * 1000 for one in took], "ms", Goal(most=50))
    office.engine.dispose()
    size = bench.sizes[-1]
    office = office_at(bench.copy(bench.among("shm", size), "overdue"))
    late = min(LATE, bench.due // 2)
    done = [f"nhieu/bao-cao/x{number}" for number in range(late, min(bench.due, size))]
    units = "{" + ",".join(one.rsplit("/", 1)[1] for one in done) + "}"
    move(office, Selection([f"nhieu/bao-cao/{units}"]), Trigger.SUBMIT, act(AT_REST))
    found = overdue(office)
    (took,) = rounds(bench.rounds, lambda _turn: overdue(office))
    work = f"tasks --overdue: {found:,} among {size:,}"
    yield Row(work, "shm", [one * 1000 for one in took], "ms", Goal(most=100))
    office.engine.dispose()


def _status(office: Office) -> None:
    with reading(office.engine) as connection:
        status_view(office, connection, "nhieu", AT_REST)


def overdue(office: Office) -> int:
    """`kh tasks --overdue`, without printing."""
    with reading(office.engine) as connection:
        tasks = select(office, connection, Selection(["*"], overdue=True), OVERDUE)
        return len(task_views(office, connection, tasks, OVERDUE))
