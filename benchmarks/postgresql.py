"""One move and one start on PostgreSQL beside raw psycopg that writes the same rows and asks for nothing.

    KH_TEST_POSTGRESQL=postgresql+psycopg://… python -m benchmarks.postgresql [--units 10600] [--rounds 5]

In paired rounds, on a database of its own; the ratio is the median of the rounds'.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from benchmarks.country import START, database, office_at, write_country
from engine.machine import Act
from engine.office import Office
from engine.service.moves import move
from engine.service.select import Selection
from engine.service.start import start
from engine.states import Trigger

MOVES = 200
ENTRY = ("INSERT INTO entry (at, happened_at, actor, instance_id, task_id, trigger, before, after, data) "
         "VALUES (now(), now(), 'raw', 1, %s, 'submit', 'assigned', 'completed', '{}')")  # fmt: skip
TASK = "UPDATE task SET version = version + 1, touched_at = now() WHERE id = %s AND version >= 1"
TALLY = "UPDATE tally SET dropped = dropped WHERE instance_id = 1 AND stage = 'bao-cao'"


def seconds(action: Callable[[], Any]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def raw_moves(raw: psycopg.Connection[Any], ids: list[int]) -> None:
    """A task, its stage's counter and an entry, in a commit of their own."""
    for number in ids:
        with raw.transaction():
            raw.execute(TASK, (number,))
            raw.execute(TALLY)
            raw.execute(ENTRY, (number,))


def moves(office: Office, name: str, units: range) -> None:
    for unit in units:
        move(office, Selection([f"{name}/bao-cao/x{unit}"]), Trigger.SUBMIT, Act("bench", START, START))


def raw_start(raw: psycopg.Connection[Any], instance: int) -> None:
    """The rows of a start that is there already, copied once more; all is taken back afterwards."""
    rows, names = {}, {}
    for name in ("task", "entry", "tally"):
        found = raw.execute(f"SELECT * FROM {name} WHERE instance_id = {instance}")
        rows[name], names[name] = found.fetchall(), [column.name for column in found.description or []]
    raw.commit()
    raw.execute("SET session_replication_role = replica; SET CONSTRAINTS ALL DEFERRED")
    raw.execute("CREATE TEMPORARY TABLE t_task (LIKE task INCLUDING ALL); CREATE TEMPORARY TABLE t_entry (LIKE entry "
                "INCLUDING ALL); CREATE TEMPORARY TABLE t_tally (LIKE tally INCLUDING ALL)")  # fmt: skip
    raw.commit()
    raw_start.seconds = seconds(lambda: _copy(raw, rows, names))  # type: ignore[attr-defined]
    raw.execute("DROP TABLE t_task, t_entry, t_tally; SET session_replication_role = origin")
    raw.commit()


def _copy(raw: psycopg.Connection[Any], rows: dict[str, list[Any]], names: dict[str, list[str]]) -> None:
    with raw.transaction():
        for name, some in rows.items():
            columns = ", ".join(f'"{column}"' for column in names[name])
            with raw.cursor().copy(f"COPY t_{name} ({columns}) FROM STDIN") as stream:
                for row in some:
                    stream.write_row(row)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=10_600)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, database(os.environ["KH_TEST_POSTGRESQL"]) as url:
        office = office_at(url)
        plan = write_country(Path(folder), 1, given.units, 1)[0]
        starts, ratios, ours = [], [], []
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain) as raw:
            for turn in range(given.rounds):
                taken = seconds(lambda turn=turn: start(office, plan, f"s{turn}", Act("bench", START, START)))
                raw_start(raw, turn + 1)
                starts.append(taken / raw_start.seconds)  # type: ignore[attr-defined]
            for turn in range(given.rounds):
                units = range(turn * MOVES, (turn + 1) * MOVES)
                one = seconds(lambda units=units: moves(office, "s0", units))
                other = seconds(lambda turn=turn: raw_moves(raw, list(range(turn * MOVES + 1, (turn + 1) * MOVES + 1))))
                ours.append(MOVES / one)
                ratios.append(other / one)
        office.engine.dispose()
    start_, move_, speed = map(statistics.median, (starts, ratios, ours))
    sys.stdout.write(f"start of {given.units} tasks: {start_:.1f} times raw COPY (into temporary tables)\n")
    sys.stdout.write(f"a durable move: {speed:.0f} a second, {move_:.2f} of raw\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
