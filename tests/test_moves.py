"""A move and its entry, in the store: what is written, what is refused, and what then stays as it was."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import act, at
from sqlalchemy import Connection

from engine import db, store
from engine.errors import Conflict, IllegalMove
from engine.machine import Act, Step, amend, apply, entry
from engine.office import Office
from engine.rows import TaskRow
from engine.service.start import start
from engine.states import State, Trigger

Write = Callable[..., Path]
ON, SENT, TOLD = at("2020-03-04 08:00"), at("2020-03-20 09:00"), at("2020-03-21 10:30")
BY_LAN = Act("lan", TOLD, SENT, for_unit="h1", doc="12/BC-UBND", reason="nộp tay", on=date(2020, 3, 21))
SUBMIT = {"trigger": Trigger.SUBMIT, "towards": State.COMPLETED}


@pytest.fixture
def tasks(office: Office, plan_file: Write) -> list[TaskRow]:
    """The two districts' reports, and the summary that waits for them."""
    start(office, plan_file(), "x", act(ON))
    with db.reading(office.engine) as connection:
        return store.tasks(connection)


def last(connection: Connection, count: int) -> list[dict[str, Any]]:
    """The newest entries, without what only the database knows."""
    rows = [row._mapping for row in store.entries(connection, limit=count)]
    return [{**row, "data": json.loads(row["data"])} for row in rows]


def test_a_move_writes_the_task_and_an_entry_that_says_all_of_it(office: Office, tasks: list[TaskRow]) -> None:
    report = tasks[0]
    changes = {"completed_at": SENT, "last_day": date(2020, 4, 1)}
    with db.writing(office.engine) as connection:
        states = apply(connection, [Step(report, **SUBMIT, changes=changes, data={"pieces": [7]})], BY_LAN)
        (line,) = last(connection, 1)
        after = store.tasks_by_id(connection, [report.id])[report.id]
    assert states == ["completed"]
    expected = report._replace(state="completed", touched_at=SENT, version=report.version + 1, **changes)
    assert after == expected
    assert {name: line[name] for name in ("at", "happened_at", "actor", "for_unit", "doc", "reason")} == {
        "at": TOLD, "happened_at": SENT, "actor": "lan", "for_unit": "h1", "doc": "12/BC-UBND", "reason": "nộp tay",
    }  # fmt: skip
    assert (line["trigger"], line["before"], line["after"]) == ("submit", "assigned", "completed")
    assert (line["instance"], line["task_id"], line["stage"], line["unit"]) == ("x", report.id, "bao-cao", "h1")
    assert line["data"] == {
        "pieces": [7],
        "changed": {"completed_at": [None, "2020-03-20T02:00:00+00:00"], "last_day": ["2020-03-29", "2020-04-01"]},
    }


def test_each_task_may_have_a_paper_and_a_day_of_its_own(office: Office, tasks: list[TaskRow]) -> None:
    own = at("2020-03-18 08:00")
    steps = [Step(tasks[0], Trigger.ACK), Step(tasks[1], Trigger.ACK, doc="3/BC", happened_at=own)]
    with db.writing(office.engine) as connection:
        assert apply(connection, steps, BY_LAN) == ["in_progress", "in_progress"]
        lines = last(connection, 2)
        touched = [task.touched_at for task in store.tasks_by_id(connection, [task.id for task in tasks[:2]]).values()]
    assert [(line["unit"], line["doc"], line["happened_at"]) for line in lines] == [
        ("h1", "12/BC-UBND", SENT), ("h2", "3/BC", own),
    ]  # fmt: skip
    assert touched == [SENT, own]
    assert [line["data"] for line in lines] == [{}, {}]


def test_a_move_the_table_does_not_know_is_refused_with_what_would_do(office: Office, tasks: list[TaskRow]) -> None:
    steps = [Step(tasks[0], **SUBMIT), Step(tasks[2], **SUBMIT)]
    with db.writing(office.engine) as connection:
        before = store.last_entry_id(connection, tasks[0].id, ["submit", "start", "open"])
        with pytest.raises(IllegalMove) as refused:
            apply(connection, steps, BY_LAN)
        assert store.tasks(connection) == tasks
        assert store.last_entry_id(connection, tasks[0].id, ["submit", "start", "open"]) == before
    for word in ("x/tong-hop/so-a", "submit", "Waiting for its turn", "cancel, exempt, suspend, transfer"):
        assert word in str(refused.value)


def test_a_trigger_that_leads_elsewhere_is_refused(office: Office, tasks: list[TaskRow]) -> None:
    with db.writing(office.engine) as connection, pytest.raises(IllegalMove, match="submit"):
        apply(connection, [Step(tasks[0], Trigger.SUBMIT, State.RETURNED)], BY_LAN)


@pytest.mark.parametrize("change", [apply, amend])
def test_what_somebody_else_changed_meanwhile_is_left_alone(
    office: Office, tasks: list[TaskRow], change: Callable[..., Any]
) -> None:
    stale = tasks[0]._replace(version=tasks[0].version - 1)
    rest = ([Step(stale, **SUBMIT)], BY_LAN) if change is apply else ("note", [(stale, {"by_hand": True})], BY_LAN)
    with pytest.raises(Conflict, match=r"^somebody else changed one of these tasks"), db.writing(office.engine) as held:
        change(held, *rest)
    with db.reading(office.engine) as connection:
        assert store.tasks(connection) == tasks


@pytest.mark.parametrize(("told", "touched"), [(ON, TOLD), (at("2020-03-22 08:00"), at("2020-03-22 08:00"))])
def test_a_fact_of_a_task_changes_without_its_state(
    office: Office, tasks: list[TaskRow], told: datetime, touched: datetime
) -> None:
    """A task touched later than what is told now stays so."""
    with db.writing(office.engine) as connection:
        amend(connection, "note", [(tasks[0], {"by_hand": False})], replace(BY_LAN, happened_at=TOLD))
        (task,) = store.tasks_by_id(connection, [tasks[0].id]).values()
        rows = [(task, {"last_day": date(2020, 4, 1)}), (tasks[1], {"last_day": date(2020, 4, 2)})]
        amend(connection, "fix-date", rows, replace(BY_LAN, happened_at=told), {"from": "document"})
        lines = last(connection, 2)
        after = store.tasks_by_id(connection, [task.id])[task.id]
    assert after == task._replace(last_day=date(2020, 4, 1), touched_at=touched, version=task.version + 1)
    assert [line["data"] for line in lines] == [
        {"from": "document", "changed": {"last_day": ["2020-03-29", f"2020-04-0{n}"]}} for n in (1, 2)
    ]
    assert [(line["trigger"], line["before"], line["after"], line["unit"]) for line in lines] == [
        ("fix-date", "assigned", "assigned", "h1"), ("fix-date", "assigned", "assigned", "h2"),
    ]  # fmt: skip


def test_an_entry_about_no_task() -> None:
    found = entry(BY_LAN, "answer", instance_id=3, data={"question": "q1", "lời": "có"})
    assert found == {
        "at": TOLD, "happened_at": SENT, "actor": "lan", "for_unit": "h1", "instance_id": 3, "task_id": None,
        "trigger": "answer", "before": None, "after": None, "doc": "12/BC-UBND", "reason": "nộp tay",
        "data": '{"question": "q1", "lời": "có"}',
    }  # fmt: skip


def test_telling_more_of_a_move_changes_nothing_else(tasks: list[TaskRow]) -> None:
    step = Step(tasks[0], **SUBMIT, changes={"by_hand": True}, data={"a": 1}, doc="3/BC", happened_at=SENT)
    assert step.telling({"b": 2}) == replace(step, data={"b": 2})
