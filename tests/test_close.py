"""A closed plan is quiet and stays as it is; its closing can be undone."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL, Kh, Mailbox

Write = Callable[..., Path]
WHY = ("--reason", "kết thúc đợt")


@pytest.fixture
def started(kh: Kh, plan_file: Write, mailbox: Mailbox) -> None:
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-03-04")
    kh("tick", "--at", "2020-03-04T08:00")


def states(kh: Kh) -> dict[str, str]:
    return {row["task"]: row["state"] for row in kh("tasks", "x", "--json").json}


def test_what_is_owed_wants_a_reason_and_stands_in_the_entry(kh: Kh, started: None) -> None:
    kh("submit", "x/bao-cao/h1", "--at", "2020-03-10")
    ran = kh("close", "x", "--at", "2020-03-11", ok=False)
    assert ran.code == 1
    assert "2 tasks are not finished (x/bao-cao/h2, x/tong-hop/so-a)" in ran.err
    kh("close", "x", *WHY, "--doc", "20/QĐ-UBND", "--at", "2020-03-11", "--dry-run")
    assert kh("list", "--json").json[0]["closed_at"] is None
    kh("close", "x", *WHY, "--doc", "20/QĐ-UBND", "--at", "2020-03-11")
    entry = kh("log", "x", "--json").json[-1]
    assert (entry["trigger"], entry["reason"], entry["doc"]) == ("close", "kết thúc đợt", "20/QĐ-UBND")
    assert entry["data"]["left_open"] == ["x/bao-cao/h2", "x/tong-hop/so-a"]


def test_finished_and_endless_work_need_no_reason(kh: Kh, plan_file: Write) -> None:
    text = SMALL.replace("    deadline: trước ngày 30/3/2020\n", "    type: ongoing\n").replace("after: [bao-cao]", "")
    text = text.replace("inferred: 10 ngày làm việc sau khi bao-cao", "deadline: ngày 30/3/2020")
    kh("start", str(plan_file(text)), "--id", "x", "--at", "2020-03-04")
    kh("submit", "x/tong-hop", "--at", "2020-03-10")
    kh("close", "x", "--at", "2020-03-11")


def test_a_closed_plan_is_quiet_and_nothing_moves_in_it(
    kh: Kh, started: None, plan_file: Write, mailbox: Mailbox
) -> None:
    kh("tick", "--at", "2020-03-19T18:00")  # T-7 fell due; it is to go out the next morning
    sent = len(mailbox.mails)
    kh("close", "x", *WHY, "--at", "2020-03-19T18:30")
    for day in ("03-20", "03-31", "04-14"):
        kh("tick", "--at", f"2020-{day}T08:00")
    assert len(mailbox.mails) == sent
    before = kh("log", "x", "--json").json
    why_not = kh("notices", "why-not", "x/bao-cao/h1", "--json").json
    assert "the plan was closed" in {row["reason"] for row in why_not}
    later = str(plan_file(**{"30/3/2020": "15/4/2020"}))
    for words in (
        ("submit", "x/bao-cao/h1"), ("ack", "x/bao-cao/h1"), ("cancel", "x/bao-cao", *WHY), ("remind", "x/bao-cao"),
        ("fix-date", "x/tong-hop", "2020-05-01"), ("amend", "x", later, "--apply"), ("close", "x", *WHY),
        ("amend", "x", "--drop-unit", "bao-cao/h1", *WHY), ("silence", "x/bao-cao", "--until", "2099-01-01", *WHY),
        ("suspend", "x/bao-cao", "--doc", "1/QĐ", *WHY),
    ):  # fmt: skip
        ran = kh(*words, ok=False)
        assert (words, ran.code) == (words, 1)
        assert "x was closed on 19/03/2020" in ran.err
    assert kh("log", "x", "--json").json == before
    assert "19/03/2020" in kh("list").out
    assert "Closed on 19/03/2020" in kh("status", "x").out
    assert "đã đóng" in kh("--lang", "vi", "submit", "x/bao-cao/h1", ok=False).err
    kh("start", str(plan_file()), "--id", "y", "--at", "2020-03-20")  # the next one is not concerned
    kh("submit", "y/bao-cao/h1", "--at", "2020-03-21")


def test_its_closing_can_be_undone(kh: Kh, started: None, mailbox: Mailbox) -> None:
    before = states(kh)
    kh("close", "x", *WHY, "--at", "2020-03-19T06:30")
    entry = str(kh("log", "x", "--json").json[-1]["entry"])
    kh("tick", "--at", "2020-03-31T08:00")
    assert "needs a --reason" in kh("undo", entry, ok=False).err
    kh("undo", entry, "--reason", "nhầm", "--at", "2020-04-03T07:00")
    assert states(kh) == before
    assert "did not close" in kh("undo", entry, "--reason", "nhầm", ok=False).err
    kh("tick", "--at", "2020-04-03T08:00")
    assert "Đôn đốc" in str(mailbox.to("h1@t.example.vn")[-1]["Subject"])  # the highest of what fell due meanwhile
    kh("submit", "x/bao-cao", "--at", "2020-04-03")
    assert states(kh)["x/tong-hop/so-a"] == "assigned"


def test_an_archive_keeps_every_version_the_tasks_and_the_log(
    kh: Kh, started: None, plan_file: Write, tmp_path: Path
) -> None:
    later = plan_file(**{"30/3/2020": "15/4/2020"})
    kh("amend", "x", str(later), "--apply", "--at", "2020-03-10")
    kh("close", "x", *WHY, "--at", "2020-03-11", "--archive", str(tmp_path / "x.zip"))
    with zipfile.ZipFile(tmp_path / "x.zip") as file:
        content: dict[str, Any] = {name: file.read(name).decode("utf-8-sig") for name in file.namelist()}
    assert content["x/plan-1.yaml"] == SMALL
    assert content["x/plan-2.yaml"] == later.read_text("utf-8")
    assert "x/bao-cao/h1" in content["x/tasks.csv"]
    assert "kết thúc đợt" in content["x/log.csv"]
    assert json.loads(next(text for name, text in content.items() if "snapshot-1" in name))["plan"]["plan"] == "nho"
