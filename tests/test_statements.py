"""What a move, a tick and a view ask of the database: as many statements among ten tasks as among ten thousand."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from conftest import act, at
from sqlalchemy import event

from engine import db, outbox, silences, store
from engine.delivery import Delivered
from engine.due import look
from engine.office import Office
from engine.reports.status import status_view
from engine.reports.tasks import task_views
from engine.service.moves import move
from engine.service.select import Selection, select
from engine.service.start import start
from engine.service.ticking import tick
from engine.states import Trigger

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

ON = at("2020-03-04 08:00")
LATER = at("2020-03-20 08:00")
FEW, MANY = 10, 10_000
PLAN = """
plan: nhieu
title: Kế hoạch có nhiều xã
document: {number: 1/KH-UBND, issued: 2020-03-04, issuer: ubnd}
directory: xa.yaml
coordinator: so-a
span: 2020-03-04 .. 2020-12-31
stages:
  bao-cao: {name: Báo cáo, clause: I, responsible: {each: xa}, deadline: trước ngày 30/3/2020}
  kiem-tra: {name: Kiểm tra, clause: II, responsible: {each: xa}, after: [{same: bao-cao}], inferred: 5 ngày sau khi bao-cao}
  tong-hop: {name: Tổng hợp, clause: III, responsible: so-a, after: [bao-cao], inferred: 10 ngày sau khi bao-cao}
"""  # noqa: E501
DIRECTORY = """
units:
  ubnd: {name: UBND tỉnh, level: province}
  so-a: {name: Sở A, level: department, parent: ubnd, contact: {email: so-a@t.example.vn}}
units_from: xa.csv
groups: {xa: {level: commune}}
people: [{user: tester, unit: so-a, may: [coordinate]}]
"""


@pytest.fixture
def office_of(office: Office, tmp_path: Path) -> Callable[[int], Office]:
    """The office, with a plan for so many communes under way."""

    def started(units: int) -> Office:
        rows = [f"x{number},Xã {number},commune,ubnd,x{number}@t.example.vn" for number in range(units)]
        (tmp_path / "xa.csv").write_text("\n".join(["id,name,level,parent,email", *rows]), "utf-8")
        (tmp_path / "xa.yaml").write_text(DIRECTORY, "utf-8")
        (tmp_path / "plan.yaml").write_text(PLAN, "utf-8")
        start(office, tmp_path / "plan.yaml", f"n{units}", act(ON))
        return office

    return started


@contextmanager
def said_to_the_database(office: Office) -> Iterator[list[str]]:
    """Every statement SQLite runs, whoever sends it; what it makes of one (triggers, look-ups) is not counted."""
    said: list[str] = []

    def listen(raw: sqlite3.Connection, *_more: object) -> None:
        raw.set_trace_callback(lambda text: None if text.startswith("--") else said.append(text))

    event.listen(office.engine, "checkout", listen)
    try:
        yield said
    finally:
        event.remove(office.engine, "checkout", listen)


@pytest.mark.slow
def test_a_move_takes_as_many_statements_among_ten_thousand_tasks_as_among_ten(
    office_of: Callable[[int], Office],
) -> None:
    counted = {}
    for units in (FEW, MANY):
        office = office_of(units)
        for trigger, unit in ((Trigger.ACK, "x1"), (Trigger.SUBMIT, "x1"), (Trigger.SUBMIT, "x2")):
            with said_to_the_database(office) as said:
                move(office, Selection([f"n{units}/bao-cao/{unit}"]), trigger, act(LATER))
            counted.setdefault((trigger, unit), set()).add(len(said))
    assert {len(numbers) for numbers in counted.values()} == {1}, counted


def on_paper(office: Office, now: datetime) -> Delivered:
    with db.writing(office.engine) as connection:
        return Delivered(sent=outbox.send_all(connection, now, "on paper"))


def test_an_idle_tick_is_one_question(office_of: Callable[[int], Office]) -> None:
    office = office_of(FEW)
    tick(office, ON, deliver=on_paper)
    tick(office, ON + timedelta(seconds=1), deliver=on_paper)
    with said_to_the_database(office) as said:
        tick(office, ON + timedelta(seconds=2), deliver=on_paper)
    assert [text.split()[0] for text in said] == ["BEGIN", "SELECT", "ROLLBACK"]


def test_views_take_as_many_statements_of_many_tasks_as_of_few(office_of: Callable[[int], Office]) -> None:
    counted = []
    for units in (FEW, 400):
        office = office_of(units)
        with db.reading(office.engine) as connection:
            status_view(office, connection, f"n{units}", LATER)  # the plan is read
        with said_to_the_database(office) as said, db.reading(office.engine) as connection:
            status_view(office, connection, f"n{units}", LATER)
            late = select(office, connection, Selection([f"n{units}"], overdue=True), at("2020-04-06 08:00"))
            assert len(task_views(office, connection, late, at("2020-04-06 08:00"))) == units
        counted.append(len(said))
    assert counted[0] == counted[1]


def test_nothing_that_is_due_is_looked_for_by_a_scan(office_of: Callable[[int], Office]) -> None:
    office = office_of(FEW)
    with said_to_the_database(office) as said, db.reading(office.engine) as connection:
        look(connection, "tick", LATER)
        store.due_tasks(connection, LATER, 100)
        outbox.ready_decisions(connection, LATER)
        outbox.pending_messages(connection, LATER)
        silences.end_due(connection, LATER)
        select(office, connection, Selection(["*"], overdue=True), LATER)
        select(office, connection, Selection(["*"], due_within=7), LATER)
    asked = [text for text in said if text.startswith("SELECT")]
    assert len(asked) == 7
    with db.reading(office.engine) as connection:
        for text in asked:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
            assert not [step for step in plan if step.startswith("SCAN") and step != "SCAN CONSTANT ROW"], (text, plan)
    overdue, soon = asked[-2:]
    with db.reading(office.engine) as connection:
        for text, index in ((overdue, "task_overdue"), (soon, "task_last_day")):
            assert index in str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all())


def test_one_task_is_not_looked_for_among_its_whole_stage(office_of: Callable[[int], Office]) -> None:
    office = office_of(FEW)
    with said_to_the_database(office) as said, db.reading(office.engine) as connection:
        assert len(select(office, connection, Selection([f"n{FEW}/bao-cao/x1"]), LATER)) == 1
    (asked,) = [text for text in said if "task.unit =" in text]
    with db.reading(office.engine) as connection:
        assert "task_unit (unit=?)" in str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}").all())
