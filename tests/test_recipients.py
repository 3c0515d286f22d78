"""Whom a rung is for: each target of each kind of task, who stands above, and the decisions that are made of it."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import act, at

from engine import db, store
from engine.decisions import REASONS
from engine.escalation import decisions_about, decisions_for, is_top, recipients
from engine.ladders import Rung, make_rung
from engine.office import Office, Register
from engine.plan.blueprint import Blueprint
from engine.rows import TaskRow
from engine.service.start import start

pytestmark = pytest.mark.store("sqlite")

PLAN = """
plan: p
title: Kế hoạch
document: {number: 1/KH-UBND, issued: 2020-03-04, issuer: ubnd}
directory:
  units:
    ubnd: {name: UBND tỉnh, level: province, contact: {email: ubnd@t.example.vn}}
    so-a: {name: Sở A, level: department, parent: ubnd, contact: {email: so-a@t.example.vn}}
    so-b: {name: Sở B, level: department, parent: ubnd, contact: {email: so-b@t.example.vn}}
    so-c: {name: Sở C, level: department, parent: ubnd, contact: {email: so-c@t.example.vn}}
    ld: {name: Liên đoàn, level: organisation, contact: {email: ld@t.example.vn}}
    h1: {name: Huyện Một, level: district, parent: ubnd, contact: {email: h1@t.example.vn},
         head: {name: A, email: a@t.example.vn}}
    h2: {name: Huyện Hai, level: district, parent: so-c, contact: {email: h2@t.example.vn},
         deputies: [{email: pho@t.example.vn, from: 2020-03-10, to: 2020-03-20}]}
  groups:
    huyen: {level: district}
    xem: [so-c, huyen]
coordinator: so-a
span: 2020-03-04 .. 2020-12-31
stages:
  viec: {name: Việc, clause: I, responsible: h1, with: [so-b, huyen], submit_to: [so-c, parent], through: so-b,
         deadline: trước ngày 30/3/2020}
  chung: {name: Chung, clause: II, responsible: {joint: [h1, h2]}, submit_to: [so-c], deadline: trước ngày 30/3/2020}
  hop: {name: Họp, clause: III, type: event, responsible: h2, chair: so-b, attend: [xem], deadline: ngày 30/3/2020}
  lan: {name: Với đoàn, clause: VI, responsible: {joint: [ld, h2]}, deadline: trước ngày 30/3/2020}
  dinh: {name: Của tỉnh, clause: IV, responsible: ubnd, deadline: trước ngày 30/3/2020}
  doan: {name: Của đoàn, clause: V, responsible: ld, deadline: trước ngày 30/3/2020}
"""
MARCH = date(2020, 3, 15)


class Asked:
    """A plan that runs, and what is asked about its tasks."""

    def __init__(self, tasks: dict[str, TaskRow], blueprint: Blueprint, register: Register):
        self.tasks, self.blueprint, self.register = tasks, blueprint, register

    def recipients(self, stage: str, rung: Rung, day: date = MARCH) -> dict[str, str]:
        return recipients(rung, self.blueprint, self.tasks[stage], self.register, day)


@pytest.fixture
def asked(office: Office, plan_file: Callable[..., Path]) -> Iterator[Asked]:
    start(office, plan_file(PLAN), "p", act(at("2020-03-04 08:00")))
    with db.reading(office.engine) as connection:
        instance = office.instance(connection, "p")
        tasks = {task.stage: task for task in store.tasks(connection)}
        yield Asked(tasks, office.blueprint(connection, instance), Register(connection, instance.directory))


def rung(*to: str, severity: int = 0, **more: Any) -> Rung:
    return make_rung("1 ngày làm việc sau hạn", severity, to, "nhac-viec", **more)


TARGETS: tuple[tuple[str, str, list[str]], ...] = (
    ("viec", "responsible", ["h1"]), ("viec", "head", ["h1#head"]), ("viec", "with", ["so-b", "h1", "h2"]),
    ("viec", "coordinator", ["so-a"]), ("viec", "submit_to", ["so-c", "ubnd"]), ("viec", "through", ["so-b"]),
    ("viec", "parent", ["ubnd"]), ("viec", "issuer", ["ubnd"]), ("viec", "chair", []), ("viec", "attend", []),
    ("viec", "xem", ["so-c", "h1", "h2"]), ("viec", "so-c", ["so-c"]),
    ("chung", "responsible", ["h1", "h2"]), ("chung", "head", ["h1#head", "h2#head"]), ("chung", "through", []),
    ("chung", "parent", ["ubnd", "so-c"]), ("chung", "submit_to", ["so-c"]), ("chung", "with", []),
    ("hop", "chair", ["so-b"]), ("hop", "attend", ["so-c", "h1", "h2"]), ("hop", "responsible", ["h2"]),
    ("doan", "parent", []), ("doan", "head", []), ("doan", "submit_to", []),
)  # fmt: skip


def test_each_target_of_each_task(asked: Asked) -> None:
    for stage, target, units in TARGETS:
        assert asked.recipients(stage, rung(target)) == dict.fromkeys(units, target), (stage, target)


def test_a_head_is_who_stands_for_it_that_day(asked: Asked) -> None:
    assert asked.recipients("hop", rung("head"), MARCH) == {"h2#head": "head"}
    assert asked.recipients("hop", rung("head"), date(2020, 3, 21)) == {}


def test_who_is_meant_twice_is_written_to_in_the_first_role(asked: Asked) -> None:
    found = asked.recipients("viec", rung("responsible", "with", "huyen"))
    assert found == {"h1": "responsible", "so-b": "with", "h2": "with"}


ABOVE: tuple[tuple[str, Rung, dict[str, str]], ...] = (
    ("viec", rung("responsible", severity=4), {"h1": "responsible"}),
    ("viec", rung("responsible", severity=2, letter=True), {"h1": "responsible", "so-a": "coordinator"}),
    ("viec", rung("responsible", letter=True), {"h1": "responsible", "so-a": "coordinator"}),
    # without a superior, or for the issuer's own task
    *(
        case
        for stage, unit in (("dinh", "ubnd"), ("doan", "ld"))
        for case in (
            (stage, rung("responsible"), {unit: "responsible"}),
            (stage, rung("responsible", severity=1), {unit: "responsible", "so-a": "coordinator"}),
            (stage, rung("responsible", "coordinator", severity=2), {}),
            (stage, rung("responsible", severity=2, letter=True), {}),
        )
    ),
)


def test_without_a_superior_it_stops_at_severity_one_with_the_coordinator(asked: Asked) -> None:
    for stage, asking, units in ABOVE:
        assert asked.recipients(stage, asking) == units, (stage, asking)
    tops = {stage for stage, task in asked.tasks.items() if is_top(asked.blueprint, task, asked.register)}
    assert tops == {"dinh", "doan"}  # and not `lan`: one of its two units has somebody above


DUE = at("2020-03-31 07:30")


def test_a_decision_for_each_recipient(asked: Asked) -> None:
    chase = rung("responsible", "coordinator", severity=2, release="sign", urgent=True)
    tasks = [asked.tasks["viec"]._replace(deadline_version=4), asked.tasks["chung"]]
    shared = {"rung": "T+1", "occurrence": 3, "severity": 2, "template": "nhac-viec", "urgent": True, "held": True,
              "due_at": DUE, "outcome": "pending", "reason": None}  # fmt: skip
    found = decisions_about(chase, 3, DUE, asked.blueprint, tasks, asked.register)
    assert found == [
        {**shared, "task_id": task.id, "deadline_version": task.deadline_version, "recipient": unit, "role": role}
        for task, whom in (
            (tasks[0], {"h1": "responsible", "so-a": "coordinator"}),
            (tasks[1], {"h1": "responsible", "h2": "responsible", "so-a": "coordinator"}),
        )
        for unit, role in whom.items()
    ]


def test_what_ends_at_once_says_why(asked: Asked) -> None:
    early = decisions_for(rung("head"), 1, DUE, asked.blueprint, asked.tasks["viec"], asked.register, "before-opening")
    assert [(row["recipient"], row["outcome"], row["reason"]) for row in early] == [
        ("h1#head", "before-opening", REASONS["before-opening"].text)
    ]
    assert (early[0]["held"], early[0]["urgent"], early[0]["occurrence"]) == (False, False, 1)
    nobody = decisions_for(rung("parent", severity=3), 1, DUE, asked.blueprint, asked.tasks["doan"], asked.register)
    assert [(row["recipient"], row["role"], row["outcome"], row["reason"]) for row in nobody] == [
        ("ld", "responsible", "cancelled", REASONS["nobody-above"].text)
    ]
    nobody = decisions_for(rung("parent", severity=2), 1, DUE, asked.blueprint, asked.tasks["doan"], asked.register)
    assert [row["outcome"] for row in nobody] == ["cancelled"]
    found = decisions_for(rung("coordinator"), 1, DUE, asked.blueprint, asked.tasks["dinh"], asked.register)
    assert [(row["recipient"], row["outcome"]) for row in found] == [("so-a", "pending")]
    empty = rung("through", severity=2)
    assert decisions_for(empty, 1, DUE, asked.blueprint, asked.tasks["chung"], asked.register) == []


def test_a_head_of_another_day_is_not_written_to(asked: Asked) -> None:
    """The day is that of the office: the 21st begins while it is still the 20th in Greenwich."""
    late = at("2020-03-21 00:30")
    assert decisions_for(rung("head"), 1, late, asked.blueprint, asked.tasks["hop"], asked.register) == []
    last = at("2020-03-20 23:30")
    assert len(decisions_for(rung("head"), 1, last, asked.blueprint, asked.tasks["hop"], asked.register)) == 1
