"""What is measured: each file gives some rows of the table."""

from collections.abc import Callable, Iterator

from benchmarks.measure import Row
from benchmarks.rows import (
    cold,
    crowd,
    loading,
    memory,
    moving,
    notices,
    pg_moving,
    pg_starting,
    pg_ticking,
    starting,
    ticking,
    viewing,
)
from benchmarks.world import Bench

ROWS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "start": starting.rows,
    "move": moving.rows,
    "tick": ticking.rows,
    "view": viewing.rows,
    "load": loading.rows,
    "memory": memory.rows,
    "notices": notices.rows,
    "cold": cold.rows,
    "crowd": crowd.rows,
    "pg-start": pg_starting.rows,
    "pg-move": pg_moving.rows,
    "pg-tick": pg_ticking.rows,
}
