"""The worst morning of a country: every task of every plan falls due at once, on PostgreSQL, with several workers.

    KH_TEST_POSTGRESQL=postgresql+psycopg://… python -m benchmarks.country --provinces 4 --communes 100 --plans 5

makes a database of its own, starts the plans, lets the morning come, and counts: nothing missed, nothing twice.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url, text

from engine.calendar import Calendar
from engine.config import load_settings
from engine.db import open_store, reading
from engine.delivery import deliver
from engine.machine import Act
from engine.office import Office
from engine.service.start import start
from engine.service.ticking import Ticked, sweep_all, tick

START, MORNING = datetime(2026, 1, 5, 1, tzinfo=UTC), datetime(2026, 3, 27, 1, tzinfo=UTC)
PLAN = """
plan: ke-hoach-{number}
title: Kế hoạch {number} của tỉnh {province}
document: {{number: {number}/KH-UBND, issued: 2026-01-05, issuer: ubnd}}
directory: tinh-{province}.yaml
coordinator: so
span: 2026-01-05 .. 2026-12-31
stages:
  bao-cao: {{name: Báo cáo, clause: I, responsible: {{each: xa}}, submit_to: so, deadline: trước ngày 31/3/2026}}
"""
DIRECTORY = """
units:
  ubnd: {{name: UBND tỉnh {province}, level: province, contact: {{email: ubnd@t{province}.example.vn}}}}
  so: {{name: Sở Nội vụ, level: department, parent: ubnd, contact: {{email: so@t{province}.example.vn}}}}
units_from: xa-{province}.csv
groups: {{xa: {{level: commune}}}}
"""
SEEN = """
SELECT count(*) AS decisions, count(DISTINCT (task_id, rung, recipient)) AS distinct_ones,
    count(*) FILTER (WHERE outcome = 'pending') AS pending, count(*) FILTER (WHERE outcome = 'sent') AS sent
FROM decision WHERE due_at > '2026-03-26T17:00:00Z'
"""


def write_country(folder: Path, provinces: int, communes: int, plans: int) -> list[Path]:
    """The files of so many provinces, and their plans."""
    found = []
    for province in range(provinces):
        rows = [f"x{unit},Xã {unit},commune,ubnd,x{unit}@t{province}.example.vn" for unit in range(communes)]
        (folder / f"xa-{province}.csv").write_text("\n".join(["id,name,level,parent,email", *rows]), "utf-8")
        (folder / f"tinh-{province}.yaml").write_text(DIRECTORY.format(province=province), "utf-8")
        for number in range(plans):
            path = folder / f"p{province}-{number}.yaml"
            path.write_text(PLAN.format(province=province, number=number), "utf-8")
            found.append(path)
    return found


def office_at(url: str) -> Office:
    return Office(open_store(url), load_settings(), Calendar())


def sweeping(url: str) -> int:
    office, done = office_at(url), Ticked()
    sweep_all(office, MORNING, done)
    office.engine.dispose()
    return done.decisions


def delivering(url: str) -> int:
    office = office_at(url)
    sent = deliver(office, MORNING).sent
    office.engine.dispose()
    return sent


def together(work: Callable[[str], int], url: str, workers: int) -> int:
    """The same by so many processes at once; the sum of what they did."""
    with get_context("spawn").Pool(workers) as pool:
        return sum(pool.map(work, [url] * workers, chunksize=1))


@contextmanager
def timed(what: str) -> Iterator[dict[str, int]]:
    found: dict[str, int] = {}
    began = time.perf_counter()
    yield found
    taken = time.perf_counter() - began
    number = found.get("n", 0)
    print(f"{what:<34}{number:>10}{taken:>10.1f} s{number / taken:>12.0f} a second", flush=True)


@contextmanager
def database(server: str) -> Iterator[str]:
    """A database that is there for this run only."""
    url, name = make_url(server), f"kh_country_{os.getpid()}"
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]


def live(url: str, folder: Path, given: Any) -> int:
    """Start everything, let the morning come; 0 where nothing is missing and nothing is there twice."""
    office = office_at(url)
    plans = write_country(folder, given.provinces, given.communes, given.plans)
    tasks = len(plans) * given.communes
    with timed("started: tasks") as found:
        for path in plans:
            start(office, path, path.stem, Act("country", START, START))
        found["n"] = tasks
    with office.engine.begin() as connection:  # what was to be said before this morning is past
        connection.execute(text("UPDATE task SET swept_at = :before, next_action_at = :now"),
                           {"before": datetime(2026, 3, 26, 12, tzinfo=UTC), "now": MORNING})  # fmt: skip
    with timed(f"decided by {given.workers}: rungs") as found:
        found["n"] = together(sweeping, url, given.workers)
    with timed("composed by 1: rungs") as found:
        tick(office, MORNING, deliver=lambda *_words: _nothing())
        found["n"] = tasks
    with timed(f"sent by {given.workers}: messages") as found:
        found["n"] = together(delivering, url, given.workers)
    with reading(office.engine) as connection:
        seen = connection.execute(text(SEEN)).one()
        size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    print(f"decisions {seen.decisions}, distinct {seen.distinct_ones}, of {tasks} tasks; left over {seen.pending}; "
          f"{size / tasks / 1000:.1f} kB a task")  # fmt: skip
    office.engine.dispose()
    return int(seen.decisions != seen.distinct_ones or seen.decisions < tasks or seen.pending > 0)


def _nothing() -> Any:
    from engine.delivery import Delivered

    return Delivered()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, number in (("provinces", 4), ("communes", 100), ("plans", 5), ("workers", 2)):
        parser.add_argument(f"--{name}", type=int, default=number)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, database(os.environ["KH_TEST_POSTGRESQL"]) as url:
        (Path(folder) / "mails").mkdir()
        os.environ.update(KH_MAIL_FOLDER=f"{folder}/mails", KH_CONFIG=f"{folder}/kh.toml")
        (Path(folder) / "kh.toml").write_text("", "utf-8")
        return live(url, Path(folder), given)


if __name__ == "__main__":
    sys.exit(main())
