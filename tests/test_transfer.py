"""Handing tasks and roles over: in place, split, joined; what is refused; what can be undone; a real plan of 2025."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Kh, Mailbox, at, text_of

from engine import store
from engine.db import reading
from engine.office import Office

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
    deadline: trước ngày 29/4/2020
  giai-trinh:
    name: Giải trình
    clause: I.2
    responsible: {each: huyen}
    after: [{same: bao-cao}]
  chung:
    name: Việc chung
    clause: I.3
    responsible: {joint: [h1, h2, h3]}
    with: huyen
    accept_by: so-a
    deadline: trước ngày 29/5/2020
  rieng:
    name: Việc riêng sau việc chung
    clause: I.4
    responsible: {each: huyen}
    after: [{same: chung}]
  thuong-xuyen:
    name: Việc thường xuyên
    clause: I.5
    type: ongoing
    responsible: h1
    deadline: thường xuyên
  tong-hop:
    name: Tổng hợp
    clause: I.6
    responsible: so-a
    after: [bao-cao]
"""
DIRECTORY = """
units:
  ubnd: {name: UBND tỉnh, level: province, contact: {email: ubnd@t.example.vn}}
  so-a: {name: Sở A, level: department, parent: ubnd, contact: {email: so-a@t.example.vn}}
  so-b: {name: Sở B, level: department, parent: ubnd, contact: {email: so-b@t.example.vn}}
  h1: {name: Huyện Một, level: district, parent: ubnd, contact: {email: h1@t.example.vn}, valid_to: 2020-03-15,
       succeeded_by: [x1]}
  h2: {name: Huyện Hai, level: district, parent: ubnd, contact: {email: h2@t.example.vn}, valid_to: 2020-03-15,
       succeeded_by: [{unit: x1, for: giảm nghèo}, {unit: x2, for: y tế}]}
  h3: {name: Huyện Ba, level: district, parent: ubnd, contact: {email: h3@t.example.vn}}
  x1: {name: Xã Một, level: commune, parent: ubnd, contact: {email: x1@t.example.vn}, valid_from: 2020-03-16}
  x2: {name: Xã Hai, level: commune, parent: ubnd, contact: {email: x2@t.example.vn}, valid_from: 2020-03-16}
  x9: {name: Xã Mới, level: commune, parent: ubnd, contact: {email: x9@t.example.vn}, valid_from: 2021-01-01}
groups:
  huyen: {level: district}
"""
BASIS = ("--doc", "5/NQ, 2020-03-10")


@pytest.fixture
def started(kh: Kh, plan_file: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "tinh.yaml").write_text(DIRECTORY, "utf-8")
    kh("start", plan_file(PLAN), "--id", "x", "--at", "2020-03-04T08:00")
    kh("tick", "--at", "2020-03-04T08:00")


@pytest.fixture
def ended(kh: Kh, started: None, mailbox: Mailbox) -> None:
    kh("tick", "--at", "2020-03-16T08:00")
    mailbox.mails.clear()


def states(kh: Kh, selector: str = "x") -> dict[str, str]:
    return {row["task"]: row["state"] for row in kh("tasks", selector, "--json").json}


def task(kh: Kh, selector: str) -> dict[str, Any]:
    (row,) = kh("tasks", selector, "--json").json
    return row  # type: ignore[no-any-return]


def story(kh: Kh, selector: str) -> list[dict[str, Any]]:
    return kh("log", selector, "--json").json  # type: ignore[no-any-return]


# ---- In place -------------------------------------------------------------------------------------------------------


def test_a_task_goes_to_its_only_successor_with_its_date(kh: Kh, ended: None, mailbox: Mailbox) -> None:
    before = task(kh, "x/bao-cao/h1")
    (moved,) = kh("transfer", "x/bao-cao/h1", *BASIS, "--at", "2020-03-17T08:00", "--json").json
    assert (moved["before"], moved["after"], moved["to"]) == ("transferring", "assigned", ["x/bao-cao/x1"])
    after = task(kh, "x/bao-cao/x1")
    assert (after["taken_from"], after["last_day"]) == ("h1", before["last_day"])
    assert before["taken_from"] is None
    entry = story(kh, "x/bao-cao/x1")[-1]
    assert entry["data"]["from"] == "h1"
    assert entry["data"]["changed"]["unit"] == ["h1", "x1"]
    kh("tick", "--at", "2020-03-18T08:00")
    (mail,) = mailbox.to("x1@t.example.vn")
    assert "Taken over from: Huyện Một" in text_of(mail)
    assert "Responsible: Xã Một (Huyện Một)" in text_of(mail)
    kh("tick", "--at", "2020-04-30T08:00")
    kh("tick", "--at", "2020-05-04T08:00")
    rungs = [row["rung"] for row in kh("notices", "why-not", "x/bao-cao/x1", "--json").json if row["recipient"] == "x1"]
    assert "opening" in rungs
    assert "T+1" in rungs
    assert not mailbox.to("h1@t.example.vn")


def test_rungs_that_were_passed_stay_passed(kh: Kh, started: None, mailbox: Mailbox) -> None:
    for day in ("2020-03-10", "2020-04-17", "2020-04-24"):
        kh("tick", "--at", f"{day}T08:00")
    kh("transfer", "x/bao-cao/h3", "--to", "x1", *BASIS, "--at", "2020-04-24T09:00")
    kh("tick", "--at", "2020-04-24T10:00")
    kh("tick", "--at", "2020-04-27T08:00")
    told = [row["rung"] for row in kh("notices", "why-not", "x/bao-cao/x1", "--json").json if row["recipient"] == "x1"]
    assert told == ["opening", "T-1"]  # T-7 and T-3 went to the one before


def test_ongoing_work_goes_on(kh: Kh, ended: None) -> None:
    kh("transfer", "x/thuong-xuyen", *BASIS, "--at", "2020-03-17T08:00")
    assert states(kh, "x/thuong-xuyen") == {"x/thuong-xuyen/x1": "in_progress"}


def test_what_waits_goes_on_waiting_and_opens_in_its_turn(kh: Kh, ended: None) -> None:
    kh("transfer", "x/giai-trinh/h1", *BASIS, "--at", "2020-03-17T08:00")
    assert states(kh, "x/giai-trinh/x1") == {"x/giai-trinh/x1": "waiting"}
    kh("transfer", "x/bao-cao/h1", *BASIS, "--at", "2020-03-17T09:00")
    kh("submit", "x/bao-cao/x1", "--at", "2020-03-18T08:00")
    assert states(kh, "x/giai-trinh/x1") == {"x/giai-trinh/x1": "assigned"}


def test_what_became_free_meanwhile_opens_at_once(kh: Kh, started: None) -> None:
    kh("submit", "x/chung", "--at", "2020-03-14T08:00")
    kh("tick", "--at", "2020-03-16T08:00")
    kh("accept", "x/chung", "--at", "2020-03-16T09:00")
    assert states(kh, "x/rieng/{h1,h3}") == {"x/rieng/h1": "transferring", "x/rieng/h3": "assigned"}
    kh("transfer", "x/rieng/h1", *BASIS, "--at", "2020-03-17T08:00")
    assert states(kh, "x/rieng/x1") == {"x/rieng/x1": "assigned"}


# ---- Several --------------------------------------------------------------------------------------------------------


def test_without_a_name_only_a_single_successor_will_do(kh: Kh, ended: None) -> None:
    refused = kh("transfer", "x", "--state", "transferring", *BASIS, "--at", "2020-03-17T08:00", ok=False)
    assert refused.code == 1
    assert "h2 → x1 (giảm nghèo), x2 (y tế)" in refused.err
    assert set(states(kh, "x/bao-cao").values()) == {"transferring", "assigned"}
    kh("transfer", "x", "--state", "transferring", "--except", "h2", *BASIS, "--at", "2020-03-17T08:00")
    assert "x/bao-cao/x1" in states(kh)


def test_a_split_gives_each_unit_a_task_and_the_stage_waits_for_all(kh: Kh, ended: None, mailbox: Mailbox) -> None:
    kh("transfer", "x/bao-cao/h2", "--to", "x1", "--to", "x2", *BASIS, "--at", "2020-03-17T08:00")
    kh("transfer", "x/bao-cao/h1", "--to", "so-b", *BASIS, "--at", "2020-03-17T08:00")
    found = {row["unit"]: row for row in kh("tasks", "x/bao-cao", "--json").json}
    assert {unit: row["taken_from"] for unit, row in found.items()} == {
        "so-b": "h1", "x1": "h2", "h3": None, "x2": "h2"}  # fmt: skip
    assert found["x1"]["last_day"] == found["x2"]["last_day"]
    assert story(kh, "x/bao-cao/x2")[-1]["data"]["split_from"] == "x/bao-cao/x1"
    kh("tick", "--at", "2020-03-18T08:00")
    assert mailbox.to("x1@t.example.vn")
    assert mailbox.to("x2@t.example.vn")
    kh("submit", "x/bao-cao", "--except", "x2", "--at", "2020-03-19T08:00")
    assert states(kh, "x/tong-hop") == {"x/tong-hop/so-a": "waiting"}
    status = kh("status", "x", "--json").json
    assert next(row for row in status["stages"] if row["stage"] == "bao-cao")["missing"] == ["x2"]
    kh("submit", "x/bao-cao/x2", "--at", "2020-03-20T08:00")
    assert states(kh, "x/tong-hop") == {"x/tong-hop/so-a": "assigned"}


def test_several_become_one_and_both_names_stay_on_record(kh: Kh, ended: None, mailbox: Mailbox) -> None:
    moved = kh("transfer", "x/bao-cao/{h1,h2}", "--to", "h3", *BASIS, "--at", "2020-03-17T08:00", "--json").json
    assert [(item["after"], item["joined"]) for item in moved] == [("cancelled", True)] * 2
    last = story(kh, "x/bao-cao/h1")[-1]
    assert last["data"]["part_of"] == ["x/bao-cao/h3"]
    assert "part of x/bao-cao/h3" in last["reason"]
    assert task(kh, "x/bao-cao/h3")["taken_from"] == "h1"
    assert story(kh, "x/bao-cao/h3")[-1]["data"]["takes_in"] == ["x/bao-cao/h1", "x/bao-cao/h2"]
    kh("submit", "x/bao-cao/h3", "--at", "2020-03-18T08:00")
    assert states(kh, "x/tong-hop") == {"x/tong-hop/so-a": "assigned"}
    assert states(kh, "x/giai-trinh/h3") == {"x/giai-trinh/h3": "assigned"}


def test_who_takes_in_another_s_part_is_told(kh: Kh, ended: None, mailbox: Mailbox, freezer: Any) -> None:
    freezer.move_to(at("2020-03-17 08:00"))
    kh("transfer", "x/bao-cao/h1", "--to", "h3", *BASIS)
    kh("tick")
    (mail,) = mailbox.to("h3@t.example.vn")
    assert "Taken over from: Huyện Một" in text_of(mail)


def test_the_first_takes_the_task_and_the_next_joins_it(kh: Kh, ended: None) -> None:
    kh("transfer", "x/bao-cao/{h1,h2}", "--to", "x1", *BASIS, "--at", "2020-03-17T08:00")
    assert states(kh, "x/bao-cao") == {
        "x/bao-cao/x1": "assigned", "x/bao-cao/h2": "cancelled", "x/bao-cao/h3": "assigned"}  # fmt: skip


def test_nothing_becomes_part_of_what_is_finished(kh: Kh, ended: None) -> None:
    kh("submit", "x/bao-cao/h3", "--at", "2020-03-17T08:00")
    refused = kh("transfer", "x/bao-cao/h1", "--to", "h3", *BASIS, "--at", "2020-03-18T08:00", ok=False)
    assert "cannot become part of x/bao-cao/h3" in refused.err
    assert states(kh, "x/bao-cao/h1") == {"x/bao-cao/h1": "transferring"}


# ---- Joint work -----------------------------------------------------------------------------------------------------


def test_a_joint_task_keeps_its_partners_when_its_lead_goes(kh: Kh, ended: None, mailbox: Mailbox) -> None:
    kh("transfer", "x/{chung,rieng}/h1", *BASIS, "--at", "2020-03-17T08:00")
    kh("transfer", "x/chung", "--role", "responsible", "--from", "h2", "--to", "x2", *BASIS, "--at", "2020-03-17T08:00")
    assert list(kh("show", "x/chung/x1", "--json").json["units"]) == ["x1", "x2", "h3"]
    kh("tick", "--at", "2020-03-18T08:00")
    assert "Responsible: Xã Một (Huyện Một), Xã Hai, Huyện Ba" in text_of(mailbox.to("h3@t.example.vn")[-1])
    assert states(kh, "x/rieng/{x1,h3}") == {"x/rieng/x1": "waiting", "x/rieng/h3": "waiting"}
    kh("submit", "x/chung", "--at", "2020-03-19T08:00")
    assert states(kh, "x/rieng/h3") == {"x/rieng/h3": "waiting"}  # not accepted yet
    kh("accept", "x/chung", "--at", "2020-03-20T08:00")
    assert states(kh, "x/rieng/{x1,h3}") == {"x/rieng/x1": "assigned", "x/rieng/h3": "assigned"}


def test_what_follows_a_task_that_stayed_with_the_old_unit_waits_for_it(kh: Kh, started: None) -> None:
    kh("submit", "x/chung", "--at", "2020-03-14T08:00")
    kh("tick", "--at", "2020-03-16T08:00")
    kh("transfer", "x/rieng/h1", *BASIS, "--at", "2020-03-17T08:00")
    assert states(kh, "x/rieng/x1") == {"x/rieng/x1": "waiting"}
    kh("accept", "x/chung/h1", "--at", "2020-03-18T08:00")
    assert states(kh, "x/rieng/x1") == {"x/rieng/x1": "assigned"}


# ---- What is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("words", "said"), [
    (("x/bao-cao/h1", "--to", "xa-1", *BASIS), "unit not found: xa-1"),
    (("x/bao-cao/h1", "--to", "huyen", *BASIS), "unit not found: huyen"),
    (("x/bao-cao/h1", "--to", "h2", *BASIS), "h2 ended itself on 15/03/2020; successors: x1 (giảm nghèo), x2 (y tế)"),
    (("x/bao-cao/h1", "--to", "x9", *BASIS), "x9 does not exist before 01/01/2021"),
    (("x/bao-cao/h1", "--to", "h1", *BASIS), "ended itself"),
    (("x/bao-cao/h3", "--to", "h3", *BASIS), "x/bao-cao/h3 is h3's own already"),
    (("x/bao-cao/h1", "--to", "x1"), "--doc or --reason"),
    (("x/bao-cao/h3", *BASIS), "none of these tasks waits for a successor"),
    (("x/nope", "--to", "x1", *BASIS), "stage not found"),
    (("x", "--role", "boss", "--to", "x1", *BASIS), "role not found: boss"),
    (("x/nope", "--role", "with", "--to", "x1", *BASIS), "stage not found: nope"),
    (("x/bao-cao", "--role", "coordinator", "--to", "so-b", *BASIS), "of the plan as a whole"),
    (("x", "--role", "submit_to", "--from", "h3", "--to", "x1", *BASIS), "not found: h3"),
    (("x", "--role", "coordinator", "--to", "so-a", *BASIS), "so-a has this role already"),
    (("x", "--role", "coordinator", "--to", "so-b", "--to", "x1", *BASIS), "only one unit"),
    (("x", "--role", "through", "--to", "so-b", *BASIS), "none"),
    (("x/chung", "--role", "with", "--to", "x1", *BASIS), "h1, h2; say with --from"),
    (("x/chung", "--role", "with", *BASIS), "h2 → x1 (giảm nghèo), x2 (y tế)"),
])  # fmt: skip
def test_what_cannot_be_is_refused_and_changes_nothing(kh: Kh, ended: None, words: tuple[str, ...], said: str) -> None:
    before = states(kh)
    refused = kh("transfer", *words, "--at", "2020-03-17T08:00", ok=False)
    assert (refused.code, said in refused.err) == (1, True), refused.err
    assert states(kh) == before


def test_wrong_usage(kh: Kh, ended: None) -> None:
    assert kh("transfer", "x", "--from", "h1", *BASIS, ok=False).code == 2
    assert kh("transfer", "x", "y", "--role", "with", *BASIS, ok=False).code == 2


def test_a_dry_run_changes_nothing(kh: Kh, ended: None) -> None:
    before = states(kh)
    said = kh("transfer", "x/*/h1", *BASIS, "--at", "2020-03-17T08:00", "--dry-run").out
    assert "x/bao-cao/x1" in said
    assert "nothing was changed" in said
    kh("transfer", "x", "--role", "coordinator", "--to", "so-b", *BASIS, "--at", "2020-03-17T08:00", "--dry-run")
    assert states(kh) == before
    assert kh("show", "x", "--json").json["coordinator"] == "so-a"


def test_finished_work_stays_with_who_did_it(kh: Kh, started: None) -> None:
    kh("submit", "x/bao-cao/h1", "--at", "2020-03-10T08:00")
    kh("tick", "--at", "2020-03-16T08:00")
    kh("transfer", "x/*/h1", *BASIS, "--at", "2020-03-17T08:00")
    assert states(kh, "x/bao-cao/h1") == {"x/bao-cao/h1": "completed"}
    refused = kh("transfer", "x/bao-cao/h1", "--to", "x1", *BASIS, "--at", "2020-03-17T08:00", ok=False)
    assert "handed in or finished" in refused.err


def test_only_who_coordinates_hands_over(
    kh: Kh, plan_file: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = "people: [{user: lan, unit: so-a}, {user: minh, unit: h3}]\n"
    (tmp_path / "tinh.yaml").write_text(DIRECTORY + people, "utf-8")
    monkeypatch.setenv("KH_USER", "lan")
    kh("start", plan_file(PLAN), "--id", "x", "--at", "2020-03-04T08:00")
    monkeypatch.setenv("KH_USER", "minh")
    refused = kh("transfer", "x/bao-cao/h3", "--to", "so-b", *BASIS, "--at", "2020-03-05T08:00", ok=False)
    assert "minh may not" in refused.err
    monkeypatch.setenv("KH_USER", "lan")
    kh("transfer", "x/bao-cao/h3", "--to", "so-b", *BASIS, "--at", "2020-03-05T08:00")
    assert states(kh, "x/bao-cao/so-b") == {"x/bao-cao/so-b": "assigned"}


# ---- Back again -----------------------------------------------------------------------------------------------------


def test_a_transfer_in_place_can_be_undone(kh: Kh, ended: None, mailbox: Mailbox) -> None:
    kh("transfer", "x/bao-cao/h1", *BASIS, "--at", "2020-03-17T08:00")
    entry = story(kh, "x/bao-cao/x1")[-1]["entry"]
    kh("undo", entry, "--reason", "the wrong one", "--at", "2020-03-17T09:00")
    assert task(kh, "x/bao-cao/h1")["state"] == "transferring"
    assert task(kh, "x/bao-cao/h1")["taken_from"] is None
    kh("transfer", "x/bao-cao/h1", "--to", "x2", *BASIS, "--at", "2020-03-17T10:00")
    kh("tick", "--at", "2020-03-18T08:00")
    assert not mailbox.to("x1@t.example.vn")
    assert mailbox.to("x2@t.example.vn")


def test_a_split_or_a_merger_cannot_be_undone(kh: Kh, ended: None) -> None:
    kh("transfer", "x/bao-cao/h2", "--to", "x1", "--to", "x2", *BASIS, "--at", "2020-03-17T08:00")
    kh("transfer", "x/bao-cao/h1", "--to", "h3", *BASIS, "--at", "2020-03-17T08:00")
    for selector in ("x1", "x2", "h1", "h3"):
        entry = story(kh, f"x/bao-cao/{selector}")[-1]["entry"]
        refused = kh("undo", entry, "--reason", "no", "--at", "2020-03-17T09:00", ok=False)
        assert "cannot be undone; hand it on" in refused.err


def test_a_task_handed_on_twice_remembers_all(kh: Kh, ended: None, office: Office) -> None:
    kh("transfer", "x/bao-cao/h1", "--to", "x1", *BASIS, "--at", "2020-03-17T08:00")
    kh("transfer", "x/bao-cao/x1", "--to", "so-b", *BASIS, "--at", "2020-03-18T08:00")
    assert task(kh, "x/bao-cao/so-b")["taken_from"] == "x1"
    moves = [
        entry["data"]["changed"]["unit"] for entry in story(kh, "x/bao-cao/so-b") if entry["trigger"] == "transfer"
    ]
    assert moves == [["h1", "x1"], ["x1", "so-b"]]
    with reading(office.engine) as connection:
        blueprint = office.blueprint(connection, office.instance(connection, "x"))
        assert blueprint.handed.forebears("so-b") == ["x1", "h1"]
        assert office.snapshot(connection, office.instance(connection, "x")).handed.forebears("so-b") == []


def test_a_role_goes_there_and_back(kh: Kh, ended: None, office: Office) -> None:
    for giver, taker in (("so-b", "x1"), ("x1", "so-b"), ("so-b", "x2")):
        kh("transfer", "x", "--role", "submit_to", "--from", giver, "--to", taker, *BASIS, "--at", "2020-03-17T08:00")
    assert kh("show", "x", "--json").json["stages"]["bao-cao"]["submit_to"] == ["x2"]
    kh(
        "transfer",
        "x",
        "--role",
        "with",
        "--from",
        "h1",
        "--to",
        "x1",
        "--to",
        "x2",
        *BASIS,
        "--at",
        "2020-03-17T08:00",
    )
    assert kh("show", "x", "--json").json["stages"]["chung"]["with"] == ["x1", "x2", "h2", "h3"]
    with reading(office.engine) as connection:
        snapshot = office.snapshot(connection, office.instance(connection, "x"))
        assert snapshot.plan.stages["bao-cao"].submit_to == ("so-b",)


# ---- The register ---------------------------------------------------------------------------------------------------


def test_the_register_on_a_day(kh: Kh, ended: None) -> None:
    rows = {row["unit"]: row for row in kh("units", "list", "tinh", "--on", "2020-03-16", "--json").json}
    assert [rows[unit]["exists"] for unit in ("h1", "h3", "x1", "x9")] == [False, True, True, False]
    assert rows["h2"]["successors"] == [{"unit": "x1", "for": "giảm nghèo"}, {"unit": "x2", "for": "y tế"}]
    shown = kh("units", "list", "--on", "2020-03-16").out
    assert "ended" in shown
    assert "not yet" in shown
    assert "unit" not in kh("units", "list", "nowhere", ok=False).out


def test_who_is_meant(kh: Kh, ended: None) -> None:
    def names(what: str) -> list[str]:
        return [row["unit"] for row in kh("units", "members", what, "--on", "2020-03-16", "--json").json]

    assert names("huyen") == names("x/huyen") == ["h1", "h2", "h3"]
    assert names("commune") == ["x1", "x2"]
    kh("transfer", "x/bao-cao/h1", *BASIS, "--at", "2020-03-17T08:00")
    assert names("x/bao-cao") == ["x1", "h2", "h3"]
    assert names("x/chung") == ["h1", "h2", "h3"]
    assert "did you mean x/" not in kh("units", "members", "huyn", ok=False).err
    assert kh("units", "members", "x/nope", ok=False).code == 1


def test_a_directory_is_checked_as_plans_are(kh: Kh, tmp_path: Path) -> None:
    path = tmp_path / "tinh.yaml"
    path.write_text(DIRECTORY.replace("succeeded_by: [x1]", "succeeded_by: [x7]"), "utf-8")
    refused = kh("units", "check", path, "--json", ok=False)
    assert refused.code == 1
    assert "x7" in refused.out


# ---- Đồng Tháp, 2025 ------------------------------------------------------------------------------------------------


def test_the_emulation_plan_of_dong_thap_lives_through_2025(kh: Kh, mailbox: Mailbox, office: Office) -> None:
    """The department of labour is split on 1 March, the districts end on 1 July; 10 December is still the day."""
    kh("start", ROOT / "plans" / "dong-thap-2022-thi-dua.yaml", "--id", "dt", "--at", "2022-08-08T08:00")
    kh("tick", "--at", "2024-12-02T08:00")
    for year in ("2022", "2023", "2024"):
        kh("submit", f"dt/bao-cao-nam/{year}/*", "--at", "2024-12-05T08:00")
    mailbox.mails.clear()

    kh("tick", "--at", "2025-03-03T08:00")
    alarm = text_of(mailbox.to("so-nv@dongthap.example.vn")[-1])
    assert "đơn vị kế tục: so-nnmt (giảm nghèo), so-nv" in alarm
    resolution = ("--doc", "8/NQ-HĐND, 2025-02-28", "--at", "2025-03-04T08:00")
    kh("transfer", "dt", "--state", "transferring", "--except", "so-ldtbxh", *resolution)
    kh("transfer", "dt/*/so-ldtbxh", "--to", "so-nnmt", *resolution)
    kh("transfer", "dt", "--role", "submit_to", "--to", "so-nnmt", *resolution)
    kh("transfer", "dt", "--role", "with", "--from", "so-ldtbxh", "--to", "so-nnmt", *resolution)
    assert states(kh, "dt/tong-hop-nam/2025") == {"dt/tong-hop-nam/2025/so-nnmt": "waiting"}
    kh("transfer", "dt", "--role", "with", *resolution)

    kh("tick", "--at", "2025-07-01T08:00")
    waiting = kh("tasks", "dt/bao-cao-nam/2025/*", "--state", "transferring", "--json").json
    assert len(waiting) == 12
    day = ("--doc", "1663/NQ-UBTVQH15, 2025-06-16", "--at", "2025-07-02T08:00")
    communes = ("xa-tan-hong", "xa-tan-thanh", "xa-tan-ho-co", "xa-an-phuoc")
    kh("transfer", "dt/bao-cao-nam/2025/huyen-tan-hong", *(word for one in communes for word in ("--to", one)), *day)
    assert kh("transfer", "dt/bao-cao-nam/2025/*", "--state", "transferring", *day, ok=False).code == 1
    kh("transfer", "dt/bao-cao-nam/2025/*", "--state", "transferring", "--to", "so-nnmt", *day)
    reports = {row["unit"]: row for row in kh("tasks", "dt/bao-cao-nam/2025/*", "--json").json}
    assert [reports[one]["last_day"] for one in communes] == ["2025-12-09"] * 4
    assert {reports[one]["taken_from"] for one in communes} == {"huyen-tan-hong"}

    kh("tick", "--at", "2025-11-10T08:00")
    opening = next(text_of(mail) for mail in mailbox.to("xa-tan-ho-co@dongthap.example.vn"))
    assert "Nhận chuyển giao từ: UBND huyện Tân Hồng" in opening
    assert "Nơi nhận: Sở Nông nghiệp và Môi trường" in opening
    assert "Tiêu chí Đối với cấp huyện" in opening  # its forebear's criteria
    kh("submit", "dt/bao-cao-nam/2025/*", "--state", "assigned", "--except", "xa-an-phuoc", "--at", "2025-12-08T08:00")
    kh("tick", "--at", "2025-12-11T08:00")
    late = text_of(mailbox.to("xa-an-phuoc@dongthap.example.vn")[-1])
    assert "UBND xã An Phước (UBND huyện Tân Hồng)" in late
    kh("submit", "dt/bao-cao-nam/2025/xa-an-phuoc", "--at", "2025-12-12T08:00")
    assert task(kh, "dt/tong-hop-nam/2025")["state"] == "assigned"
    with reading(office.engine) as connection:
        before = store.tasks(connection, store.TASK.c.stage == "bao-cao-nam", store.TASK.c.period == "2024")
    assert "tp-cao-lanh" in {row.unit for row in before}  # what is past keeps its names
