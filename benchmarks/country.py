"""The worst morning of a country: a rung of every task of every plan falls due at once, and `kh worker`s do the rest.

    KH_BENCH_POSTGRESQL=postgresql+psycopg://… python -m benchmarks.country --provinces 4 --communes 100 --plans 5

makes a database of its own, starts the plans, lets the workers begin, and counts: nothing missed, nothing twice.
`make bench-morning` is the million of docs/scale.md.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from threading import Event

import psycopg
from sqlalchemy import make_url

from benchmarks.server import plain
from engine.calendar import Calendar
from engine.clock import local_date, system_clock
from engine.config import load_settings
from engine.db import open_store
from engine.machine import Act
from engine.office import Office
from engine.service.calendars import load
from engine.service.start import start

ROOT = Path(__file__).parents[1]
POLL = 1  # seconds
ALWAYS_OPEN = "00:00-23:59"
PLAN = """
plan: ke-hoach-{number}
title: Kế hoạch {number} của tỉnh {province}
document: {{number: {number}/KH-UBND, issued: {today}, issuer: ubnd}}
directory: tinh-{province}.yaml
coordinator: so
span: {today} .. {end}
stages:
  bao-cao: {{name: Báo cáo, clause: I, responsible: {{each: xa}}, submit_to: so, deadline: "trước ngày {end:%d/%m/%Y}"}}
"""
DIRECTORY = """
units:
  ubnd: {{name: UBND tỉnh {province}, level: province, contact: {{email: ubnd@t{province}.example.vn}}}}
  so: {{name: Sở Nội vụ, level: department, parent: ubnd, contact: {{email: so@t{province}.example.vn}}}}
units_from: xa-{province}.csv
groups: {{xa: {{level: commune}}}}
"""
WORKS = "announcements:\n  - {{source: Thông báo, work: {day}}}\n"
LEFT = {
    "decided": "SELECT 1 FROM task WHERE next_action_at <= now() LIMIT 1",
    "composed": "SELECT 1 FROM decision WHERE outcome = 'pending' LIMIT 1",
    "sent": "SELECT 1 FROM message WHERE status = 'pending' LIMIT 1",
}
SEEN = """
SELECT count(*), count(DISTINCT (task_id, rung, occurrence, recipient)), count(*) FILTER (WHERE outcome <> 'sent')
FROM decision
"""


def write_country(folder: Path, provinces: int, communes: int, plans: int, today: date) -> list[Path]:
    """The files of so many provinces, and their plans."""
    found = []
    for province in range(provinces):
        rows = [f"x{unit},Xã {unit},commune,ubnd,x{unit}@t{province}.example.vn" for unit in range(communes)]
        (folder / f"xa-{province}.csv").write_text("\n".join(["id,name,level,parent,email", *rows]), "utf-8")
        (folder / f"tinh-{province}.yaml").write_text(DIRECTORY.format(province=province), "utf-8")
        for number in range(plans):
            path, end = folder / f"p{province}-{number}.yaml", today + timedelta(days=90)
            path.write_text(PLAN.format(province=province, number=number, today=today, end=end), "utf-8")
            found.append(path)
    return found


def begin(url: str, folder: Path, provinces: int, communes: int, plans: int) -> int:
    """Start every plan, so that the first rung of each task is due now, whatever day it is; how many there are."""
    now = system_clock()
    today = local_date(now)
    office = Office(open_store(url), load_settings(folder, {}), Calendar())
    for day in (today, today + timedelta(days=1)):
        if not office.calendar.is_working(day):
            (folder / f"{day}.yaml").write_text(WORKS.format(day=day), "utf-8")
            load(office, folder / f"{day}.yaml", Act("country", now, now))
    paths = write_country(folder, provinces, communes, plans, today)
    for path in paths:
        start(office, path, path.stem, Act("country", now, now))
    office.engine.dispose()
    return len(paths) * communes


def environment(url: str, folder: Path, **more: str) -> dict[str, str]:
    """Of a worker: nothing of this machine's settings."""
    (folder / "kh.toml").touch()
    ours = {name: value for name, value in os.environ.items() if not name.startswith("KH_")}
    return {**ours, "KH_DATABASE_URL": url, "KH_CONFIG": str(folder / "kh.toml"), "KH_FILES": str(folder / "files"),
            "KH_HOURS": ALWAYS_OPEN, "KH_LANG": "en", **more}  # fmt: skip


def worker(environ: Mapping[str, str], log: Path, before: Sequence[str] = ()) -> "subprocess.Popen[bytes]":
    with log.open("ab") as said:
        return subprocess.Popen(
            [*before, sys.executable, str(ROOT / "cli.py"), "worker"], env=environ, stdout=said, stderr=said
        )


@contextmanager
def database(server: str) -> Iterator[str]:
    """A database that is there for this run only."""
    url, name = make_url(server), f"kh_country_{os.getpid()}"
    with psycopg.connect(plain(url), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]


def watched(url: str, began: float, alive: Callable[[], bool]) -> Iterator[tuple[str, float]]:
    """What is over, and after how many seconds: all is decided, composed, sent."""
    with psycopg.connect(plain(url), autocommit=True) as connection:
        for name, query in LEFT.items():
            while connection.execute(query).fetchone():  # type: ignore[call-overload]
                if not alive():
                    raise SystemExit(f"no worker is left; not yet {name}")
                Event().wait(POLL)
            yield name, time.perf_counter() - began


def live(url: str, folder: Path, given: argparse.Namespace) -> int:
    """0 where nothing is missing and nothing is there twice."""
    before = time.perf_counter()
    tasks = begin(url, folder, given.provinces, given.communes, given.plans)
    told("started by one process", tasks, time.perf_counter() - before)
    (folder / "mails").mkdir()
    environ, began = environment(url, folder, KH_MAIL_FOLDER=str(folder / "mails")), time.perf_counter()
    workers = [worker(environ, folder / "log") for _number in range(given.workers)]
    try:
        for name, seconds in watched(url, began, lambda: any(one.poll() is None for one in workers)):
            told(f"{name} by {given.workers} workers, from their start", tasks, seconds)
    finally:
        for one in workers:
            one.terminate()
        codes = [one.wait(60) for one in workers]
    return judged(url, folder, tasks) or int(any(codes))


def judged(url: str, folder: Path, tasks: int) -> int:
    with psycopg.connect(plain(url)) as connection:
        decisions, distinct, unsent = connection.execute(SEEN).fetchone() or (0, 0, 0)
        (size,) = connection.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
        (messages,) = connection.execute("SELECT count(*) FROM message WHERE status = 'sent'").fetchone() or (0,)
    files = sum(1 for path in (folder / "mails").rglob("*.eml"))
    print(f"{tasks} rungs fell due: missed {tasks - distinct}, twice {decisions - distinct}, not sent {unsent}; "
          f"{messages} messages, {files} files; {size / tasks / 1000:.1f} kB a task")  # fmt: skip
    return int((distinct, decisions, unsent, messages) != (tasks, tasks, 0, files))


def told(what: str, number: int, seconds: float) -> None:
    print(f"{what:<46}{number:>10}{seconds:>10.1f} s{number / seconds:>12.0f} a second", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, number in (("provinces", 4), ("communes", 100), ("plans", 5), ("workers", 4)):
        parser.add_argument(f"--{name}", type=int, default=number)
    given = parser.parse_args()
    address = os.environ.get("KH_BENCH_POSTGRESQL")
    if not address:
        sys.stderr.write("left out: KH_BENCH_POSTGRESQL names no server\n")
        return 0
    with tempfile.TemporaryDirectory() as folder, database(address) as url:
        return live(url, Path(folder), given)


if __name__ == "__main__":
    sys.exit(main())
