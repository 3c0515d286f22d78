"""Decisions, messages and their delivery over a real mail server: one a morning, never twice, a reason for each."""

from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL, Kh, Mailbox, text_of
from sqlalchemy.exc import DBAPIError

from engine.office import Office

Write = Callable[..., Path]
ON = "2020-03-04T08:00"


@pytest.fixture
def started(kh: Kh, plan_file: Write) -> Kh:
    kh("start", str(plan_file()), "--id", "nho", "--at", ON)
    return kh


def outcomes(kh: Kh, *words: str) -> list[tuple[str, str, str]]:
    found = kh("notices", "why-not", *words, "--json").json
    return sorted((row["rung"], row["recipient"], row["outcome"]) for row in found)


def test_the_opening_tells_what_by_when_to_whom(started: Kh, mailbox: Mailbox) -> None:
    started("tick", "--at", ON)
    (mail,) = mailbox.to("h1@t.example.vn")
    assert mail["Subject"] == "[1/KH-UBND] Giao việc: Báo cáo – hạn 29/03/2020"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = text_of(mail)
    for part in ("Kính gửi: Huyện Một", "mục I.1", "ngày 29/03/2020", "“trước ngày 30/3/2020”", "Nơi nhận: Sở A"):
        assert part in text


def test_a_date_that_hangs_on_a_stage_names_it_as_the_document_does(kh: Kh, plan_file: Write, mailbox: Mailbox) -> None:
    stage = "  moi: {name: Giấy mời, clause: I.3, responsible: so-a, deadline: 5 ngày làm việc trước bao-cao}\n"
    kh("start", str(plan_file(SMALL + stage)), "--at", ON)
    kh("tick", "--at", ON)
    (mail,) = mailbox.to("so-a@t.example.vn")
    assert "“5 ngày làm việc trước ‘Báo cáo’”" in mail.get_body(("plain",)).get_content()


def test_a_second_tick_finds_nothing_and_an_earlier_one_does_nothing(started: Kh, mailbox: Mailbox) -> None:
    started("tick", "--at", ON)
    sent = len(mailbox.mails)
    assert "sent 0" in started("tick", "--at", ON).out
    assert "Nothing done" in started("tick", "--at", "2020-03-04T07:45").out
    assert len(mailbox.mails) == sent == 2


def test_outside_working_hours_nothing_goes_out_and_nothing_is_lost(kh: Kh, plan_file: Write, mailbox: Mailbox) -> None:
    kh("start", str(plan_file()), "--id", "nho", "--at", "2020-03-06T18:00")  # a Friday evening
    for moment in ("2020-03-06T18:01", "2020-03-07T10:00", "2020-03-08T10:00", "2020-03-09T07:29"):
        kh("tick", "--at", moment)
        assert mailbox.mails == []
    kh("tick", "--at", "2020-03-09T07:30")
    assert len(mailbox.mails) == 2


def test_one_message_a_morning_gathers_all_items_and_the_rest_waits_a_day(
    kh: Kh, plan_file: Write, mailbox: Mailbox
) -> None:
    for name in ("mot", "hai", "ba"):
        kh("start", str(plan_file()), "--id", name, "--at", ON)
    kh("tick", "--at", ON)
    assert Counter(mail["To"] for mail in mailbox.mails) == {"h1@t.example.vn": 1, "h2@t.example.vn": 1}
    kh("start", str(plan_file()), "--id", "bon", "--at", "2020-03-04T09:00")
    kh("tick", "--at", "2020-03-04T09:01")
    assert len(mailbox.mails) == 2
    kh("tick", "--at", "2020-03-05T07:30")
    assert len(mailbox.mails) == 4
    last = kh("notices", "list", "bon", "--json").json
    assert {row["date"] for row in last} == {"2020-03-05"}


def test_a_task_done_before_its_morning_is_left_out(started: Kh, mailbox: Mailbox) -> None:
    started("tick", "--at", ON)
    started("submit", "nho/bao-cao/h1", "--at", "2020-03-19T07:00")
    started("tick", "--at", "2020-03-19T08:00")  # T-7
    assert [mail["To"] for mail in mailbox.mails[2:]] == ["h2@t.example.vn"]


def test_after_downtime_only_the_highest_rung_goes_out_and_the_others_are_on_record(
    started: Kh, mailbox: Mailbox
) -> None:
    started("tick", "--at", ON)
    mailbox.mails.clear()
    started("tick", "--at", "2020-04-20T08:00")
    assert sorted((mail["To"], mail["Subject"].split(":")[0]) for mail in mailbox.mails) == [
        ("h1@t.example.vn", "[1/KH-UBND] Yêu cầu giải trình"),
        ("h2@t.example.vn", "[1/KH-UBND] Yêu cầu giải trình"),
        ("so-a@t.example.vn", "[1/KH-UBND] Báo cáo cấp trên"),
        ("ubnd@t.example.vn", "[1/KH-UBND] Báo cáo cấp trên"),
    ]
    found = outcomes(started, "nho/bao-cao/h1")
    assert ("T-7", "h1", "superseded") in found
    assert ("T+1", "h1", "superseded") in found
    assert ("T+10", "h1", "sent") in found
    assert ("T+5", "ubnd", "sent") in found


def test_reminders_right_after_the_opening_are_dropped_and_recorded(kh: Kh, plan_file: Write, mailbox: Mailbox) -> None:
    kh("start", str(plan_file()), "--id", "nho", "--at", "2020-03-23T08:00")
    for day in ("2020-03-23", "2020-03-24", "2020-03-25", "2020-03-26", "2020-03-27"):
        kh("tick", "--at", f"{day}T08:00")
    found = outcomes(kh, "nho/bao-cao/h1")
    assert ("T-7", "h1", "before-opening") in found
    assert ("T-3", "h1", "before-opening") in found  # the 25th, two working days after the opening
    assert ("T-1", "h1", "sent") in found


def test_a_unit_without_a_superior_stops_at_severity_one_with_the_coordinator(
    kh: Kh, plan_file: Write, mailbox: Mailbox
) -> None:
    kh("start", str(plan_file(SMALL.replace("{each: huyen}", "ubnd"))), "--id", "x", "--at", ON)
    for day in ("2020-03-31", "2020-04-03", "2020-04-07", "2020-04-14"):
        kh("tick", "--at", f"{day}T08:00")
    found = kh("notices", "list", "--json").json
    assert max(row["severity"] for row in found) == 1
    assert {row["recipient"] for row in found if row["severity"] == 1} == {"ubnd@t.example.vn", "so-a@t.example.vn"}


def test_what_has_no_contact_joins_the_coordinator_s_message(kh: Kh, plan_file: Write, mailbox: Mailbox) -> None:
    kh("start", str(plan_file(SMALL.replace("parent: ubnd, contact: {email: h2@t.example.vn}", "parent: ubnd"))),
       "--id", "x", "--at", ON)  # fmt: skip
    kh("tick", "--at", ON)
    (mail,) = mailbox.to("so-a@t.example.vn")
    assert "không đến được đơn vị" in text_of(mail)
    assert "Huyện Hai" in text_of(mail)
    assert outcomes(kh, "x/bao-cao/h2") == [("opening", "h2", "undeliverable"), ("opening", "so-a", "sent")]


def test_an_approximate_date_is_asked_for_and_undated_duties_come_once_a_month(
    kh: Kh, plan_file: Write, mailbox: Mailbox
) -> None:
    text = SMALL.replace("deadline: trước ngày 30/3/2020", "deadline: cuối tháng 4/2020") + (
        '  viec: {name: Việc, clause: "3", responsible: so-a}\n'
    )
    kh("start", str(plan_file(text)), "--id", "x", "--at", ON)
    days = [f"2020-{month:02d}-{day:02d}" for month in (3, 4, 5) for day in range(1, 31)]
    for day in days[3:]:
        kh("tick", "--at", f"{day}T08:00")
    found = [(row["date"], item["rung"]) for row in kh("notices", "list", "--to", "so-a@t.example.vn", "--json").json
             for item in row["items"] if item["task"] in ("x/bao-cao/h1", "x/viec/so-a")]  # fmt: skip
    asked = [day for day, rung in found if rung == "fix-date"]
    assert asked[:4] == ["2020-04-07", "2020-04-14", "2020-04-21", "2020-04-28"]  # ten working days before the 21st
    assert [day for day, rung in found if rung == "undated"] == ["2020-04-06", "2020-05-04"]
    kh("fix-date", "x/bao-cao", "2020-06-15", "--at", "2020-05-29T10:00")
    for day in ("2020-06-01", "2020-06-02", "2020-06-09"):
        kh("tick", "--at", f"{day}T08:00")
    rungs = [item["rung"] for row in kh("notices", "list", "--since", "2020-06-01", "--json").json
             for item in row["items"] if item["task"] == "x/bao-cao/h1"]  # fmt: skip
    assert rungs == ["T-7"]  # 4 June, sent with the next tick; nobody asks for the date any more


def test_soft_duties_get_one_reminder_and_are_never_overdue(kh: Kh, plan_file: Write, mailbox: Mailbox) -> None:
    text = SMALL.replace("deadline: trước ngày 30/3/2020", "deadline: trước ngày 30/3/2020\n    soft: true")
    kh("start", str(plan_file(text)), "--id", "x", "--at", ON)
    for day in range(4, 32):
        kh("tick", "--at", f"2020-03-{day:02d}T08:00")
    kh("tick", "--at", "2020-05-04T08:00")
    assert [mail["Subject"].split(":")[0] for mail in mailbox.to("h1@t.example.vn")] == [
        "[1/KH-UBND] Giao việc", "[1/KH-UBND] Nhắc việc",
    ]  # fmt: skip
    assert kh("tasks", "x/bao-cao/h1", "--at", "2020-05-05", "--json").json[0]["timeliness"] == "in_time"


OWN_LADDER = SMALL.replace(
    "span:",
    """ladder: rieng
ladders:
  rieng:
    - {severity: 0, when: opening, to: [responsible, with], template: giao-viec}
    - {severity: 1, when: 2 ngày làm việc sau khi giao, if: not-acknowledged, to: responsible, template: nhac-viec}
    - severity: 2
      when: 1 ngày làm việc sau hạn
      if: not-submitted
      to: so-a
      template: don-doc
      release: sign
      repeat: {every: 2 ngày làm việc, at_most: 3}
span:""",
).replace("    submit_to: so-a", "    submit_to: so-a\n    with: so-a")


def test_a_plan_s_own_ladder(kh: Kh, plan_file: Write, mailbox: Mailbox) -> None:
    kh("start", str(plan_file(OWN_LADDER)), "--id", "x", "--at", ON)
    kh("tick", "--at", ON)
    assert {mail["To"] for mail in mailbox.mails} == {"h1@t.example.vn", "h2@t.example.vn", "so-a@t.example.vn"}
    kh("ack", "x/bao-cao/h1", "--at", "2020-03-05")
    mailbox.mails.clear()
    kh("tick", "--at", "2020-03-06T08:00")
    assert [mail["To"] for mail in mailbox.mails] == ["h2@t.example.vn"]
    mailbox.mails.clear()
    for day in ("2020-03-31", "2020-04-03", "2020-04-07", "2020-04-09", "2020-04-13"):
        kh("tick", "--at", f"{day}T08:00")
    assert mailbox.mails == []
    held = kh("notices", "list", "--status", "held", "--json").json
    assert [row["date"] for row in held] == ["2020-03-31", "2020-04-03", "2020-04-07"]  # three in all, two days apart
    number = str(held[0]["id"])
    assert "--doc" in kh("notices", "release", number, "--signed-by", "Nguyễn A", ok=False).err
    kh("notices", "release", number, "--doc", "77/SLĐTBXH", "--signed-by", "Nguyễn A")
    kh("tick", "--at", "2020-04-13T09:00")
    assert len(mailbox.mails) == 1
    assert "77/SLĐTBXH" in kh("notices", "show", number).out


def test_what_is_refused_for_now_is_tried_again_under_the_same_id(started: Kh, mailbox: Mailbox) -> None:
    seen: list[str] = []

    def busy(mail: EmailMessage) -> str:
        seen.append(mail["Message-ID"])
        return "451 try later" if len(seen) <= 2 else "250 OK"

    mailbox.answer = busy
    assert "2 to be tried again" in started("tick", "--at", ON).err
    started("tick", "--at", "2020-03-04T08:00:30")
    assert len(seen) == 2  # the back-off is a minute
    started("tick", "--at", "2020-03-04T08:02")
    assert sorted(seen[2:]) == sorted(seen[:2])
    assert len(mailbox.mails) == 2


def test_what_is_refused_for_good_is_parked_and_can_be_retried(started: Kh, mailbox: Mailbox) -> None:
    mailbox.answer = lambda mail: "550 no such user" if mail["To"].startswith("h1") else "250 OK"
    started("tick", "--at", ON)
    (dead,) = started("notices", "list", "--status", "dead", "--json").json
    assert (dead["recipient"], dead["reason"]) == ("h1@t.example.vn", "550 no such user")
    assert outcomes(started, "nho/bao-cao/h1")[0][2] == "undeliverable"
    started("tick", "--at", "2020-03-04T08:01")
    assert len(mailbox.to("so-a@t.example.vn")) == 1  # the coordinator is told whom it did not reach
    mailbox.answer = lambda _mail: "250 OK"
    started("notices", "retry", str(dead["id"]))
    started("tick", "--at", "2020-03-04T08:05")
    assert len(mailbox.to("h1@t.example.vn")) == 1


def test_a_silent_mail_server_loses_nothing(started: Kh, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KH_SMTP_PORT", "1")
    assert "2 messages wait: the mail server does not answer" in started("tick", "--at", ON).err
    monkeypatch.delenv("KH_SMTP_HOST")
    assert "no mail server is set" in started("tick", "--at", ON).err
    monkeypatch.setenv("KH_SMTP_HOST", mailbox.host)
    monkeypatch.setenv("KH_SMTP_PORT", str(mailbox.port))
    started("tick", "--at", ON)
    assert len(mailbox.mails) == 2


def test_a_message_whose_items_were_all_settled_is_not_sent(started: Kh, mailbox: Mailbox, monkeypatch: Any) -> None:
    monkeypatch.setenv("KH_SMTP_PORT", "1")
    started("tick", "--at", ON)
    started("submit", "nho/bao-cao/h1", "--at", "2020-03-04T09:00")
    monkeypatch.setenv("KH_SMTP_PORT", str(mailbox.port))
    started("tick", "--at", "2020-03-04T09:30")
    assert [mail["To"] for mail in mailbox.mails] == ["h2@t.example.vn"]
    assert outcomes(started, "nho/bao-cao/h1") == [("opening", "h1", "done")]


def test_hostile_words_never_reach_a_header(kh: Kh, plan_file: Write, mailbox: Mailbox) -> None:
    name = "x =?utf-8?q?=0aBcc:_evil@t.example.vn?= \\r\\nBcc: evil@t.example.vn \\u202e{{ 1/0 }}{% raw %}"
    text = SMALL.replace("name: Báo cáo\n", f'name: "{name}"\n')
    kh("start", str(plan_file(text)), "--id", "x", "--at", ON)
    kh("tick", "--at", ON)
    assert {mail["To"] for mail in mailbox.mails} == {"h1@t.example.vn", "h2@t.example.vn"}
    for mail in mailbox.mails:
        assert mail["Bcc"] is None
        assert "{{ 1/0 }}" in mail["Subject"]
        assert "\u202e" not in mail["Subject"]


def test_the_inspector_sees_who_was_told_what(started: Kh, mailbox: Mailbox) -> None:
    started("tick", "--at", ON)
    (told,) = started("log", "nho", "--told", "--unit", "h1", "--json").json
    assert told["recipient"] == "h1@t.example.vn"
    assert told["text"].strip() == text_of(mailbox.to("h1@t.example.vn")[0]).strip()
    assert "Kính gửi: Huyện Một" in started("log", "--told", "--unit", "h1").out


@pytest.mark.parametrize("statement", ["UPDATE entry SET actor = 'x'", "DELETE FROM entry"])
def test_the_log_cannot_be_changed(started: Kh, office: Office, statement: str) -> None:
    with pytest.raises(DBAPIError, match="entries are never"), office.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_a_day_is_asked_for_while_the_task_waits_behind_a_strict_gate(
    kh: Kh, plan_file: Write, mailbox: Mailbox
) -> None:
    stage = """
  hoi-nghi:
    {name: Hội nghị, clause: I.3, responsible: so-a, after: [bao-cao], gate: strict, deadline: cuối tháng 4/2020}
"""
    kh("start", str(plan_file(SMALL + stage)), "--id", "x", "--at", ON)
    for day in ("2020-04-06", "2020-04-07", "2020-04-08", "2020-04-14", "2020-04-21"):
        kh("tick", "--at", f"{day}T08:00")
    asked = {row["due_at"][:10]: row for row in kh("notices", "why-not", "x/hoi-nghi/so-a", "--json").json}
    assert list(asked) == ["2020-04-07", "2020-04-14", "2020-04-21"]
    assert {(row["rung"], row["outcome"]) for row in asked.values()} == {("fix-date", "sent")}
    assert kh("tasks", "x/hoi-nghi", "--json").json[0]["state"] == "waiting"
    kh("fix-date", "x/hoi-nghi", "2020-05-15", "--at", "2020-04-22T08:00")
    kh("tick", "--at", "2020-04-28T08:00")
    kh("submit", "x/bao-cao", "--at", "2020-04-28T09:00")
    kh("tick", "--at", "2020-04-29T08:00")
    rungs = [row["rung"] for row in kh("notices", "why-not", "x/hoi-nghi/so-a", "--json").json]
    assert rungs == ["fix-date"] * 3 + ["opening"]  # opened and told once; nobody asks for the day any more
