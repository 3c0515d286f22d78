"""One sweep after another over a few tasks: what is decided, what is put off, and when each is looked at again."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from conftest import HANOI, SMALL, act, at

from engine import db, outbox, store
from engine.decisions import REASONS
from engine.escalation import Swept, sweep_batch
from engine.office import Office
from engine.service.calendars import load
from engine.service.moves import move
from engine.service.select import Selection
from engine.service.start import start
from engine.service.suspensions import suspend
from engine.settle import SYSTEM
from engine.states import Trigger

pytestmark = pytest.mark.store("sqlite")

PLAN = (
    SMALL
    + """
  quy:
    name: Báo cáo quý
    clause: I.3
    responsible: so-a
    deadline: trước ngày 25 của tháng cuối quý
  gan: {name: Họp, clause: II, responsible: h1, after: [bao-cao], gate: strict, deadline: cuối tháng 5/2020}
  mo: {name: Khi cần, clause: III, responsible: h2, deadline: kịp thời}
"""
)
EIGHT = "2020-03-04 08:00"


class Running:
    """An office with one plan that runs from 4 March 2020, and what a sweep leaves behind in it."""

    def __init__(self, office: Office):
        self.office = office

    def sweep(self, now: str, limit: int = 2000) -> Swept:
        with db.writing(self.office.engine) as connection:
            return sweep_batch(self.office, connection, at(now), limit)

    def decided(self) -> list[str]:
        """Task, rung, recipient and what came of it, of all that was decided so far."""
        with db.reading(self.office.engine) as connection:
            tasks = {task.id: task for task in store.tasks(connection)}
            rows = outbox.decisions(connection)
        return [
            f"{tasks[row.task_id].selector.removeprefix('x/')} {row.rung} {row.recipient} {row.outcome}" for row in rows
        ]

    def looked_at(self) -> dict[str, str | None]:
        """When the sweep comes back to each task, in office time."""
        with db.reading(self.office.engine) as connection:
            tasks = store.tasks(connection)
        return {task.selector.removeprefix("x/"): _shown(task.next_action_at) for task in tasks}


def _shown(moment: datetime | None) -> str | None:
    return f"{moment.astimezone(HANOI):%m-%d %H:%M}" if moment else None


@pytest.fixture
def run(office: Office, plan_file: Callable[..., Path]) -> Running:
    start(office, plan_file(PLAN), "x", act(at(EIGHT)))
    return Running(office)


def test_the_first_sweep_tells_of_what_opened_and_knows_when_to_come_back(run: Running) -> None:
    swept = run.sweep(EIGHT)
    assert run.decided() == [
        "bao-cao/h1 opening h1 pending",
        "bao-cao/h2 opening h2 pending",
        "quy/2020-Q1/so-a opening so-a pending",
        "mo/h2 opening h2 pending",
    ]
    assert swept == Swept(tasks=5, decisions=4, deferred=0, opened=0)
    assert run.looked_at() == {
        "bao-cao/h1": "03-19 07:30", "bao-cao/h2": "03-19 07:30", "tong-hop/so-a": None,
        "quy/2020-Q1/so-a": "03-13 07:30", "quy/2020-Q2/so-a": "05-25 07:30", "quy/2020-Q3/so-a": "08-25 07:30",
        "quy/2020-Q4/so-a": "11-24 07:30", "gan/h1": "05-07 07:30", "mo/h2": "04-06 07:30",
    }  # fmt: skip
    assert run.sweep(EIGHT) == Swept()
    assert len(run.decided()) == 4


# Each sweep: what it decides, how many of it waits for the next working hours, and when the tasks are looked at again.
LATER: tuple[tuple[str, list[str], Swept, dict[str, str | None]], ...] = (
    ("2020-03-19 07:29", ["quy/2020-Q1/so-a T-7 so-a"], Swept(1, 1, 1), {"quy/2020-Q1/so-a": "03-19 07:30"}),
    ("2020-03-19 07:30", ["bao-cao/h1 T-7 h1", "bao-cao/h2 T-7 h2", "quy/2020-Q1/so-a T-3 so-a"], Swept(3, 3),
     {"bao-cao/h1": "03-25 07:30", "quy/2020-Q1/so-a": "03-23 07:30"}),
    # in the evening, and at a weekend
    ("2020-03-25 20:00", ["quy/2020-Q1/so-a T-1 so-a", "quy/2020-Q1/so-a T0 so-a", "bao-cao/h1 T-3 h1",
                          "bao-cao/h2 T-3 h2"], Swept(3, 4, 4), {"bao-cao/h1": "03-27 07:30"}),
    ("2020-03-28 09:00", ["quy/2020-Q1/so-a T+1 so-a", "bao-cao/h1 T-1 h1", "bao-cao/h2 T-1 h2"], Swept(3, 3, 3),
     {"bao-cao/h1": "03-30 07:30", "quy/2020-Q1/so-a": "03-30 07:30"}),
    # after some days without a sweep nothing is passed over
    ("2020-04-06 08:00", [
        "bao-cao/h1 T0 so-a", "bao-cao/h2 T0 so-a", "bao-cao/h1 T+1 h1", "bao-cao/h2 T+1 h2", "bao-cao/h1 T+3 h1",
        "bao-cao/h1 T+3 so-a", "bao-cao/h2 T+3 h2", "bao-cao/h2 T+3 so-a", "quy/2020-Q1/so-a T+3 so-a",
        "quy/2020-Q1/so-a T+5 ubnd", "quy/2020-Q1/so-a T+5 so-a", "mo/h2 undated so-a",
    ], Swept(4, 12), {"bao-cao/h1": "04-07 07:30", "mo/h2": "05-04 07:30"}),
    # a day that is open is asked for though the task waits behind its gate
    ("2020-05-22 08:00", [
        *["gan/h1 fix-date so-a"] * 3, "bao-cao/h1 T+5 ubnd", "bao-cao/h1 T+5 so-a", "bao-cao/h2 T+5 ubnd",
        "bao-cao/h2 T+5 so-a", "bao-cao/h1 T+10 h1", "bao-cao/h2 T+10 h2", "quy/2020-Q1/so-a T+10 so-a",
        "mo/h2 undated so-a",
    ], Swept(5, 11), {"bao-cao/h1": None, "gan/h1": "05-28 07:30", "quy/2020-Q2/so-a": "05-25 07:30"}),
    # a period begins, of which the next sweep tells
    ("2020-05-25 07:30", [], Swept(1, opened=1), {"quy/2020-Q2/so-a": "05-25 07:30"}),
    ("2020-05-25 07:30", ["quy/2020-Q2/so-a opening so-a"], Swept(1, 1), {"quy/2020-Q2/so-a": "06-15 07:30"}),
)  # fmt: skip


def test_sweep_after_sweep(run: Running) -> None:
    run.sweep(EIGHT)
    for now, lines, swept, looked_at in LATER:
        before = len(run.decided())
        assert run.sweep(now) == swept, now
        assert run.decided()[before:] == [f"{line} pending" for line in lines], now
        found = run.looked_at()
        assert {task: found[task] for task in looked_at} == looked_at, now


def test_what_falls_due_outside_working_hours_waits_for_the_next_ones(run: Running) -> None:
    run.sweep("2020-03-20 20:00")  # a Friday evening
    with db.reading(run.office.engine) as connection:
        rows = outbox.decisions(connection)
    ends = {(row.rung, row.outcome, row.reason, row.deferred_to) for row in rows if row.rung in ("T-7", "opening")}
    assert ends == {
        ("opening", "pending", None, at("2020-03-23 07:30")),
        ("T-7", "pending", None, at("2020-03-23 07:30")),
    }


def test_a_reminder_of_the_first_days_ends_at_once_and_is_put_off_by_nothing(
    office: Office, plan_file: Callable[..., Path]
) -> None:
    start(office, plan_file(PLAN), "x", act(at("2020-03-17 20:00")))
    run = Running(office)
    assert run.sweep("2020-03-19 20:00") == Swept(tasks=5, decisions=8, deferred=4)
    with db.reading(office.engine) as connection:
        early = [row for row in outbox.decisions(connection) if row.outcome != "pending"]
    assert {(row.rung, row.recipient) for row in early} == {
        ("T-7", "h1"),
        ("T-7", "h2"),
        ("T-7", "so-a"),
        ("T-3", "so-a"),
    }
    assert {(row.outcome, row.reason, row.deferred_to) for row in early} == {
        ("before-opening", REASONS["before-opening"].text, None)
    }


def test_a_sweep_takes_so_many_tasks_and_the_next_one_the_rest(run: Running) -> None:
    found = [run.sweep(EIGHT, limit=2) for _ in range(4)]
    assert [swept.tasks for swept in found] == [2, 2, 1, 0]
    assert sum(swept.decisions for swept in found) == 4


def test_what_is_done_or_stands_still_is_not_looked_at_again(run: Running) -> None:
    run.sweep(EIGHT)
    move(run.office, Selection(["x/bao-cao/h1"]), Trigger.SUBMIT, act(at("2020-03-10 08:00")))
    paper = act(at("2020-03-10 08:00"), doc="9/QĐ", reason="bão lũ")
    suspend(run.office, Selection(["x/bao-cao/h2"]), paper)
    with db.writing(run.office.engine) as connection:  # as an older version left them
        tasks = [task for task in store.tasks(connection) if task.stage == "bao-cao"]
        store.mark_swept(connection, [(task, at("2020-03-19 07:30")) for task in tasks], at("2020-03-10 08:00"))
    before = len(run.decided())
    assert run.sweep("2020-03-25 08:00").tasks == 3
    assert [line for line in run.decided()[before:] if line.startswith("bao-cao/h2")] == []
    found = run.looked_at()
    assert (found["bao-cao/h1"], found["bao-cao/h2"]) == (None, None)


STORM = """
announcements:
  - source: Công văn số 12/UBND-VX ngày 03/3/2020
    off: 2020-03-26 .. 2020-03-27
"""


def test_each_plan_and_each_unit_by_its_own_calendar(
    run: Running, plan_file: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "lich.yaml").write_text("calendar: tinh-x\n" + STORM, encoding="utf-8")
    own = plan_file(PLAN.replace("coordinator: so-a", "calendar: lich.yaml\ncoordinator: so-a"), "q.yaml")
    start(run.office, own, "y", act(at(EIGHT)))
    (tmp_path / "h1.yaml").write_text(f"{STORM}    directory: nho\n    unit: h1\n", encoding="utf-8")
    load(run.office, tmp_path / "h1.yaml", act(at(EIGHT)))
    assert run.sweep(EIGHT) == Swept(tasks=10, decisions=8)
    found = run.looked_at()
    days = {task: found[task] for task in ("bao-cao/h1", "bao-cao/h2", "y/bao-cao/h1", "y/bao-cao/h2")}
    assert days == {
        "bao-cao/h1": "03-17 07:30", "bao-cao/h2": "03-19 07:30",
        "y/bao-cao/h1": "03-17 07:30", "y/bao-cao/h2": "03-17 07:30",
    }  # fmt: skip
    assert run.sweep("2020-05-25 07:30").opened == 2
    evening = run.sweep("2020-05-28 20:00")
    assert evening.deferred == evening.decisions == 4  # the quarter's opening and the day to be fixed, of each plan


WAITING = """
  khoa: {name: Sau cùng, clause: IV, responsible: h2, after: [bao-cao], gate: strict, deadline: trước ngày 10/4/2020}
"""


def test_while_a_task_waits_none_of_its_rungs_is_decided(office: Office, plan_file: Callable[..., Path]) -> None:
    start(office, plan_file(SMALL + WAITING), "x", act(at(EIGHT)))
    run = Running(office)
    with db.writing(office.engine) as connection:  # as if it had been looked at for another reason
        (task,) = [task for task in store.tasks(connection) if task.stage == "khoa"]
        store.update_tasks(connection, [(task, {"next_action_at": at("2020-04-20 08:00")})])
    run.sweep("2020-04-20 08:00")
    assert [line for line in run.decided() if line.startswith("khoa")] == []
    assert run.looked_at()["khoa/h2"] is None


def test_what_waits_for_its_period_is_looked_at_when_that_begins(run: Running) -> None:
    """Perhaps sooner, for its day is asked for; and what opens by itself is opened by the system."""
    with db.writing(run.office.engine) as connection:
        (task,) = [task for task in store.tasks(connection) if task.period == "2020-Q2"]
        store.update_tasks(connection, [(task, {"next_action_at": at("2020-03-20 08:00")})])
    run.sweep("2020-03-20 08:00")
    assert run.looked_at()["quy/2020-Q2/so-a"] == "05-25 07:30"
    run.sweep("2020-05-25 07:30")
    with db.reading(run.office.engine) as connection:
        (entry,) = store.entries(connection, limit=1)
    assert (entry.trigger, entry.period, entry.actor) == ("open", "2020-Q2", SYSTEM)
    assert entry.at == entry.happened_at == at("2020-05-25 07:30")
