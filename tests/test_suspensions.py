"""A clock that stands still: quiet, never overdue, and the paused days are not counted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL, Kh, Mailbox

Write = Callable[..., Path]
H1, H2 = "x/bao-cao/h1", "x/bao-cao/h2"
DECISION = ("--doc", "9/QĐ-UBND, 2020-03-19", "--reason", "giãn cách xã hội")


@pytest.fixture
def started(kh: Kh, plan_file: Write, mailbox: Mailbox) -> None:
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-03-04")
    kh("tick", "--at", "2020-03-04T08:00")


def task(kh: Kh, selector: str = H1, at: str = "2020-04-15") -> dict[str, Any]:
    (found,) = kh("tasks", selector, "--at", at, "--json").json
    return dict(found)


def test_what_was_not_due_is_due_so_many_days_later(kh: Kh, started: None) -> None:
    kh("ack", H1, "--at", "2020-03-05")
    kh("suspend", H1, *DECISION, "--at", "2020-03-19")
    found = task(kh)
    assert (found["state"], found["timeliness"], found["days_late"]) == ("suspended", "in_time", 0)
    assert (found["remaining_days"], found["last_day"]) == (10, "2020-03-29")
    kh("resume", H1, "--at", "2020-04-13")
    found = task(kh)
    assert (found["state"], found["last_day"], found["original_last_day"]) == (
        "in_progress", "2020-04-23", "2020-03-29",
    )  # fmt: skip
    assert found["remaining_days"] is None


def test_nothing_is_sent_while_it_lasts_and_nothing_is_made_up_for(kh: Kh, started: None, mailbox: Mailbox) -> None:
    kh("suspend", H1, *DECISION, "--at", "2020-03-18T12:00")
    days = [f"2020-03-{day}" for day in range(19, 32)] + [f"2020-04-{day:02}" for day in range(1, 25)]
    for day in days:
        kh("tick", "--at", f"{day}T08:00")
    assert len(mailbox.to("h1@t.example.vn")) == 1  # the assignment of 4 March
    assert len(mailbox.to("h2@t.example.vn")) > 4
    kh("resume", H1, "--at", "2020-04-24T14:00")
    kh("tick", "--at", "2020-04-24T14:30")
    assert len(mailbox.to("h1@t.example.vn")) == 1
    kh("tick", "--at", "2020-04-29T08:00")  # 37 days later: due on 5 May, T-3 is 28 April
    assert "Nhắc việc" in str(mailbox.to("h1@t.example.vn")[-1]["Subject"])


def test_what_was_late_is_later_by_the_days_that_count_only(kh: Kh, started: None, mailbox: Mailbox) -> None:
    kh("tick", "--at", "2020-03-31T08:00")
    kh("suspend", H1, *DECISION, "--at", "2020-04-01")
    assert task(kh)["timeliness"] == "in_time"
    kh("resume", H1, "--at", "2020-04-21")
    found = task(kh, at="2020-04-22")
    assert (found["timeliness"], found["last_day"], found["days_late"]) == ("overdue", "2020-03-29", 4)
    for day in (22, 23, 24):  # T+3 counts on: 3 April and twenty paused days
        kh("tick", "--at", f"2020-04-{day}T08:00")
    assert "Đôn đốc" in str(mailbox.to("h1@t.example.vn")[-1]["Subject"])
    kh("submit", H1, "--at", "2020-04-25")
    assert task(kh, at="2020-04-26")["days_late"] == 7


def test_what_waits_waits_on_and_opens_when_it_may(kh: Kh, started: None) -> None:
    kh("suspend", "x/tong-hop/so-a", *DECISION, "--at", "2020-03-19")
    kh("submit", "x/bao-cao", "--at", "2020-03-20")
    assert task(kh, "x/tong-hop/so-a")["state"] == "suspended"
    kh("resume", "x/tong-hop/so-a", "--at", "2020-03-23")
    assert task(kh, "x/tong-hop/so-a")["state"] == "assigned"


def test_a_later_date_moves_what_hangs_on_it(kh: Kh, plan_file: Write) -> None:
    plan = SMALL.replace("inferred: 10 ngày làm việc sau khi bao-cao", "deadline: trước bao-cao 3 ngày làm việc")
    kh("start", str(plan_file(plan.replace("    after: [bao-cao]\n", ""))), "--id", "x", "--at", "2020-03-04")
    before = task(kh, "x/tong-hop/so-a")["last_day"]
    kh("suspend", "x/bao-cao", *DECISION, "--at", "2020-03-19")
    kh("resume", "x/bao-cao", "--at", "2020-03-26")
    assert (before, task(kh, "x/tong-hop/so-a")["last_day"]) == ("2020-03-25", "2020-03-31")


def test_moves_are_refused_while_it_lasts(kh: Kh, started: None) -> None:
    kh("suspend", H1, *DECISION, "--at", "2020-03-19")
    for words in (("submit", H1), ("ack", H1), ("suspend", H1, *DECISION)):
        ran = kh(*words, ok=False)
        assert ran.code == 1
        assert "resume" in ran.err  # what is allowed instead
    assert kh("resume", H2, ok=False).code == 1


def test_it_needs_a_paper_and_a_reason(kh: Kh, started: None) -> None:
    assert "--doc" in kh("suspend", H1, "--reason", "x", ok=False).err
    assert "--reason" in kh("suspend", H1, "--doc", "9/QĐ-UBND", ok=False).err
    assert task(kh, at="2020-03-05")["state"] == "assigned"


def test_both_steps_can_be_undone(kh: Kh, started: None) -> None:
    def undo() -> None:
        kh("undo", str(kh("log", "--json").json[-1]["entry"]), "--reason", "nhầm")

    kh("suspend", H1, *DECISION, "--at", "2020-03-19")
    undo()
    assert task(kh)["state"] == "assigned"
    assert task(kh)["timeliness"] == "overdue"
    kh("suspend", H2, *DECISION, "--at", "2020-03-19")
    kh("resume", H2, "--at", "2020-03-29")
    assert task(kh, H2)["last_day"] == "2020-04-08"
    undo()
    found = task(kh, H2)
    assert (found["state"], found["last_day"], found["remaining_days"]) == ("suspended", "2020-03-29", 10)


def test_status_counts_it_as_in_time(kh: Kh, started: None) -> None:
    kh("suspend", H1, *DECISION, "--at", "2020-03-19")
    found = kh("status", "x", "--at", "2020-04-20", "--json").json
    assert (found["open_in_time"], found["open_overdue"], found["undated"]) == (1, 1, 1)
    assert [row["task"] for row in kh("tasks", "x", "--overdue", "--at", "2020-04-20", "--json").json] == [H2]
