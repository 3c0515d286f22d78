"""More time: asked for in time or too late, granted in part or refused; lateness and reminders by the date in force."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Kh, Mailbox

Write = Callable[..., Path]
H1 = "x/bao-cao/h1"
PAPER = ("--doc", "15/UBND, 2020-03-20", "--reason", "dịch bệnh")


@pytest.fixture
def started(kh: Kh, plan_file: Write, mailbox: Mailbox) -> None:
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-03-04")
    kh("tick", "--at", "2020-03-04T08:00")


def task(kh: Kh, selector: str = H1, at: str = "2020-04-03") -> dict[str, Any]:
    (found,) = kh("tasks", selector, "--at", at, "--json").json
    return dict(found)


def ask(kh: Kh, *words: str, at: str = "2020-03-20", until: str = "2020-04-10", ok: bool = True) -> Any:
    return kh("extend", H1, "--until", until, *PAPER, "--at", at, *words, ok=ok)


def told(mailbox: Mailbox, word: str) -> list[str]:
    return [str(mail["Subject"]) for mail in mailbox.to("h1@t.example.vn") if word in str(mail["Subject"])]


def test_the_old_date_stands_until_the_new_one_is_granted(kh: Kh, started: None) -> None:
    ask(kh)
    found = task(kh)
    assert (found["last_day"], found["timeliness"], found["extension"], found["extensions"]) == (
        "2020-03-29", "overdue", "requested", 0,
    )  # fmt: skip
    kh("extend", "grant", H1, "--by", "Chủ tịch", "--doc", "20/UBND, 2020-03-24", "--at", "2020-03-24")
    found = task(kh)
    assert (found["last_day"], found["original_last_day"]) == ("2020-04-10", "2020-03-29")
    assert (found["timeliness"], found["days_late"], found["extension"], found["extensions"]) == (
        "in_time", 0, "granted", 1,
    )  # fmt: skip
    (row,) = kh("show", H1, "--json").json["extension_requests"]
    assert (row["doc"], row["decided_by"], row["granted"], row["late"]) == (
        "15/UBND, 2020-03-20", "Chủ tịch", "2020-04-10", False,
    )  # fmt: skip


def test_an_earlier_day_can_be_granted_but_no_later_one(kh: Kh, started: None) -> None:
    ask(kh)
    for day in ("2020-04-11", "2020-03-29"):
        assert "can be granted" in kh("extend", "grant", H1, "--until", day, "--at", "2020-03-24", ok=False).err
    kh("extend", "grant", H1, "--until", "2020-04-03", "--at", "2020-03-24")
    assert task(kh)["last_day"] == "2020-04-03"
    assert task(kh)["timeliness"] == "due_today"


def test_what_is_refused_changes_nothing_and_can_be_asked_for_again(kh: Kh, started: None) -> None:
    ask(kh)
    assert "already" in ask(kh, at="2020-03-21", ok=False).err
    assert kh("extend", "refuse", H1, "--at", "2020-03-24", ok=False).code == 1  # says no reason
    kh("extend", "refuse", H1, "--reason", "đã đủ thời gian", "--at", "2020-03-24")
    assert task(kh)["last_day"] == "2020-03-29"
    assert task(kh)["extension"] == "refused"
    ask(kh, at="2020-03-25")
    assert [row["outcome"] for row in kh("extend", "list", "x", "--json").json] == ["refused", "requested"]
    assert len(kh("extend", "list", "--open", "--json").json) == 1


def test_what_is_asked_for_too_late_stays_late_and_is_chased_by_the_new_day(
    kh: Kh, started: None, mailbox: Mailbox
) -> None:
    kh("tick", "--at", "2020-03-31T08:00")
    assert len(told(mailbox, "Nhắc quá hạn")) == 1
    assert "too late" in ask(kh, at="2020-04-01").out
    kh("extend", "grant", H1, "--at", "2020-04-02")
    found = task(kh, at="2020-04-05")
    assert (found["last_day"], found["timeliness"], found["days_late"]) == ("2020-04-10", "overdue", 7)
    for day in range(3, 10):
        kh("tick", "--at", f"2020-04-{day:02}T08:00")
    assert len(told(mailbox, "quá hạn")) == 1  # nothing more is chased before the new day …
    kh("submit", H1, "--at", "2020-04-09")
    found = task(kh)
    assert (found["timeliness"], found["days_late"]) == ("done_late", 11)  # … and late it is all the same


def test_passed_rungs_are_not_sent_again_and_those_to_come_are_armed(kh: Kh, started: None, mailbox: Mailbox) -> None:
    for day in (18, 24, 26):  # T-7, T-3 and T-1 of 29 March are the 19th, 25th and 27th
        kh("tick", "--at", f"2020-03-{day}T08:00")
    before = len(told(mailbox, "Nhắc việc"))
    assert before == 2
    ask(kh, at="2020-03-26", until="2020-04-30")
    kh("extend", "grant", H1, "--at", "2020-03-26")
    days = [f"2020-03-{day}" for day in (27, 30, 31)] + [f"2020-04-{day:02}" for day in range(1, 31)]
    for day in days:
        kh("tick", "--at", f"{day}T08:00")
    assert len(told(mailbox, "Nhắc việc")) == before + 3  # 7, 3 and 1 working day before 30 April
    assert told(mailbox, "quá hạn") == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("extend", "request", H1, "--until", "2020-04-10", "--reason", "bận", "--at", "2020-03-20"), "--doc"),
        (("extend", "request", H1, "--until", "2020-04-10", "--doc", "1/UBND", "--at", "2020-03-20"), "--reason"),
        (("extend", "request", H1, "--until", "2020-03-29", *PAPER, "--at", "2020-03-20"), "not after the date"),
        (("extend", "request", "x/tong-hop/so-a", "--until", "2020-04-10", *PAPER, "--at", "2020-03-20"), "no date"),
        (("extend", "request", H1, "--until", "mai", *PAPER, "--at", "2020-03-20"), "mai"),
        (("extend", "grant", H1, "--at", "2020-03-20"), "no request"),
        (("extend", "request", "x/bao-cao/h9", "--until", "2020-04-10", *PAPER), "h9"),
    ],
)
def test_bad_input_is_one_line_and_changes_nothing(kh: Kh, started: None, words: tuple[str, ...], said: str) -> None:
    entries = len(kh("log", "--json").json)
    ran = kh(*words, ok=False)
    assert ran.code == 1
    assert said in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert len(kh("log", "--json").json) == entries


def test_what_is_done_needs_no_more_time_but_may_still_be_granted_it(kh: Kh, started: None) -> None:
    ask(kh)
    kh("submit", H1, "--at", "2020-04-02")
    assert task(kh)["timeliness"] == "done_late"
    kh("extend", "grant", H1, "--at", "2020-04-03")
    assert task(kh)["timeliness"] == "done_on_time"  # it was asked for in time, and handed in by the day granted
    assert "Completed" in ask(kh, at="2020-04-03", ok=False).err


def test_each_step_can_be_undone(kh: Kh, started: None) -> None:
    def last_entry() -> str:
        return str(kh("log", "--json").json[-1]["entry"])

    ask(kh)
    kh("extend", "grant", H1, "--at", "2020-03-24")
    kh("undo", last_entry(), "--reason", "nhầm", "--at", "2020-03-24")
    assert (task(kh)["last_day"], task(kh)["extension"]) == ("2020-03-29", "requested")
    kh("extend", "refuse", H1, "--reason", "không", "--at", "2020-03-24")
    kh("undo", last_entry(), "--reason", "nhầm", "--at", "2020-03-24")
    assert task(kh)["extension"] == "requested"


def test_only_an_extension_moves_a_date_of_the_document(kh: Kh, started: None) -> None:
    ask(kh)
    kh("extend", "grant", H1, "--at", "2020-03-24")
    assert "extension" in kh("fix-date", H1, "2020-04-20", ok=False).err


def test_a_dry_run_shows_and_changes_nothing(kh: Kh, started: None) -> None:
    assert "nothing was changed" in ask(kh, "--dry-run").out
    assert task(kh)["extension"] is None
