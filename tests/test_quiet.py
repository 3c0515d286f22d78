"""Silences, promises, extra reminders, acknowledgements that lapse, an office that stood still, what is muted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL, Kh, Mailbox

Write = Callable[..., Path]
ON = "2020-03-04T08:00"


@pytest.fixture
def started(kh: Kh, plan_file: Write, mailbox: Mailbox) -> Kh:
    kh("start", str(plan_file()), "--id", "nho", "--at", ON)
    kh("tick", "--at", ON)
    return kh


def decisions(kh: Kh, selector: str) -> dict[tuple[str, str], dict[str, Any]]:
    rows = kh("notices", "why-not", selector, "--json").json
    return {(row["rung"], row["recipient"]): row for row in rows}


def test_a_silence_keeps_back_with_author_reason_and_expiry_and_then_the_highest_speaks(
    started: Kh, mailbox: Mailbox, freezer: Any
) -> None:
    freezer.move_to("2020-03-18T01:00:00Z")
    started("silence", "nho/bao-cao/h1", "--until", "2020-03-26", "--reason", "đang sáp nhập")
    for day in ("2020-03-19", "2020-03-25", "2020-03-26"):  # T-7 and T-3 fall due
        started("tick", "--at", f"{day}T08:00")
    assert len(mailbox.to("h1@t.example.vn")) == 1
    row = decisions(started, "nho/bao-cao/h1")["T-3", "h1"]
    assert row["outcome"] == "silenced"
    assert "đang sáp nhập" in row["reason"]
    assert "26/03/2020" in row["reason"]
    freezer.move_to("2020-03-26T02:00:00Z")
    (listed,) = started("silence", "list", "--json").json
    assert listed["task"] == "nho/bao-cao/h1"
    assert len(mailbox.to("h2@t.example.vn")) == 3
    started("tick", "--at", "2020-03-27T08:00")  # T-1, and T-3 that was kept back: one message with the higher
    mails = mailbox.to("h1@t.example.vn")
    assert len(mails) == 2
    found = decisions(started, "nho/bao-cao/h1")
    assert {rung: row["outcome"] for (rung, _to), row in found.items() if rung != "opening"} == {
        "T-7": "silenced", "T-3": "superseded", "T-1": "sent",
    }  # fmt: skip


def test_after_a_silence_nothing_is_forgotten(started: Kh, mailbox: Mailbox, freezer: Any) -> None:
    freezer.move_to("2020-03-30T01:00:00Z")
    started("silence", "nho/bao-cao", "--except", "h2", "--until", "2020-05-29", "--reason", "dịch bệnh")
    for day in ("2020-03-31", "2020-04-03", "2020-04-07", "2020-04-14", "2020-05-29"):
        started("tick", "--at", f"{day}T08:00")
    assert len(mailbox.to("h1@t.example.vn")) == 1
    started("tick", "--at", "2020-06-01T08:00")
    assert mailbox.to("h1@t.example.vn")[-1]["Subject"].startswith("[1/KH-UBND] Yêu cầu giải trình")


def test_a_silence_holds_back_even_what_waits_for_its_server(
    started: Kh, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, freezer: Any
) -> None:
    monkeypatch.setenv("KH_SMTP_PORT", "1")
    started("tick", "--at", "2020-03-19T08:00")  # T-7 is composed, and waits
    freezer.move_to("2020-03-19T01:30:00Z")
    started("silence", "nho/bao-cao/h1", "--until", "2020-03-20", "--reason", "đang họp")
    monkeypatch.setenv("KH_SMTP_PORT", str(mailbox.port))
    started("tick", "--at", "2020-03-19T09:00")
    assert [len(mailbox.to(f"{unit}@t.example.vn")) for unit in ("h1", "h2")] == [1, 2]
    assert "đang họp" in decisions(started, "nho/bao-cao/h1")["T-7", "h1"]["reason"]
    started("tick", "--at", "2020-03-23T08:00")
    assert decisions(started, "nho/bao-cao/h1")["T-7", "h1"]["outcome"] == "sent"
    assert len(mailbox.to("h1@t.example.vn")) == 2


def test_a_silence_can_be_lifted(started: Kh, mailbox: Mailbox, freezer: Any) -> None:
    freezer.move_to("2020-03-18T01:00:00Z")
    started("silence", "nho/bao-cao/h1", "--until", "2020-03-26", "--reason", "đang sáp nhập")
    started("tick", "--at", "2020-03-19T08:00")
    freezer.move_to("2020-03-20T01:00:00Z")
    started("silence", "lift", "nho")
    started("tick", "--at", "2020-03-20T08:10")
    assert len(mailbox.to("h1@t.example.vn")) == 2
    assert started("silence", "lift", "nho", ok=False).code == 1
    triggers = [row["trigger"] for row in started("log", "nho/bao-cao/h1", "--json").json]
    assert triggers[-2:] == ["silence", "unsilence"]


def test_a_promise_is_not_chased_before_its_day_is_over(started: Kh, mailbox: Mailbox, freezer: Any) -> None:
    freezer.move_to("2020-03-30T02:00:00Z")
    words = ("note", "nho/bao-cao/h1", "chị Lan hẹn thứ Sáu", "--quiet-until", "2020-04-03")
    started(*words)
    for day in ("2020-03-31", "2020-04-03"):
        started("tick", "--at", f"{day}T08:00")
    assert len(mailbox.to("h1@t.example.vn")) == 1
    assert "chị Lan hẹn thứ Sáu" in decisions(started, "nho/bao-cao/h1")["T+1", "h1"]["reason"]
    started("tick", "--at", "2020-04-06T08:00")
    assert mailbox.to("h1@t.example.vn")[-1]["Subject"].startswith("[1/KH-UBND] Đôn đốc")


def test_a_promise_put_on_record_later_holds_back_as_it_was_given(started: Kh, freezer: Any) -> None:
    freezer.move_to("2026-01-05T02:00:00Z")
    started("note", "nho/bao-cao/h1", "hẹn thứ Sáu", "--quiet-until", "2020-04-03", "--at", "2020-03-30T09:00")
    started("tick", "--at", "2020-03-31T08:00")
    assert decisions(started, "nho/bao-cao/h1")["T+1", "h1"]["outcome"] == "silenced"
    (listed,) = started("silence", "list", "--at", "2020-03-31", "--json").json
    assert listed["task"] == "nho/bao-cao/h1"
    assert started("silence", "list", "--at", "2020-04-06", "--json").json == []


WRONG = (
    (("silence", "nho", "--until", "2020-03-26"), "--reason"),
    (("silence", "nho", "--until", "2020-01-01", "--reason", "x"), "2020-01-01"),
    (("silence", "nho", "--until", "26/3", "--reason", "x"), "2020-04-24"),
    (("silence", "nhi", "--until", "2020-03-26", "--reason", "x"), "nho"),
    (("remind", "nho/tong-hop"), "nobody"),
    (("remind", "nho", "--to", "parents"), "parent"),
)


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_what_cannot_be_done_says_why(started: Kh, freezer: Any, words: tuple[str, ...], said: str) -> None:
    freezer.move_to("2020-03-10T01:00:00Z")
    ran = started(*words, ok=False)
    assert ran.code == 1
    assert said in ran.err


def test_an_extra_reminder_goes_out_at_once_even_on_a_day_with_a_message(
    started: Kh, mailbox: Mailbox, freezer: Any
) -> None:
    freezer.move_to("2020-03-19T01:00:00Z")
    started("tick")
    assert len(mailbox.to("h1@t.example.vn")) == 2
    started("submit", "nho/bao-cao/h2")
    assert "1 task" in started("remind", "nho/bao-cao").out
    started("tick")
    assert len(mailbox.to("h1@t.example.vn")) == 3
    assert len(mailbox.to("h2@t.example.vn")) == 2
    freezer.move_to("2020-03-31T04:00:00Z")
    started("tick")
    started("remind", "nho/bao-cao/h1", "--to", "parent", "--to", "so-a")
    started("tick")
    assert "quá hạn" in mailbox.to("ubnd@t.example.vn")[-1]["Subject"]
    outcomes = {row["outcome"] for (rung, _to), row in decisions(started, "nho/bao-cao/h1").items() if "remind" in rung}
    assert outcomes == {"sent"}


LADDER = """
ladder: rieng
ladders:
  rieng:
    - {severity: 0, when: opening, to: responsible, template: giao-viec}
    - {severity: 1, when: 2 ngày làm việc sau khi giao việc, if: not-acknowledged, to: responsible, template: nhac-viec,
       repeat: {every: 5 ngày làm việc, at_most: 4}}
"""


def test_an_acknowledgement_stops_its_rungs_and_lapses(
    kh: Kh, plan_file: Write, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, freezer: Any
) -> None:
    monkeypatch.setenv("KH_ACK_DAYS", "8")
    freezer.move_to("2020-03-04T01:00:00Z")
    kh("start", str(plan_file(SMALL.replace("stages:\n", LADDER.lstrip() + "stages:\n"))), "--id", "nho")
    kh("ack", "nho/bao-cao/h1", "--at", "2020-03-04T08:00")
    for day in ("2020-03-04", "2020-03-06", "2020-03-13", "2020-03-20"):
        kh("tick", "--at", f"{day}T08:00")
    assert len(mailbox.to("h2@t.example.vn")) == 4
    assert len(mailbox.to("h1@t.example.vn")) == 2  # the opening; and on the 20th, eight working days having passed
    reasons = [row["reason"] for row in kh("notices", "why-not", "nho/bao-cao/h1", "--json").json]
    assert reasons.count("the unit had taken the task up") == 2


def test_after_a_whole_working_day_without_a_tick_the_coordinator_is_told(
    kh: Kh, plan_file: Write, mailbox: Mailbox, freezer: Any
) -> None:
    freezer.move_to("2020-03-05T01:00:00Z")
    kh("start", str(plan_file()), "--id", "nho")
    kh("tick")
    freezer.move_to("2020-03-06T09:59:00Z")  # once a day is enough
    kh("tick")
    assert not mailbox.to("so-a@t.example.vn")
    freezer.move_to("2020-03-09T01:00:00Z")  # a weekend is no downtime
    kh("tick")
    assert not mailbox.to("so-a@t.example.vn")
    freezer.move_to("2020-03-11T01:00:00Z")
    kh("tick")
    (mail,) = mailbox.to("so-a@t.example.vn")
    assert "09/03/2020 08:00" in mail.get_body(("plain",)).get_content()
    kh("tick")
    assert len(mailbox.to("so-a@t.example.vn")) == 1


def test_doctor_says_so_after_a_whole_working_day_and_not_after_a_weekend(
    started: Kh, mailbox: Mailbox, freezer: Any
) -> None:
    freezer.move_to("2020-03-06T01:00:00Z")  # a Friday
    started("tick")
    freezer.move_to("2020-03-09T00:00:00Z")
    assert "nothing is sent until" not in started("doctor", ok=False).out
    freezer.move_to("2020-03-10T01:00:00Z")
    assert "nothing is sent until" in started("doctor", ok=False).out


@pytest.mark.parametrize("day", ["2020-03-30", "2020-04-03"])  # days on which its own rungs reach the coordinator
def test_the_alarm_stands_beside_what_is_told_of_its_task(
    started: Kh, mailbox: Mailbox, freezer: Any, day: str
) -> None:
    freezer.move_to(f"{day}T01:00:00Z")
    started("tick")
    (row,) = started("notices", "list", "--to", "so-a@t.example.vn", "--json").json
    told = {(item["task"], item["rung"]) for item in row["items"]}
    rung = {"2020-03-30": "T0", "2020-04-03": "T+3"}[day]
    assert told == {("nho/bao-cao/h1", rung), ("nho/bao-cao/h2", rung), ("nho/bao-cao/h1", "stood-still")}


def test_what_lists_the_whole_stage_is_not_said_again_of_its_tasks(kh: Kh, plan_file: Write, mailbox: Mailbox) -> None:
    ladder = """ladder: rieng
ladders:
  rieng:
    - {severity: 0, when: ngày hạn, if: not-submitted, to: [coordinator], template: tiep-nhan}
    - {severity: 0, when: ngày hạn, if: not-submitted, to: [responsible, coordinator], template: nhac-viec}
    - {severity: 2, when: 1 ngày làm việc sau hạn, if: not-submitted, to: [responsible, coordinator], template: don-doc}
"""
    kh("start", str(plan_file(SMALL.replace("stages:\n", ladder + "stages:\n"))), "--id", "nho", "--at", ON)
    kh("tick", "--at", "2020-03-30T08:00")
    found = decisions(kh, "nho/bao-cao/h1")
    assert {key: row["outcome"] for key, row in found.items()} == {
        ("T0", "so-a"): "sent", ("T0#2", "h1"): "sent", ("T0#2", "so-a"): "muted",
    }  # fmt: skip
    kh("tick", "--at", "2020-03-31T08:00")
    assert len(mailbox.to("so-a@t.example.vn")) == 2
