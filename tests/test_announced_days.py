"""Announced days: what was counted in working days moves, what was fixed stays, nothing due is passed over."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL, Kh, Mailbox

STORM = """
announcements:
  - source: Công văn số 12/UBND-VX ngày 23/3/2020
    off: 2020-03-26 .. 2020-03-27
"""
SWAP = """
announcements:
  - source: Thông báo số 9/TB ngày 25/3/2020
    off: 2020-04-07
    work: 2020-04-11
"""


@pytest.fixture
def calendar_file(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str, name: str = "lich.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def _tasks(kh: Kh, *selectors: str) -> dict[str, Any]:
    return {row["task"]: row for row in kh("tasks", *selectors, "--json").json}


def test_a_duration_moves_with_the_swap_and_each_moved_task_has_an_entry(
    kh: Kh, plan_file: Any, calendar_file: Any, freezer: Any
) -> None:
    freezer.move_to("2020-03-04T02:00:00Z")
    kh("start", plan_file())
    freezer.move_to("2020-03-26T02:00:00Z")
    kh("submit", "nho/bao-cao")
    assert _tasks(kh)["nho/tong-hop/so-a"]["last_day"] == "2020-04-10"
    file = calendar_file(SWAP)
    shown = kh("calendar", "load", file, "--dry-run").out
    assert "nho/tong-hop/so-a" in shown
    assert "10/04/2020" in shown
    assert "11/04/2020" in shown
    assert _tasks(kh)["nho/tong-hop/so-a"]["last_day"] == "2020-04-10"
    found = kh("calendar", "load", file, "--json").json
    assert [day["day"] for day in found["days"]] == ["2020-04-07", "2020-04-11"]
    assert [one["task"] for one in found["moved"]] == ["nho/tong-hop/so-a"]
    assert found["moved"][0]["moved"][0] == {"what": "deadline", "from": "2020-04-10", "to": "2020-04-11"}
    after = _tasks(kh)
    assert after["nho/tong-hop/so-a"]["last_day"] == "2020-04-11"
    assert after["nho/tong-hop/so-a"]["original_last_day"] == "2020-04-10"
    assert after["nho/bao-cao/h1"]["last_day"] == "2020-03-29"
    entries = [row for row in kh("log", "nho/tong-hop", "--json").json if row["trigger"] == "calendar"]
    assert [row["doc"] for row in entries] == ["Thông báo số 9/TB ngày 25/3/2020"]
    again = kh("calendar", "load", file, "--json").json
    assert again == {"days": [], "moved": []}


def test_a_day_set_by_hand_stays(kh: Kh, plan_file: Any, calendar_file: Any, freezer: Any) -> None:
    freezer.move_to("2020-03-04T02:00:00Z")
    kh("start", plan_file())
    freezer.move_to("2020-03-26T02:00:00Z")
    kh("submit", "nho/bao-cao")
    kh("fix-date", "nho/tong-hop", "2020-04-10")
    found = kh("calendar", "load", calendar_file(SWAP), "--json").json
    assert all(shift["what"] != "deadline" for one in found["moved"] for shift in one["moved"])
    assert _tasks(kh)["nho/tong-hop/so-a"]["last_day"] == "2020-04-10"


def test_a_reminder_moved_back_behind_the_last_sweep_still_goes_out_once(
    kh: Kh, plan_file: Any, calendar_file: Any, mailbox: Mailbox, freezer: Any
) -> None:
    freezer.move_to("2020-03-04T02:00:00Z")
    kh("start", plan_file())
    freezer.move_to("2020-03-20T01:00:00Z")
    kh("tick")
    freezer.move_to("2020-03-24T01:00:00Z")  # three working days before 29 March is the 25th
    kh("tick")
    before = len(mailbox.to("h1@t.example.vn"))
    kh("calendar", "load", calendar_file(STORM))  # and now it is the 23rd
    for _morning in range(2):
        kh("tick")
    assert len(mailbox.to("h1@t.example.vn")) == before + 1
    freezer.move_to("2020-03-25T01:00:00Z")  # one working day before, now that two are off
    kh("tick")
    assert len(mailbox.to("h1@t.example.vn")) == before + 2


def test_a_closure_moves_only_the_reminders_of_the_closed_unit(
    kh: Kh, plan_file: Any, calendar_file: Any, freezer: Any
) -> None:
    freezer.move_to("2020-03-04T02:00:00Z")
    kh("start", plan_file())
    for scope, concerned in (("unit: h1", {"h1"}), ("level: district", {"h2"}), ("level: commune", set())):
        text = STORM + f"    directory: nho\n    {scope}\n"
        found = kh("calendar", "load", calendar_file(text), "--json").json
        assert {one["task"].split("/")[-1] for one in found["moved"]} == concerned
    assert "h1" in kh("calendar", "2020").out


def test_a_plan_names_its_calendar(kh: Kh, plan_file: Any, calendar_file: Any, freezer: Any) -> None:
    freezer.move_to("2020-03-04T02:00:00Z")
    calendar_file("calendar: tinh-x\n" + SWAP)
    own = SMALL.replace("coordinator: so-a", "calendar: lich.yaml\ncoordinator: so-a")
    kh("start", plan_file(own), "--id", "theo-lich")
    kh("start", plan_file(), "--id", "thuong")
    freezer.move_to("2020-03-26T02:00:00Z")
    kh("submit", "*/bao-cao")
    days = {name: row["last_day"] for name, row in _tasks(kh, "*/tong-hop").items()}
    assert days == {"theo-lich/tong-hop/so-a": "2020-04-11", "thuong/tong-hop/so-a": "2020-04-10"}
    listed = {row["day"] for row in kh("calendar", "2020", "--calendar", "tinh-x", "--json").json}
    assert {"2020-04-07", "2020-04-11"} <= listed
    assert not {"2020-04-07", "2020-04-11"} & {row["day"] for row in kh("calendar", "2020", "--json").json}
    assert kh("calendar", "2020", "--calendar", "tinh-y", ok=False).code == 1


def test_a_day_rolled_off_a_holiday_rolls_again(kh: Kh, plan_file: Any, calendar_file: Any, freezer: Any) -> None:
    freezer.move_to("2020-03-04T02:00:00Z")
    rolled = SMALL.replace(
        "    deadline: trước ngày 30/3/2020", "    deadline: chậm nhất ngày 26/3/2020\n    roll: next"
    )
    kh("start", plan_file(rolled))
    kh("calendar", "load", calendar_file(STORM))
    row = _tasks(kh)["nho/bao-cao/h1"]
    assert (row["named"], row["last_day"]) == ("2020-03-26", "2020-03-30")


def test_an_announcement_can_be_taken_back(kh: Kh, calendar_file: Any) -> None:
    kh("calendar", "load", calendar_file(STORM))
    kh("calendar", "load", calendar_file(STORM.replace("off:", "as_usual:")))
    assert not [row for row in kh("calendar", "2020", "--json").json if row["day"].startswith("2020-03")]


def test_a_year_not_announced_yet_says_so(kh: Kh, calendar_file: Any) -> None:
    assert "2027" in kh("calendar", "2027").err
    kh("calendar", "load", calendar_file(SWAP.replace("2020", "2027")))
    assert not kh("calendar", "2027").err
    assert not kh("calendar", "2020").err


BAD = (
    ("announcements: []", "announcements"),
    ("announcements:\n  - source: CV 1\n", "`off`"),
    ("announcements:\n  - {source: CV 1, off: 30/2/2020}\n", "30/2/2020"),
    ("announcements:\n  - {source: CV 1, off: 2020-01-01 .. 2022-01-01}\n", "year"),
    ("announcements:\n  - {source: CV 1, off: 2020-01-03, work: 2020-01-03}\n", "twice"),
    ("announcements:\n  - {source: CV 1, off: 2020-01-03, unit: so-a}\n", "directory"),
    ("announcements:\n  - {source: CV 1, of: 2020-01-03}\n", "ý bạn là|did you mean|off"),
    ("- a\n- b\n", "calendar"),
)


@pytest.mark.parametrize(("text", "said"), BAD)
def test_a_wrong_calendar_is_refused_with_its_place(
    kh: Kh, plan_file: Any, calendar_file: Any, text: str, said: str
) -> None:
    file = calendar_file(text)
    ran = kh("calendar", "load", file, ok=False)
    assert ran.code == 1
    assert "lich.yaml:" in ran.err
    assert any(part in ran.err for part in said.split("|"))
    plan = plan_file(SMALL.replace("coordinator: so-a", "calendar: lich.yaml\ncoordinator: so-a"))
    assert kh("check", plan, ok=False).code == 1
    file.unlink()
    assert "lich.yaml" in kh("check", plan, ok=False).out
