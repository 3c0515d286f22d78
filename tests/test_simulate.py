"""Simulating: the same notices as really running, under assumptions that are said; nothing outside changes."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL, Kh, Mailbox
from icalendar import Calendar

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

ROOT = Path(__file__).parent.parent
PLAN = ROOT / "plans" / "dong-thap-2020-tong-ket.yaml"


def _told(rows: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    return {(row["date"], row["recipient"], item["task"], item["rung"]) for row in rows for item in row["items"]}


def _live(kh: Kh, freezer: Any, first: date, last: date, deeds: dict[str, list[tuple[str, ...]]]) -> None:
    """Every morning and every afternoon a tick; the deeds of a day come before its afternoon's."""
    for n in range((last - first).days + 1):
        day = first + timedelta(n)
        freezer.move_to(datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC))
        kh("tick")
        freezer.move_to(datetime(day.year, day.month, day.day, 7, 0, tzinfo=UTC))
        for words in deeds.get(day.isoformat(), []):
            kh(*words)
        kh("tick")


def test_simulating_and_really_running_give_the_same_notices(kh: Kh, mailbox: Mailbox, freezer: Any) -> None:
    freezer.move_to("2020-03-04T00:30:00Z")
    foreseen = kh("simulate", PLAN, "--until", "2020-04-30", "--json").json
    kh("start", PLAN)
    _live(kh, freezer, date(2020, 3, 4), date(2020, 4, 30), {})
    really = kh("notices", "list", "--json").json
    assert _told(foreseen) == _told(really)
    assert len(foreseen) == len(really) == len(mailbox.mails) > 100


def test_it_is_the_same_where_people_act(kh: Kh, plan_file: Any, mailbox: Mailbox, freezer: Any) -> None:
    freezer.move_to("2020-03-04T00:30:00Z")
    plan = plan_file()
    foreseen = kh("simulate", plan, "--assume", "on-time", "--late", "h2=5d", "--json").json
    kh("start", plan)
    submitted = {"2020-03-27": ["nho/bao-cao/h1"], "2020-04-03": ["nho/bao-cao/h2"], "2020-04-17": ["nho/tong-hop"]}
    deeds = {day: [("submit", name) for name in names] for day, names in submitted.items()}
    _live(kh, freezer, date(2020, 3, 4), date(2020, 4, 30), deeds)
    assert _told(foreseen) == _told(kh("notices", "list", "--json").json)
    assert {item["rung"] for row in foreseen for item in row["items"] if item["task"].endswith("/h2")} >= {"T+1", "T+3"}


def test_each_row_has_what_outside_tools_rely_on(kh: Kh, plan_file: Any) -> None:
    rows = kh("simulate", plan_file(), "--json").json
    first = rows[0]
    assert {"at", "date", "recipient", "severity", "rung", "items", "template", "channel", "status", "reason"} <= set(
        first
    )
    assert first["at"].startswith("2020-03-04T00:30")
    assert [item["task"] for item in first["items"]] == ["nho/bao-cao/h1"]
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)


def test_nothing_outside_changes(kh: Kh, plan_file: Any, mailbox: Mailbox) -> None:
    kh("simulate", plan_file())
    assert kh("list", "--json").json == []
    assert kh("notices", "list", "--json").json == []
    assert not mailbox.mails


def test_the_days_announced_are_known(kh: Kh, plan_file: Any, tmp_path: Path) -> None:
    plan = plan_file()
    before = kh("simulate", plan, "--json").json
    (tmp_path / "lich.yaml").write_text("announcements:\n  - {source: CV 1, off: 2020-03-26 .. 2020-03-27}\n", "utf-8")
    kh("calendar", "load", tmp_path / "lich.yaml")
    after = kh("simulate", plan, "--json").json
    last = {(row["recipient"], row["date"]) for rows in (before, after) for row in rows if row["rung"] == "T-1"}
    assert {day for _recipient, day in last} == {"2020-03-25", "2020-03-27"}


def test_while_the_scheduler_is_off_nothing_goes_out_and_then_only_the_highest(kh: Kh, plan_file: Any) -> None:
    rows = kh("simulate", plan_file(), "--down", "2020-03-18..2020-04-05", "--json").json
    days = [row["date"] for row in rows if row["recipient"] == "h1@t.example.vn"]
    assert days[:2] == ["2020-03-04", "2020-04-06"]
    assert [row["rung"] for row in rows if row["date"] == "2020-04-06" and row["recipient"] == "h1@t.example.vn"] == [
        "T+3"
    ]


def test_the_downtime_itself_is_foreseen_as_it_is_told(kh: Kh, plan_file: Any, mailbox: Mailbox, freezer: Any) -> None:
    freezer.move_to("2020-03-04T00:30:00Z")
    plan = plan_file()
    foreseen = kh("simulate", plan, "--down", "2020-03-11..2020-03-13", "--until", "2020-04-10", "--json").json
    kh("start", plan)
    _live(kh, freezer, date(2020, 3, 4), date(2020, 3, 10), {})
    _live(kh, freezer, date(2020, 3, 14), date(2020, 4, 10), {})
    assert _told(foreseen) == _told(kh("notices", "list", "--json").json)
    (told,) = [row for row in foreseen if row["rung"] == "stood-still"]
    assert (told["date"], told["recipient"]) == ("2020-03-16", "so-a@t.example.vn")
    assert told["reason"] == "nothing ran for a whole working day"


@pytest.mark.parametrize("down", ["2020-03-14..2020-03-15", "2020-02-03..2020-03-03", "2020-03-02..2020-03-06"])
def test_a_weekend_or_what_lies_before_the_start_is_no_downtime(kh: Kh, plan_file: Any, down: str) -> None:
    rows = kh("simulate", plan_file(), "--down", down, "--json").json
    assert {row["rung"] for row in rows} >= {"opening", "T+10"}
    assert "stood-still" not in {row["rung"] for row in rows}


@pytest.mark.slow
def test_a_seed_gives_the_same_future_and_another_one_another(kh: Kh) -> None:
    plan = ROOT / "plans" / "kon-tum-2018-giua-ky.yaml"
    one, again, other = (kh("simulate", plan, "--random", seed, "--json").json for seed in ("7", "7", "8"))
    assert one == again
    assert _told(one) != _told(other)


def test_a_share_that_is_late(kh: Kh) -> None:
    def chased(*words: str) -> int:
        rows = kh("simulate", PLAN, *words, "--json").json
        return len({item["task"] for row in rows for item in row["items"] if item["rung"] == "T+1"})

    everybody, some, nobody = (
        chased("--assume", "none"),
        chased("--assume", "late=30%:8d"),
        chased("--assume", "on-time"),
    )
    assert everybody > some > nobody == 0


def test_a_week_is_seven_days(kh: Kh, plan_file: Any) -> None:
    weeks, days, a_word = (
        kh("simulate", plan_file(), "--assume", "on-time", "--late", f"h1={late}", "--json").json
        for late in ("2 tuần", "14d", "14 ngày")
    )
    assert weeks == days == a_word


def test_the_difference_an_edit_makes(kh: Kh, plan_file: Any) -> None:
    old = plan_file()
    new = plan_file(SMALL.replace("30/3/2020", "31/3/2020"), "moi.yaml")
    found = kh("simulate", "--diff", old, new, "--json").json
    assert not found["added"]
    assert not found["dropped"]
    assert {"recipient": "h1@t.example.vn", "task": "bao-cao/h1", "rung": "T-1", "old": "2020-03-27",
            "new": "2020-03-27"} not in found["moved"]  # fmt: skip
    assert {"recipient": "h1@t.example.vn", "task": "bao-cao/h1", "rung": "T+1", "old": "2020-03-31",
            "new": "2020-04-01"} in found["moved"]  # fmt: skip
    fewer = plan_file(SMALL.replace("responsible: {each: huyen}", "responsible: h1"), "it.yaml")
    dropped = kh("simulate", "--diff", old, fewer, "--json").json["dropped"]
    assert {item["task"] for item in dropped} == {"bao-cao/h2"}
    assert "31/03/2020" in kh("simulate", "--diff", old, new).out


def test_by_day_by_recipient_and_the_totals(kh: Kh, plan_file: Any) -> None:
    plan = plan_file()
    text = kh("simulate", plan).out
    assert "Wednesday 04/03/2020 (2)" in text
    assert "nobody acts" in text
    assert "h1, h2" in text
    assert "h1@t.example.vn (" in kh("simulate", plan, "--by", "recipient").out
    assert "h2@t.example.vn" not in kh("simulate", plan, "--to", "h1").out
    assert "thứ Tư 04/03/2020" in kh("--lang", "vi", "simulate", plan).out


def test_as_a_table_no_cell_is_a_formula(kh: Kh, plan_file: Any, tmp_path: Path) -> None:
    plan = plan_file(SMALL.replace("so-a@t.example.vn", "+so-a@t.example.vn"))
    rows = list(csv.DictReader(io.StringIO(kh("simulate", plan, "--csv").out)))
    assert rows[0]["date"] == "2020-03-04"
    assert rows[0]["task"] == "nho/bao-cao/h1"
    assert {row["recipient"][0] for row in rows if "so-a" in row["recipient"]} == {"'"}
    kh("simulate", plan, "--csv", "-o", tmp_path / "ra.csv")
    assert (tmp_path / "ra.csv").read_bytes().startswith(b"\xef\xbb\xbfdate")


def test_as_a_calendar(kh: Kh, plan_file: Any) -> None:
    plan = plan_file(SMALL.replace("name: Báo cáo", 'name: "Báo cáo\\nBEGIN:VALARM; x, y"'))
    calendar = Calendar.from_ical(kh("simulate", plan, "--ics").out)
    events = calendar.walk("VEVENT")
    assert events[0]["dtstart"].dt == date(2020, 3, 4)
    assert "BEGIN:VALARM; x, y" in str(events[0]["summary"])
    assert not calendar.walk("VALARM")


WRONG = (
    (("--assume", "maybe"), "on-time"),
    (("--assume", "late=200%"), "late=20%"),
    (("--late", "h1"), "tp-a=10d"),
    (("--late", "so-b=2d"), "so-a"),
    (("--late", "h1=soon"), "10d"),
    (("--late", "h1=1 tháng"), "10d"),
    (("--down", "2020-04-10..2020-04-01"), "2020"),
    (("--until", "30/4/2020"), "2020-04-24"),
    (("--at", "2020-06-01"), "--backdate"),
)


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_what_is_not_understood_says_what_would_be(kh: Kh, plan_file: Any, words: tuple[str, ...], said: str) -> None:
    ran = kh("simulate", plan_file(), *words, ok=False)
    assert ran.code == 1
    assert said in ran.err


def test_a_broken_plan_is_refused_with_its_places(kh: Kh, plan_file: Any) -> None:
    ran = kh("simulate", plan_file(SMALL.replace("submit_to: so-a", "submit_to: so-b")), ok=False)
    assert ran.code == 1
    assert "plan.yaml:" in ran.err
    assert kh("simulate", plan_file(), plan_file(), ok=False).code == 2
