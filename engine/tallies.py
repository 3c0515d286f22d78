"""The counters of stages: how many of their tasks are done or dropped, so that no move looks at the others."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select, update

from engine.prepared import Among, Prepared, insert_rows
from engine.rows import TallyRow
from engine.store import table
from engine.tables import Tally

TALLY = table(Tally)


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    insert_rows(connection, TALLY, rows)


def of_stages(connection: Connection, instance_id: int, stages: Iterable[str] | None = None) -> list[TallyRow]:
    query = select(*[TALLY.c[name] for name in TallyRow._fields]).where(TALLY.c.instance_id == instance_id)
    if stages is not None:
        query = query.where(TALLY.c.stage.in_(list(stages)))
    return [TallyRow._make(row) for row in connection.execute(query)]


_WHOLE = select(*[TALLY.c[name] for name in ("instance_id", "period", "total", "done", "dropped")])
_OF_STAGE = Among(
    lambda ids: _WHOLE.where(TALLY.c.instance_id.in_(ids), TALLY.c.stage == bindparam("stage"), TALLY.c.scope == "")
)  # fmt: skip


def of_stage(connection: Connection, instance_ids: Iterable[int], stage: str) -> list[Any]:
    """How far a stage is as a whole, in several instances whose stages are called alike."""
    return _OF_STAGE.all(connection, sorted(set(instance_ids)), stage=stage)


_TALLY_KEY = and_(*[TALLY.c[name] == bindparam(f"its_{name}") for name in ("instance_id", "stage", "period", "scope")])
_COUNT = Prepared(
    update(TALLY).where(_TALLY_KEY)
    .values(done=TALLY.c.done + bindparam("more_done"), dropped=TALLY.c.dropped + bindparam("more_dropped"))
    .returning(*[TALLY.c[name] for name in TallyRow._fields]), TallyRow._make
)  # fmt: skip


def count_on(
    connection: Connection, instance_id: int, key: tuple[str, str, str], done: int, dropped: int
) -> TallyRow | None:
    """Move a stage's counters, relatively, so that two writers never lose a count; how they stand now."""
    its = dict(zip(("its_instance_id", "its_stage", "its_period", "its_scope"), (instance_id, *key), strict=True))
    found: TallyRow | None = _COUNT.first(connection, **its, more_done=done, more_dropped=dropped)
    return found


def mark(connection: Connection, tally_id: int, reached_at: datetime | None) -> None:
    connection.execute(update(TALLY).where(TALLY.c.id == tally_id).values(reached_at=reached_at))
