"""When a unit ends: its open tasks wait for a successor, its notices alarm the coordinator, a mistake is taken back."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import Kh, Mailbox, act, at, text_of
from sqlalchemy import text

from engine import stand_ins, store, tallies
from engine.db import reading, writing
from engine.office import Office, Register
from engine.succession import LOOKED, give_up

PLAN = """
plan: nho
title: Kế hoạch nhỏ
language: en
document: {number: 1/KH-UBND, issued: 2020-03-04, issuer: ubnd}
directory: tinh.yaml
coordinator: so-a
span: 2020-03-04 .. 2020-12-31
stages:
  bao-cao:
    name: Báo cáo
    clause: I.1
    responsible: {each: huyen}
    submit_to: so-b
    accept_by: so-a
    deadline: trước ngày 29/4/2020
  chuyen-de:
    name: Chuyên đề
    clause: I.2
    responsible: so-b
    deadline: trước ngày 30/6/2020
"""
DIRECTORY = """
units:
  ubnd: {name: UBND tỉnh, level: province, contact: {email: ubnd@t.example.vn}}
  so-a: {name: Sở A, level: department, parent: ubnd, contact: {email: so-a@t.example.vn}}
  so-b: {name: Sở B, level: department, parent: ubnd, contact: {email: so-b@t.example.vn}}
  so-c: {name: Sở C, level: department, parent: ubnd, contact: {email: so-c@t.example.vn}}
  h1: {name: Huyện Một, level: district, parent: ubnd, contact: {email: h1@t.example.vn}}
  h2: {name: Huyện Hai, level: district, parent: ubnd, contact: {email: h2@t.example.vn}, valid_to: 2020-03-15,
       succeeded_by: [{unit: x1, for: giảm nghèo}, x2]}
  x1: {name: Xã Một, level: commune, parent: ubnd, contact: {email: x1@t.example.vn}, valid_from: 2020-03-16}
  x2: {name: Xã Hai, level: commune, parent: ubnd, contact: {email: x2@t.example.vn}, valid_from: 2020-03-16}
groups:
  huyen: {level: district}
"""
Written = Callable[..., Path]


@pytest.fixture
def directory(tmp_path: Path) -> Written:
    def write(**replaced: str) -> Path:
        content = DIRECTORY
        for old, new in replaced.items():
            old = old.replace("_", "-")
            assert old in content
            content = "\n".join(
                f"  {old}: {new}" if line.startswith(f"  {old}:") else line for line in content.splitlines()
            )
        path = tmp_path / "tinh.yaml"
        path.write_text(content, encoding="utf-8")
        return path

    return write


@pytest.fixture
def started(kh: Kh, plan_file: Written, directory: Written) -> None:
    directory()
    kh("start", plan_file(PLAN), "--id", "x", "--at", "2020-03-04T08:00")
    kh("tick", "--at", "2020-03-04T08:00")


def states(kh: Kh, selector: str = "*") -> dict[str, str]:
    return {row["task"]: row["state"] for row in kh("tasks", selector, "--json").json}


def messages(kh: Kh) -> list[dict[str, Any]]:
    return [row for row in kh("notices", "list", "--json").json if row["date"] > "2020-03-04"]


ENDED_B = ("{name: Sở B, level: department, parent: ubnd, contact: {email: so-b@t.example.vn}, "
           "valid_to: 2020-04-10, succeeded_by: [so-c]}")  # fmt: skip
ENDED_A = ("{name: Sở A, level: department, parent: ubnd, contact: {email: so-a@t.example.vn}, "
           "valid_to: 2020-03-15%s}")  # fmt: skip


def test_the_open_tasks_of_a_unit_that_ended_wait_and_the_coordinator_is_told_once(
    kh: Kh, started: None, mailbox: Mailbox
) -> None:
    kh("tick", "--at", "2020-03-15T08:00")
    assert states(kh)["x/bao-cao/h2"] == "assigned"  # its last day
    kh("tick", "--at", "2020-03-16T08:00")
    assert states(kh) == {"x/bao-cao/h1": "assigned", "x/bao-cao/h2": "transferring", "x/chuyen-de/so-b": "assigned"}
    (mail,) = [mail for mail in mailbox.mails if "handed over" in mail["Subject"]]
    assert mail["To"] == "so-a@t.example.vn"
    said = text_of(mail)
    assert "Huyện Hai: due" in said
    assert "x1 (giảm nghèo), x2" in said
    assert "kh transfer x/bao-cao/h2 --to UNIT" in said
    (entry,) = [row for row in kh("log", "x/bao-cao/h2", "--json").json if row["trigger"] == "unit-ended"]
    assert (entry["actor"], entry["before"], entry["after"]) == ("system", "assigned", "transferring")
    assert entry["data"]["successors"] == [{"unit": "x1", "for": "giảm nghèo"}, {"unit": "x2"}]
    for day in ("03-17", "04-20", "04-28", "05-04", "05-15"):
        kh("tick", "--at", f"2020-{day}T08:00")
    about = [item for row in messages(kh) for item in row["items"] if item["task"] == "x/bao-cao/h2"]
    assert [item["rung"] for item in about] == ["unit-ended"]


def test_an_alarm_is_not_sent_where_the_task_was_handed_over_before_the_morning(
    kh: Kh, started: None, mailbox: Mailbox
) -> None:
    kh("tick", "--at", "2020-03-16T00:30")
    kh("transfer", "x/bao-cao/h2", "--to", "x1", "--at", "2020-03-16T06:00", "--reason", "decided")
    kh("tick", "--at", "2020-03-16T08:00")
    (row,) = messages(kh)
    assert (row["recipient"], row["template"]) == ("x1@t.example.vn", "giao-viec")


def test_what_was_handed_in_stays_and_what_comes_back_goes(kh: Kh, started: None) -> None:
    kh("submit", "x/bao-cao/h2", "--at", "2020-03-10T08:00")
    kh("suspend", "x/chuyen-de", "--at", "2020-03-11T08:00", "--doc", "3/QD", "--reason", "flood")
    kh("tick", "--at", "2020-03-16T08:00")
    assert states(kh)["x/bao-cao/h2"] == "submitted"
    kh("return", "x/bao-cao/h2", "--at", "2020-03-16T09:00", "--reason", "tables missing")
    kh("tick", "--at", "2020-03-16T10:00")
    assert states(kh)["x/bao-cao/h2"] == "returned"  # looked for once a day
    kh("tick", "--at", "2020-03-17T08:00")
    assert states(kh)["x/bao-cao/h2"] == "transferring"


def test_a_suspended_task_goes_once_its_clock_runs_again(kh: Kh, started: None) -> None:
    kh("suspend", "x/bao-cao/h2", "--at", "2020-03-11T08:00", "--doc", "3/QD", "--reason", "flood")
    kh("tick", "--at", "2020-03-16T08:00")
    assert states(kh)["x/bao-cao/h2"] == "suspended"
    kh("resume", "x/bao-cao/h2", "--at", "2020-03-20T08:00")
    kh("tick", "--at", "2020-03-23T08:00")
    assert states(kh)["x/bao-cao/h2"] == "transferring"


def test_it_is_looked_for_once_an_office_day(kh: Kh, office: Office, started: None) -> None:
    kh("tick", "--at", "2020-03-16T00:01")
    with writing(office.engine) as connection:
        connection.execute(text("UPDATE unit SET valid_to = '2020-03-01' WHERE unit = 'h1'"))
    kh("tick", "--at", "2020-03-16T08:00")
    assert states(kh)["x/bao-cao/h1"] == "assigned"
    kh("tick", "--at", "2020-03-17T00:01")
    assert states(kh)["x/bao-cao/h1"] == "transferring"
    with reading(office.engine) as connection:
        assert store.last_beat(connection, LOOKED) == at("2020-03-17 00:01")


@pytest.mark.store("sqlite")  # by its own plans of queries
def test_no_scan_of_all_tasks(office: Office, started: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with writing(office.engine) as connection:
        asked: list[str] = []
        execute = connection.execute

        def spy(statement: Any, *more: Any) -> Any:
            asked.append(str(statement.compile(connection, compile_kwargs={"literal_binds": True})))
            return execute(statement, *more)

        monkeypatch.setattr(connection, "execute", spy)
        assert stand_ins.left_behind(connection, date(2020, 3, 16))
        plans = [
            [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()]
            for statement in asked
        ]
    assert ["unit_ends" in " ".join(plan) for plan in plans] == [True, False]
    assert ["task_unit" in " ".join(plan) for plan in plans] == [False, True]
    assert not [line for plan in plans for line in plan if line.startswith("SCAN")], plans


def test_a_register_that_is_loaded_counts_at_once_and_a_mistake_is_taken_back(
    kh: Kh, started: None, directory: Written
) -> None:
    kh("ack", "x/chuyen-de", "--at", "2020-03-05T08:00")
    loaded = kh("units", "load", directory(so_b=ENDED_B), "--at", "2020-04-20T08:00")
    assert "2 tasks" in loaded.out  # that of h2, too
    assert states(kh)["x/chuyen-de/so-b"] == "transferring"
    loaded = kh("units", "load", directory(), "--at", "2020-04-21T08:00")
    assert "1 task goes on" in loaded.out
    assert states(kh)["x/chuyen-de/so-b"] == "in_progress"
    assert states(kh)["x/bao-cao/h2"] == "transferring"
    kh("units", "load", directory(so_b=ENDED_B), "--at", "2020-04-22T08:00", "--dry-run")
    assert states(kh)["x/chuyen-de/so-b"] == "in_progress"


def test_a_plan_started_late_sets_the_tasks_of_ended_units_aside(
    kh: Kh, plan_file: Written, directory: Written
) -> None:
    directory()
    kh("start", plan_file(PLAN), "--id", "x", "--at", "2020-04-01T08:00")
    assert states(kh)["x/bao-cao/h2"] == "transferring"


def test_a_closed_plan_is_left_alone(kh: Kh, office: Office, started: None) -> None:
    with writing(office.engine) as connection:
        connection.execute(store.INSTANCE.update().values(closed_at=at("2020-03-10 08:00")))
        assert give_up(office, connection, act(at("2020-03-16 08:00"))) == []


def test_who_receives_is_replaced_and_until_then_the_coordinator_is_alarmed(
    kh: Kh, started: None, directory: Written, mailbox: Mailbox, freezer: Any
) -> None:
    kh("units", "load", directory(so_b=ENDED_B), "--at", "2020-04-13T08:00")
    kh("tick", "--at", "2020-04-29T08:00")  # the named day: to whom the work goes, and the coordinator
    (row,) = [row for row in messages(kh) if any(item["rung"] == "T0" for item in row["items"])]
    assert row["recipient"] == "so-a@t.example.vn"
    said = text_of(mailbox.to("so-a@t.example.vn")[-1])
    assert "Sở B (receives the work) has ended; successors: so-c" in said
    assert "kh transfer x/bao-cao --role submit_to --from so-b --to so-c" in said
    why = kh("notices", "why-not", "x/bao-cao/h1", "--json").json
    assert "has ended" in next(item["reason"] for item in why if item["recipient"] == "so-b")
    status = kh("status", "x", "--at", "2020-04-29T09:00", "--json").json
    assert [(item["role"], item["unit"], item["successors"]) for item in status["absent"]] == [
        ("submit_to", "so-b", [{"unit": "so-c"}])
    ]
    assert sorted(status["to_hand_over"]) == ["x/bao-cao/h2", "x/chuyen-de/so-b"]
    assert "--role submit_to" in kh("status", "x", "--at", "2020-04-29T09:00").out
    assert "--role submit_to" in kh("doctor", ok=False).out
    kh("transfer", "x/bao-cao", "--role", "submit_to", "--doc", "9/QD", "--at", "2020-05-01T08:00")
    assert kh("status", "x", "--at", "2020-05-01T09:00", "--json").json["absent"] == []
    freezer.move_to(at("2020-05-04 08:00"))
    kh("remind", "x/bao-cao/h1", "--to", "submit_to")
    kh("tick")
    assert mailbox.to("so-c@t.example.vn")


@pytest.mark.parametrize(("heirs", "told"), [(", succeeded_by: [so-c]", "so-c"), ("", "ubnd")])
def test_what_a_coordinator_that_ended_should_hear_goes_to_its_successor_else_to_the_issuer(
    kh: Kh, plan_file: Written, directory: Written, mailbox: Mailbox, heirs: str, told: str
) -> None:
    directory(so_a=ENDED_A % heirs)
    kh("start", plan_file(PLAN), "--id", "x", "--at", "2020-03-04T08:00")
    kh("tick", "--at", "2020-03-16T08:00")
    said = [text_of(mail) for mail in mailbox.to(f"{told}@t.example.vn")]
    assert any("Sở A (coordinates) has ended" in one and "kh transfer x --role coordinator" in one for one in said)
    assert not [mail for mail in mailbox.to("so-a@t.example.vn") if "handed over" in mail["Subject"]]
    kh("transfer", "x", "--role", "coordinator", "--to", "so-b", "--reason", "decided", "--at", "2020-03-17T08:00")
    kh("tick", "--at", "2020-05-06T08:00")
    assert [row["recipient"] for row in messages(kh) if row["template"] == "don-doc"][-1] == "so-b@t.example.vn"


def test_successors_of_successors(kh: Kh, plan_file: Written, directory: Written, office: Office) -> None:
    directory(
        x1="{name: Xã Một, level: commune, valid_to: 2020-06-30, succeeded_by: [{unit: so-c, for: y tế}, h2, x2]}",
        x2="{name: Xã Hai, level: commune, valid_from: 2021-01-01}",
    )
    kh("start", plan_file(PLAN), "--id", "x", "--at", "2020-03-04T08:00")
    with reading(office.engine) as connection:
        register = Register(connection, "tinh")
        early, late = register.heirs("h2", date(2020, 4, 1)), register.heirs("h2", date(2020, 7, 1))
    assert [(heir.unit, heir.for_) for heir in early] == [("x1", "giảm nghèo")]
    assert [(heir.unit, heir.for_) for heir in late] == [("so-c", "giảm nghèo")]


BELOW = """
plan: nho
title: Kế hoạch nhỏ
document: {number: 1/KH-UBND, issued: 2020-03-04, issuer: ubnd}
directory: tinh.yaml
coordinator: so-a
span: 2020-03-04 .. 2020-12-31
stages:
  xa-bao-cao:
    name: Xã báo cáo
    clause: I.1
    responsible: {each: xa}
    deadline: trước ngày 30/4/2020
  huyen-tong-hop:
    name: Huyện tổng hợp
    clause: I.2
    responsible: {each: huyen}
    after: [{below: xa-bao-cao}]
"""
TWO_LEVELS = """
units:
  ubnd: {name: UBND tỉnh, level: province, contact: {email: ubnd@t.example.vn}}
  so-a: {name: Sở A, level: department, parent: ubnd, contact: {email: so-a@t.example.vn}}
  h1: {name: Huyện Một, level: district, parent: ubnd, contact: {email: h1@t.example.vn}}
  h2: {name: Huyện Hai, level: district, parent: ubnd, contact: {email: h2@t.example.vn}}
  p1: {name: Phòng Một, level: other, parent: ubnd, contact: {email: p1@t.example.vn}}
  x1: {name: Xã Một, level: commune, parent: h1, contact: {email: x1@t.example.vn}}
  x2: {name: Xã Hai, level: commune, parent: h1, contact: {email: x2@t.example.vn}}
  x3: {name: Xã Ba, level: commune, parent: h2, contact: {email: x3@t.example.vn}}
groups:
  huyen: {level: district}
  xa: {level: commune}
"""


@pytest.fixture
def two_levels(kh: Kh, plan_file: Written, tmp_path: Path) -> Path:
    path = tmp_path / "tinh.yaml"
    path.write_text(TWO_LEVELS, "utf-8")
    kh("start", plan_file(BELOW), "--id", "y", "--at", "2020-03-04T08:00")
    return path


def test_a_unit_under_a_new_superior_counts_there(kh: Kh, two_levels: Path) -> None:
    kh("submit", "y/xa-bao-cao/x1", "--at", "2020-03-10T08:00")
    assert states(kh)["y/huyen-tong-hop/h1"] == "waiting"
    two_levels.write_text(TWO_LEVELS.replace("x2: {name: Xã Hai, level: commune, parent: h1",
                                             "x2: {name: Xã Hai, level: commune, parent: h2"), "utf-8")  # fmt: skip
    kh("units", "load", two_levels, "--at", "2020-03-11T08:00")
    assert states(kh)["y/huyen-tong-hop/h1"] == "assigned"  # nobody left to wait for
    kh("submit", "y/xa-bao-cao/x3", "--at", "2020-03-12T08:00")
    assert states(kh)["y/huyen-tong-hop/h2"] == "waiting"
    kh("submit", "y/xa-bao-cao/x2", "--at", "2020-03-13T08:00")
    assert states(kh)["y/huyen-tong-hop/h2"] == "assigned"


def test_who_takes_a_superior_s_task_over_waits_for_the_units_below_the_old_one(kh: Kh, two_levels: Path) -> None:
    kh("transfer", "y/huyen-tong-hop/h1", "--to", "p1", "--reason", "decided", "--at", "2020-03-10T08:00")
    kh("submit", "y/xa-bao-cao/x1", "--at", "2020-03-11T08:00")
    assert states(kh)["y/huyen-tong-hop/p1"] == "waiting"
    kh("submit", "y/xa-bao-cao/x2", "--at", "2020-03-12T08:00")
    assert states(kh)["y/huyen-tong-hop/p1"] == "assigned"


def test_a_task_that_goes_under_another_superior_is_counted_there(kh: Kh, two_levels: Path, office: Office) -> None:
    kh("submit", "y/xa-bao-cao/x1", "--at", "2020-03-10T08:00")
    kh("transfer", "y/xa-bao-cao/x2", "--to", "p1", "--reason", "decided", "--at", "2020-03-11T08:00")
    assert states(kh)["y/huyen-tong-hop/h1"] == "assigned"  # nobody else below it
    entry = kh("log", "y/xa-bao-cao/p1", "--json").json[-1]["entry"]
    with reading(office.engine) as connection:
        found = {row.scope: row.total for row in tallies.of_stages(connection, 1, ["xa-bao-cao"])}
    assert found == {"": 3, "h1": 1, "h2": 1, "ubnd": 1}
    kh("undo", entry, "--reason", "wrong", "--at", "2020-03-11T09:00")
    with reading(office.engine) as connection:
        found = {row.scope: row.total for row in tallies.of_stages(connection, 1, ["xa-bao-cao"])}
    assert found == {"": 3, "h1": 2, "h2": 1, "ubnd": 0}
    assert states(kh)["y/xa-bao-cao/x2"] == "assigned"


def test_on_paper_too(kh: Kh, plan_file: Written, directory: Written) -> None:
    directory()
    rows = kh("simulate", plan_file(PLAN), "--json").json
    (row,) = [row for row in rows if row["rung"] == "unit-ended"]
    assert (row["date"], row["recipient"], row["template"]) == ("2020-03-16", "so-a@t.example.vn", "chuyen-giao")
    assert row["reason"] == "its unit has ended, nobody took it over yet"
