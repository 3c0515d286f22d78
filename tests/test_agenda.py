"""On which days which rung of a ladder falls due: tables of days, worked out by hand on a calendar of 2020.

2 April 2020 (Giỗ Tổ), 30 April and 1 May are days off.
"""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL, at

from engine.calendar import Calendar
from engine.clock import local_date
from engine.deadlines import Duration, Offset
from engine.escalation import agenda, find_rung, next_morning, rungs_of, timeline
from engine.ladders import Repeat, Rung, Timeline, built_in, label, make_rung, moved, rung_id, shift, with_unique_ids
from engine.plan.blueprint import Blueprint
from engine.plan.loader import load
from engine.rows import TaskRow

CALENDAR = Calendar()
# Opened on 4 March, `trước ngày 30/3/2020`: the 29th, a Sunday, is the last good day.
TIMES = Timeline(
    opened_at=at("2020-03-04 09:00"), last_day=date(2020, 3, 29), counts_from=date(2020, 3, 30), window_from=None,
    submitted_at=None, returned_at=None,
)  # fmt: skip
END = at("2020-12-31 23:00")


def due(
    rung: Rung | tuple[Rung, ...], times: Timeline = TIMES, since: datetime | None = None, until: datetime = END
) -> list[str]:
    """The occurrences that fell due, as `rung n day`, and at last the day of the next one."""
    rungs = rung if isinstance(rung, tuple) else (rung,)
    found, following = agenda(rungs, times, CALENDAR, since, until)
    lines = [f"{one.rung.id} {one.occurrence} {local_date(one.at):%d/%m}" for one in found]
    return [*lines, f"then {local_date(following):%d/%m}"] if following else lines


# ---- the built-in ladders -------------------------------------------------------------------------------------------

DON_DOC = (
    ("opening", "04/03", 0, "giao-viec", None, "responsible"),
    ("T-7", "19/03", 0, "nhac-viec", "not-submitted", "responsible"),
    ("T-3", "25/03", 0, "nhac-viec", "not-submitted", "responsible"),
    ("T-1", "27/03", 0, "nhac-viec", "not-submitted", "responsible"),
    ("T0", "30/03", 0, "tiep-nhan", "not-submitted", "submit_to coordinator"),
    ("T+1", "31/03", 1, "nhac-qua-han", "not-submitted", "responsible"),
    ("T+3", "03/04", 2, "don-doc", "not-submitted", "responsible coordinator"),
    ("T+5", "07/04", 3, "bao-cao-cap-tren", "not-submitted", "parent coordinator"),
    ("T+10", "14/04", 4, "giai-trinh", "not-submitted", "responsible head"),
)


def test_the_built_in_ladder_is_that_of_the_contract() -> None:
    ladder = built_in("don-doc")
    found = [(rung.id, rung.severity, rung.template, rung.condition, " ".join(rung.to)) for rung in ladder]
    assert found == [(name, *rest) for name, _day, *rest in DON_DOC]
    assert due(ladder) == [f"{row[0]} 1 {row[1]}" for row in DON_DOC]
    assert {rung.id for rung in ladder if rung.letter} == {"T+3"}
    assert {(rung.release, rung.urgent, rung.repeat) for rung in ladder} == {("auto", False, None)}


def test_the_shorter_ladders() -> None:
    facts = [(rung.id, rung.template, rung.condition, rung.to) for rung in built_in("soft")]
    assert facts == [
        ("opening", "giao-viec", None, ("responsible",)), ("T-3", "nhac-viec", "not-submitted", ("responsible",)),
    ]  # fmt: skip
    assert due(built_in("ongoing")) == ["opening 1 04/03"]
    assert built_in("none") == ()


@pytest.mark.parametrize(
    ("since", "until", "lines"),
    [
        # after the day before, up to and with the moment itself
        ("2020-03-19 07:30", "2020-03-25 07:30", ["T-3 1 25/03", "then 27/03"]),
        ("2020-03-19 07:29", "2020-03-25 07:29", ["T-7 1 19/03", "then 25/03"]),
        ("2020-04-13 12:00", "2020-04-14 12:00", ["T+10 1 14/04"]),
        ("2020-04-14 12:00", "2020-04-15 12:00", []),
    ],
)
def test_what_fell_due_between_two_sweeps(since: str, until: str, lines: list[str]) -> None:
    assert due(built_in("don-doc"), TIMES, at(since), at(until)) == lines


# ---- one rung, whatever it hangs on ---------------------------------------------------------------------------------

APRIL = replace(TIMES, last_day=None, counts_from=None, window_from=date(2020, 4, 21))
SENT = replace(TIMES, submitted_at=at("2020-04-01 23:30"), returned_at=at("2020-04-29 00:10"))
GRACE = replace(TIMES, grace=Duration(2, "day"))
RUNGS: tuple[tuple[str, str | None, Timeline, list[str]], ...] = (
    ("7 ngày làm việc trước hạn", None, TIMES, ["T-7 1 19/03"]),
    ("8 ngày trước hạn", None, TIMES, ["T-8d 1 20/03"]),  # the 21st is a Saturday: told on the Friday before
    ("1 tuần trước hạn", None, TIMES, ["T-1w 1 20/03"]),
    ("1 tháng trước hạn", None, TIMES, ["T-1m 1 28/02"]),
    ("ngày hạn", None, TIMES, ["T0 1 30/03"]),
    ("3 ngày sau hạn", None, TIMES, ["T+3d 1 03/04"]),  # the 2nd is a day off
    ("3 ngày làm việc sau hạn", None, TIMES, ["T+3 1 03/04"]),
    ("1 tuần sau hạn", None, TIMES, ["T+1w 1 06/04"]),
    ("1 tháng sau hạn", None, TIMES, ["T+1m 1 04/05"]),  # 30 April to 3 May: days off and a weekend
    # reminders count from the last good day, all else from the named one, where there is one
    ("1 ngày trước hạn", None, replace(TIMES, last_day=None), []),
    ("1 ngày sau hạn", None, replace(TIMES, counts_from=None), []),
    ("ngày hạn", None, replace(TIMES, counts_from=None), []),
    # a day of grace: no notice yet, but for what comes before the day and on it
    ("1 ngày làm việc sau hạn", None, GRACE, ["T+1 1 03/04"]),
    ("ngày hạn", None, GRACE, ["T0 1 30/03"]),
    ("3 ngày làm việc trước hạn", None, GRACE, ["T-3 1 25/03"]),
    ("2 ngày sau hạn", None, replace(TIMES, grace=Duration(2, "working-day")), ["T+2d 1 03/04"]),
    ("1 ngày làm việc sau khi gửi", None, replace(SENT, grace=Duration(2, "day")), ["submission+1 1 03/04"]),
    # the day of the hand-in is that of the office, not that of Greenwich
    ("1 ngày sau khi gửi", None, SENT, ["submission+1d 1 03/04"]),
    ("1 ngày làm việc sau khi trả lại", None, SENT, ["return+1 1 04/05"]),
    ("khi gửi", None, SENT, ["submission 1 01/04"]),
    ("khi gửi", None, TIMES, []),
    ("2 ngày làm việc sau khi giao", None, TIMES, ["opening+2 1 06/03"]),
    ("khi giao việc", None, replace(TIMES, opened_at=None), []),
    # a day to be fixed: asked for before the window; one that is fixed is asked for no more
    ("10 ngày làm việc trước hạn", "not-fixed", APRIL, ["T-10 1 07/04"]),
    ("ngày hạn", "not-fixed", APRIL, ["T0 1 21/04"]),
    ("10 ngày làm việc trước hạn", "not-fixed", TIMES, []),
    ("3 ngày làm việc sau khi giao", "not-fixed", APRIL, ["opening+3 1 09/03"]),
    ("10 ngày làm việc trước hạn", None, APRIL, []),
    # no date at all
    ("1 tháng sau khi giao", "undated", replace(TIMES, last_day=None), ["opening+1m 1 06/04"]),
    ("1 tháng sau khi giao", "undated", TIMES, []),
    ("1 tháng sau khi giao", "undated", APRIL, []),
)


@pytest.mark.parametrize(("when", "condition", "times", "lines"), RUNGS)
def test_the_day_of_a_rung(when: str, condition: str | None, times: Timeline, lines: list[str]) -> None:
    assert due(make_rung(when, 0, ["responsible"], "nhac-viec", condition=condition), times) == lines


def test_a_rung_that_counts_no_more_keeps_none_behind_it_back() -> None:
    asking = make_rung("1 tháng sau khi giao", 0, ["coordinator"], "chua-co-han", condition="undated")
    assert due((asking, *built_in("ongoing"), asking)) == ["opening 1 04/03"]


def test_the_day_of_a_hand_in_is_that_of_the_office_s_own_zone() -> None:
    rung = make_rung("1 ngày sau khi gửi", 0, ["coordinator"], "nhac-viec")
    evening = replace(TIMES, submitted_at=at("2020-03-23 23:30"))  # in Tokyo it is the 24th already
    for place, day in (("Asia/Ho_Chi_Minh", 24), ("Asia/Tokyo", 25)):
        (found,), _following = agenda((rung,), evening, Calendar(zone=place), None, END)
        assert local_date(found.at, place) == date(2020, 3, day)


def test_the_opening_is_told_at_its_very_moment_and_all_else_when_work_begins() -> None:
    opening = make_rung("opening", 0, ["responsible"], "giao-viec", repeat=Repeat(Duration(1, "week"), 2))
    found, _following = agenda((opening,), TIMES, CALENDAR, None, END)
    assert [one.at for one in found] == [at("2020-03-04 09:00"), at("2020-03-11 07:30")]
    (later,), _following = agenda((make_rung("1 ngày sau khi giao", 0, ["head"], "nhac-viec"),), TIMES, CALENDAR, None,
                                  END)  # fmt: skip
    assert later.at == at("2020-03-05 07:30")


REPEATS = (
    ("1 ngày làm việc sau hạn", Repeat(Duration(5, "working-day"), 3), ["1 31/03", "2 08/04", "3 15/04"]),
    ("1 ngày làm việc sau hạn", Repeat(Duration(1, "week"), 2), ["1 31/03", "2 07/04"]),
    ("1 ngày làm việc sau hạn", Repeat(Duration(1, "week"), 1), ["1 31/03"]),
    # counted from the day itself, not from where a day off pushed the time before
    ("3 ngày sau hạn", Repeat(Duration(7, "day"), 3), ["1 03/04", "2 09/04", "3 16/04"]),
    ("1 tháng trước hạn", Repeat(Duration(1, "month"), 3), ["1 28/02", "2 27/03", "3 29/04"]),
)


@pytest.mark.parametrize(("when", "repeat", "lines"), REPEATS)
def test_a_rung_that_repeats(when: str, repeat: Repeat, lines: list[str]) -> None:
    rung = make_rung(when, 0, ["responsible"], "nhac-viec", repeat=repeat)
    assert due(rung) == [f"{rung.id} {line}" for line in lines]


def test_a_rung_without_an_end_names_its_next_time() -> None:
    rung = make_rung(
        "1 ngày làm việc sau hạn", 0, ["responsible"], "nhac-viec", repeat=Repeat(Duration(1, "week"), None)
    )
    assert due(rung, until=at("2020-04-08 12:00")) == ["T+1 1 31/03", "T+1 2 07/04", "then 14/04"]


# ---- names and arithmetic -------------------------------------------------------------------------------------------

NAMES = {
    "ngày hạn": "T0", "khi giao việc": "opening", "khi gửi": "submission", "khi trả lại": "return",
    "7 ngày làm việc trước hạn": "T-7", "7 ngày trước hạn": "T-7d", "2 tuần sau hạn": "T+2w", "1 tháng sau hạn": "T+1m",
    "3 ngày làm việc sau khi gửi": "submission+3", "3 ngày sau khi trả lại": "return+3d",
    "1 ngày làm việc trước khi giao": "opening-1",
}  # fmt: skip


@pytest.mark.parametrize(("when", "name"), NAMES.items())
def test_a_rung_is_called_by_its_time(when: str, name: str) -> None:
    assert make_rung(when, 1, ["head"], "don-doc").id == name


def test_rungs_of_one_time_are_numbered() -> None:
    names = ["opening", "T+1", "T+1", "opening", "T+1", "T0"]
    rungs = [replace(make_rung("ngày hạn", 0, ["head"], "don-doc"), id=name) for name in names]
    assert [rung.id for rung in with_unique_ids(rungs)] == ["opening", "T+1", "T+1#2", "opening#2", "T+1#3", "T0"]


def test_a_rung_is_what_its_words_say() -> None:
    repeat = Repeat(Duration(2, "day"), 3)
    more: dict[str, Any] = {"condition": "not-accepted", "repeat": repeat, "letter": True, "release": "sign",
                            "urgent": True}  # fmt: skip
    found = make_rung("2 tuần sau khi gửi", 3, ["head", "parent"], "don-doc", **more)
    offset = Offset(2, "week", "after", "submission")
    assert found == Rung("submission+2w", 3, offset, ("head", "parent"), "don-doc", **more)
    assert rung_id(offset) == "submission+2w"


def test_so_many_durations_on_and_back() -> None:
    monday = date(2020, 3, 30)
    assert shift(monday, Duration(2, "working-day"), 2, CALENDAR) == date(2020, 4, 6)
    assert shift(monday, Duration(2, "day"), 2, CALENDAR) == date(2020, 4, 3)
    assert shift(monday, Duration(1, "month"), 2, CALENDAR) == date(2020, 5, 30)
    assert shift(monday, Duration(-2, "working-day"), 1, CALENDAR) == date(2020, 3, 26)
    assert moved(monday, Offset(2, "day", "before", "deadline"), CALENDAR) == date(2020, 3, 28)
    assert moved(monday, Offset(2, "day", "after", "deadline"), CALENDAR) == date(2020, 4, 1)


def test_a_template_has_its_label() -> None:
    assert (label("giao-viec"), label("don-doc")) == ("Assignment", "Chasing")


def test_the_next_morning_is_that_of_a_working_day() -> None:
    assert next_morning(at("2020-04-01 23:30"), CALENDAR) == at("2020-04-03 07:30")
    assert next_morning(at("2020-04-03 06:00"), CALENDAR) == at("2020-04-06 07:30")
    assert next_morning(at("2020-04-05 06:00"), CALENDAR) == at("2020-04-06 07:30")
    there = Calendar(zone="UTC")  # where it is still the 6th
    assert next_morning(at("2020-04-07 06:00"), there) == at("2020-04-07 14:30")


# ---- the dates of a task that rungs hang on -------------------------------------------------------------------------

MORE = (
    SMALL
    + """
  mem: {name: Khuyến khích, clause: I.3, soft: true, responsible: so-a, deadline: trước ngày 30/3/2020}
  thuong: {name: Thường xuyên, clause: I.4, type: ongoing, responsible: so-a}
  khong: {name: Không nhắc, clause: I.5, ladder: none, responsible: so-a, deadline: trước ngày 30/3/2020}
  gia: {name: Gia hạn, clause: I.6, grace: 2 ngày làm việc, responsible: so-a, deadline: trước ngày 30/3/2020}
"""
)


@pytest.fixture(scope="module")
def blueprint() -> Blueprint:
    return load(Path("p.yaml"), MORE.encode()).blueprint


def task(**facts: Any) -> TaskRow:
    plain = dict.fromkeys(TaskRow._fields) | {"stage": "bao-cao", "unit": "h1", "paused_days": 0, "approximate": False}
    return TaskRow(**plain | {"provisional": False, "opened_at": at("2020-03-04 09:00")} | facts)


LAST, NAMED = date(2020, 3, 29), date(2020, 3, 30)
DATES: tuple[tuple[dict[str, Any], Timeline], ...] = (
    ({"last_day": LAST, "named": NAMED}, TIMES),
    ({"last_day": LAST}, replace(TIMES, counts_from=LAST)),
    # rolled off a day off, or more time granted: the later one
    ({"last_day": date(2020, 4, 6), "named": NAMED},
     replace(TIMES, last_day=date(2020, 4, 6), counts_from=date(2020, 4, 6))),
    ({"last_day": LAST, "named": NAMED, "paused_days": 5}, replace(TIMES, counts_from=date(2020, 4, 4))),
    ({"last_day": LAST, "named": NAMED, "provisional": True}, replace(TIMES, counts_from=None)),
    ({"last_day": LAST, "named": NAMED, "stage": "mem"}, replace(TIMES, counts_from=None)),
    ({"last_day": LAST, "named": NAMED, "stage": "gia"}, replace(TIMES, grace=Duration(2, "working-day"))),
    ({"from_on": date(2020, 4, 21), "approximate": True}, APRIL),
    # a window with firm ends is no open day
    ({"from_on": date(2020, 4, 21), "last_day": LAST}, replace(TIMES, counts_from=LAST)),
    ({"last_day": LAST, "named": NAMED, "submitted_at": SENT.submitted_at, "returned_at": SENT.returned_at}, SENT),
    ({"opened_at": None}, replace(TIMES, opened_at=None, last_day=None, counts_from=None)),
)  # fmt: skip


@pytest.mark.parametrize(("facts", "times"), DATES)
def test_the_dates_of_a_task(blueprint: Blueprint, facts: dict[str, Any], times: Timeline) -> None:
    assert timeline(blueprint, task(**facts)) == times


def test_which_rungs_count_for_a_stage(blueprint: Blueprint) -> None:
    names = {stage: [rung.id for rung in rungs_of(blueprint, stage)] for stage in blueprint.plan.stages}
    whole = [row[0] for row in DON_DOC]
    assert names["bao-cao"] == [*whole, "fix-date", "undated"]
    assert names["mem"] == ["opening", "T-3"]  # never overdue: nobody is asked for a date
    assert names["thuong"] == ["opening"]
    assert names["khong"] == []


def test_a_rung_is_found_by_its_id(blueprint: Blueprint) -> None:
    for name, template in (("T+3", "don-doc"), ("undated", "chua-co-han"), ("remind", "nhac-viec")):
        found = find_rung(blueprint, "bao-cao", name)
        assert found is not None
        assert (found.id, found.template) == (name, template)
    assert find_rung(blueprint, "bao-cao", "T+99") is None
    assert find_rung(blueprint, "khong", "T+3") is None
