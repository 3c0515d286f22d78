"""A plan as a calendar, read back by another library than the one that wrote it."""

import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from conftest import SMALL, Kh, at
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event, EventStatus
from ical.todo import TodoStatus

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

Write = Callable[..., Path]
MORE = """
  hoi-nghi:
    name: Hội nghị
    clause: II.2
    type: event
    deadline: cuối tháng 4/2020
    chair: ubnd
    attend: [h2]
  goi-so-lieu:
    name: Gửi số liệu
    clause: II.3
    responsible: h1
    deadline: trước 14 giờ ngày 24/4/2020
  khi-can:
    name: Báo cáo đột xuất
    clause: II.4
    responsible: h1
    deadline: khi có yêu cầu
"""


@pytest.fixture
def started(kh: Kh, plan_file: Write) -> Kh:
    kh("start", plan_file(SMALL + MORE), "--id", "dt", "--at", "2020-03-04T08:00")
    return kh


def read(text: str) -> Calendar:
    return IcsCalendarStream.calendar_from_ics(text)


def events(kh: Kh, *words: str) -> dict[str, Event]:
    """By the task each one is about, the last line of its description."""
    found = read(kh("feed", "dt", *words).out).events
    return {(event.description or "").splitlines()[-1]: event for event in found}


def test_each_dated_task_stands_on_its_last_good_day(started: Kh) -> None:
    found = events(started)
    assert set(found) == {"dt/bao-cao/h1", "dt/bao-cao/h2", "dt/hoi-nghi/ubnd", "dt/goi-so-lieu/h1"}
    event = found["dt/bao-cao/h1"]
    assert (event.dtstart, event.dtend) == (date(2020, 3, 29), date(2020, 3, 30))
    assert event.summary == "Báo cáo – Huyện Một"
    assert event.status == EventStatus.CONFIRMED
    assert (event.description or "").splitlines() == [
        "Kế hoạch 1/KH-UBND, mục I.1", "Kế hoạch ghi: “trước ngày 30/3/2020”", "Nơi nhận: Sở A",
        "Trạng thái: Chờ tiếp nhận", "dt/bao-cao/h1",
    ]  # fmt: skip


def test_times_of_day_and_windows(started: Kh) -> None:
    found = events(started)
    timed, window = found["dt/goi-so-lieu/h1"], found["dt/hoi-nghi/ubnd"]
    assert timed.dtstart == at("2020-04-24 14:00")
    assert (window.dtstart, window.dtend, window.status) == (date(2020, 4, 21), date(2020, 5, 1), EventStatus.TENTATIVE)


def test_it_rings_on_the_mornings_of_the_reminders(started: Kh) -> None:
    rings = [
        start + alarm.trigger
        for task, start in (("bao-cao", at("2020-03-29 00:00")), ("goi-so-lieu", at("2020-04-24 14:00")))
        for alarm in events(started)[f"dt/{task}/h1"].alarm if isinstance(alarm.trigger, timedelta)
    ]  # fmt: skip
    assert rings == [at(f"2020-{day} 07:30") for day in ("03-19", "03-25", "03-27", "04-15", "04-21", "04-23")]
    assert not events(started)["dt/hoi-nghi/ubnd"].alarm


def test_a_new_day_is_the_same_entry_of_the_next_sequence(started: Kh) -> None:
    before = events(started)["dt/hoi-nghi/ubnd"]
    started("fix-date", "dt/hoi-nghi", "2020-04-24", "--at", "2020-03-10T09:00")
    after = events(started)["dt/hoi-nghi/ubnd"]
    assert after.uid == before.uid
    assert (after.sequence or 0) > (before.sequence or 0)
    assert (after.dtstart, after.status) == (date(2020, 4, 24), EventStatus.CONFIRMED)
    assert after.dtstamp == at("2020-03-10 09:00")


def test_what_is_done_or_dropped_says_so_and_is_silent(started: Kh) -> None:
    started("submit", "dt/bao-cao/h1", "--at", "2020-03-10")
    started("cancel", "dt/bao-cao/h2", "--at", "2020-03-10", "--reason", "thôi")
    found = events(started)
    done, dropped = found["dt/bao-cao/h1"], found["dt/bao-cao/h2"]
    assert (done.summary, done.status) == ("Hoàn thành: Báo cáo – Huyện Một", EventStatus.CONFIRMED)
    assert dropped.status == EventStatus.CANCELLED
    assert not done.alarm
    assert not dropped.alarm


def test_a_unit_s_own_calendar_has_what_it_does_or_attends(started: Kh) -> None:
    assert set(events(started, "--unit", "h2")) == {"dt/bao-cao/h2", "dt/hoi-nghi/ubnd"}
    assert events(started, "--unit", "h2")["dt/bao-cao/h2"].summary == "Báo cáo"
    assert len(events(started, "--unit", "huyen")) == 4
    ran = started("feed", "dt", "--unit", "h3", ok=False)
    assert ran.code == 1
    assert "not found: h3" in ran.err


def test_as_to_dos_even_those_without_a_day(started: Kh) -> None:
    started("submit", "dt/bao-cao/h1", "--at", "2020-03-10")
    text = started("feed", "dt", "--todo").out
    found = {(todo.description or "").splitlines()[-1]: todo for todo in read(text).todos}
    assert found["dt/bao-cao/h1"].status == TodoStatus.COMPLETED
    assert (found["dt/bao-cao/h2"].due, found["dt/bao-cao/h2"].status) == (date(2020, 3, 29), TodoStatus.NEEDS_ACTION)
    assert found["dt/khi-can/h1"].due is None
    assert text.count("TRIGGER;RELATED=END:-P") == 6  # three reminders each of two open tasks


def test_the_same_state_gives_the_same_bytes(started: Kh, tmp_path: Path, freezer: object) -> None:
    started("feed", "dt", "-o", tmp_path / "mot.ics")
    freezer.move_to("2031-01-01")  # type: ignore[attr-defined]
    started("feed", "dt", "-o", tmp_path / "hai.ics")
    assert (tmp_path / "mot.ics").read_bytes() == (tmp_path / "hai.ics").read_bytes()
    assert b"\r\n" in (tmp_path / "mot.ics").read_bytes()


def test_hostile_names_add_no_line(kh: Kh, plan_file: Write, tmp_path: Path) -> None:
    name = 'name: "Báo cáo\\r\\nBEGIN:VALARM\\x85END:VEVENT\\u2028X;,\\\\n"'
    kh("start", plan_file(SMALL.replace("name: Báo cáo", name)), "--id", "dt", "--at", "2020-03-04T08:00")
    kh("feed", "dt", "-o", tmp_path / "dt.ics")
    text = (tmp_path / "dt.ics").read_bytes().decode()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert sum(line == "BEGIN:VALARM" for line in text.splitlines()) == 6
    for event in read(text).events:
        assert event.summary is not None
        assert event.summary.startswith("Báo cáo BEGIN:VALARM END:VEVENT X;,\\n – Huyện")


def test_without_the_extra_it_says_what_to_install(started: Kh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    ran = started("feed", "dt", ok=False)
    assert ran.code == 4
    assert "kh-engine[ics]" in ran.err
