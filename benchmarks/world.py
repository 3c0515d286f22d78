"""The worlds that are measured: a plan for so many communes, started, at rest, among so many other tasks."""

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from engine import outbox, store
from engine.calendar import Calendar
from engine.config import load_settings
from engine.db import open_store, writing
from engine.delivery import Delivered
from engine.machine import Act
from engine.office import Office
from engine.service.start import start
from engine.service.ticking import tick

if TYPE_CHECKING:
    from benchmarks.server import Server

ACTOR = "lan"
MORNING = datetime(2020, 3, 4, 1, tzinfo=UTC)  # 08:00 in the office, a Wednesday
AT_REST = MORNING + timedelta(days=1)  # a morning on which nothing falls due
REMINDER = datetime(2020, 3, 19, 5, tzinfo=UTC)  # noon, the office closed, of the day of the first reminder
OVERDUE = datetime(2020, 4, 6, 1, tzinfo=UTC)
PLAN = """
plan: nhieu
title: Kế hoạch có nhiều xã
document: {number: 1/KH-UBND, issued: 2020-03-04, issuer: ubnd}
directory: xa.yaml
coordinator: so-a
span: 2020-03-04 .. 2020-12-31
stages:
  bao-cao:
    name: Báo cáo tổng kết của xã, phường, thị trấn
    clause: II.1
    responsible: {each: xa}
    submit_to: so-a
    deadline: trước ngày 30/3/2020
    content: [Tình hình thực hiện, Kết quả đạt được, Khó khăn và nguyên nhân, Kiến nghị]
    outputs: [{name: Báo cáo tổng kết, kind: report, count: 1, form: [công văn, tệp], outline: Phụ lục I}]
  tong-hop:
    name: Tổng hợp báo cáo
    clause: II.2
    responsible: so-a
    after: [bao-cao]
    inferred: 10 ngày làm việc sau khi bao-cao
"""
DIRECTORY = """
units:
  ubnd: {name: UBND tỉnh, level: province, contact: {email: ubnd@t.example.vn}}
  so-a: {name: Sở A, level: department, parent: ubnd, contact: {email: so-a@t.example.vn}}
units_from: xa.csv
groups: {xa: {level: commune}}
people: [{user: lan, unit: so-a, may: [coordinate]}]
"""
HEADING = "id,name,level,parent,email"


def act(moment: datetime) -> Act:
    return Act(ACTOR, moment, moment, doc="12/BC-UBND, 2020-03-04")


def write_plan(folder: Path, units: int) -> Path:
    """The files of a plan for so many communes."""
    rows = [f"x{number},Xã số {number},commune,ubnd,x{number}@t.example.vn" for number in range(units)]
    (folder / "xa.csv").write_text("\n".join([HEADING, *rows, ""]), "utf-8")
    (folder / "xa.yaml").write_text(DIRECTORY, "utf-8")
    (folder / "plan.yaml").write_text(PLAN, "utf-8")
    return folder / "plan.yaml"


def office_at(path: Path, environ: dict[str, str] | None = None) -> Office:
    """The office whose database is this file."""
    return office_on(f"sqlite:///{path}", path.parent, environ)


def office_on(url: str, folder: Path, environ: dict[str, str] | None = None) -> Office:
    """The office whose database has this address, and whose settings would lie in this folder."""
    settings = load_settings(folder, {"KH_USER": ACTOR, **(environ or {})})
    return Office(open_store(url), settings, Calendar())


def on_paper(office: Office, now: datetime) -> Delivered:
    """In place of a mail server: all is sent at once."""
    with writing(office.engine) as connection:
        return Delivered(sent=outbox.send_all(connection, now, "on paper"))


def nothing(_office: Office, _now: datetime) -> Delivered:
    return Delivered()


@dataclass(frozen=True)
class Bench:
    """What is measured with: how many rounds, how large, and where databases lie."""

    rounds: int
    units: int  # communes of the one plan
    sizes: tuple[int, ...]  # tasks that exist, in rising order
    due: int  # of them at one tick
    places: dict[str, Path]  # "shm" or "disk" → a folder
    server: "Server | None" = None  # of PostgreSQL, where one is given

    def empty(self, place: str) -> Path:
        """A database without a plan."""
        return self._made(place, "empty", open_and_close)

    def started(self, place: str, units: int) -> Path:
        """A plan started for so many communes, its assignments sent, at rest."""
        return self._made(place, f"started-{units}", lambda path: _live(office_at(path), path.parent, units))

    def among(self, place: str, tasks: int) -> Path:
        """The same for as many as fall due at once, among so many other tasks: half of them done, half far ahead."""
        units = min(self.due, tasks)

        def make(path: Path) -> None:
            shutil.copyfile(self.started(place, units), path)
            multiply(office_at(path), tasks // units - 1)

        return self._made(place, f"among-{tasks}", make)

    def copy(self, base: Path, name: str) -> Path:
        """A database of one's own."""
        path = base.parent / f"{name}.db"
        for old in base.parent.glob(f"{name}.db*"):
            old.unlink()
        shutil.copyfile(base, path)
        return path

    def _made(self, place: str, name: str, make: Callable[[Path], None]) -> Path:
        path = self.places[place] / f"{name}.db"
        if not path.exists():
            make(path)
            settle(path)
        return path


def open_and_close(path: Path) -> None:
    open_store(f"sqlite:///{path}").dispose()


def settle(path: Path) -> None:
    """All in the one file, so that it can be copied."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _live(office: Office, folder: Path, units: int) -> None:
    live(office, write_plan(folder, units), ["nhieu"])


def live(office: Office, plan: Path, names: Sequence[str]) -> None:
    """Start the plan under each name; what its start says is said."""
    for name in names:
        start(office, plan, name, act(MORNING))
    tick(office, MORNING, as_told=True, deliver=on_paper)
    tick(office, AT_REST, as_told=True, deliver=on_paper)
    office.engine.dispose()


# A year on, as each kind of database keeps its instants and days.
_YEAR_ON = {
    "sqlite": "replace({0}, '2020-', '2021-')",
    "postgresql": "{0} + interval '1 year'",
}


def multiply(office: Office, times: int) -> None:
    """Further instances of the same plan, by SQL: every other one is done, the rest falls due in a year."""
    year_on = _YEAR_ON[office.engine.dialect.name]
    then = dict.fromkeys(("opened_at", "submitted_at", "completed_at"), "touched_at")
    done = {"state": "'completed'", "next_action_at": "NULL", **then}
    ahead = {name: year_on.format(name) for name in ("next_action_at", "overdue_at", "last_day")}
    with writing(office.engine) as connection:
        for number in range(2, times + 2):
            connection.exec_driver_sql(_copied("instance", {"name": f"'nhieu-{number}'"}, "id = 1"))
            for table, changes in (("task", done if number % 2 else ahead), ("tally", {})):
                connection.exec_driver_sql(_copied(table, {"instance_id": str(number), **changes}, "instance_id = 1"))
    tick(office, AT_REST, as_told=True, deliver=on_paper)
    office.engine.dispose()


def _copied(table: str, changes: dict[str, str], where: str) -> str:
    names = [column.name for column in store.INSTANCE.metadata.tables[table].columns if column.name != "id"]
    values = ", ".join(changes.get(name, name) for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE {where}"
