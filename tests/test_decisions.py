"""Each reason a notice is sent or not for: a pure function and its whole table."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from engine.calendar import Calendar
from engine.decisions import REASONS, SEND, decide, is_too_early
from engine.ladders import MANUAL_RUNGS, SYSTEM_RUNGS, Rung, make_rung
from engine.rows import DecisionRow, SilenceRow, TaskRow
from engine.states import State

NOW = datetime(2020, 3, 31, 0, 30, tzinfo=UTC)
TASK = TaskRow(**{
    **dict.fromkeys(TaskRow._fields), "id": 1, "instance_id": 1, "stage": "a", "period": "", "unit": "u",
    "state": State.ASSIGNED, "version": 1, "opened_at": NOW - timedelta(27), "touched_at": NOW - timedelta(27),
    "deadline_version": 1, "last_day": date(2020, 3, 29), "approximate": False, "by_hand": False, "instance": "i",
})  # fmt: skip
DECISION = DecisionRow(**{**dict.fromkeys(DecisionRow._fields), "id": 1, "task_id": 1, "deadline_version": 1})
QUIET = SilenceRow(1, 1, NOW + timedelta(1), "lan", "hẹn thứ Sáu", NOW, None)


def rung(when: str = "1 ngày làm việc sau hạn", condition: str | None = None) -> Rung:
    return make_rung(when, 1, ["responsible"], "don-doc", condition=condition)


OWED = rung(condition="not-submitted")
TAKEN_UP = rung(condition="not-acknowledged")
UNACCEPTED = rung(condition="not-accepted")
LYING = rung("2 ngày làm việc sau khi nộp", "not-accepted")

CASES: tuple[tuple[str, Rung, dict[str, Any], str], ...] = (
    ("still owed", OWED, {}, SEND),
    ("taken up but not handed in", OWED, {"state": State.IN_PROGRESS}, SEND),
    ("sent back", OWED, {"state": State.RETURNED}, SEND),
    ("handed in", OWED, {"state": State.SUBMITTED}, "done"),
    ("completed", OWED, {"state": State.COMPLETED}, "done"),
    ("cancelled", OWED, {"state": State.CANCELLED}, "dropped"),
    ("exempt", OWED, {"state": State.EXEMPT}, "dropped"),
    ("waiting again", OWED, {"state": State.WAITING}, "dropped"),
    ("suspended", OWED, {"state": State.SUSPENDED}, "suspended"),
    ("between two units", OWED, {"state": State.TRANSFERRING}, "transferring"),
    ("another date meanwhile", OWED, {"deadline_version": 2}, "redated"),
    ("nobody took it up", TAKEN_UP, {}, SEND),
    ("taken up", TAKEN_UP, {"state": State.IN_PROGRESS, "acked_until": NOW + timedelta(1)}, "acknowledged"),
    ("taken up too long ago", TAKEN_UP, {"state": State.IN_PROGRESS, "acked_until": NOW}, SEND),
    ("handed in without taking it up", TAKEN_UP, {"state": State.SUBMITTED}, "acknowledged"),
    ("lies there", LYING, {"state": State.SUBMITTED}, SEND),
    ("sent back meanwhile", LYING, {"state": State.RETURNED}, "done"),
    ("accepted", LYING, {"state": State.COMPLETED}, "done"),
    ("not accepted yet", UNACCEPTED, {"state": State.SUBMITTED}, SEND),
    ("not even handed in", UNACCEPTED, {"state": State.IN_PROGRESS}, SEND),
    ("accepted after its day", UNACCEPTED, {"state": State.COMPLETED}, "done"),
    ("no date", SYSTEM_RUNGS["undated"], {"last_day": None}, SEND),
    ("dated by now", SYSTEM_RUNGS["undated"], {}, "dated"),
    ("day open", SYSTEM_RUNGS["fix-date"], {"approximate": True, "last_day": None}, SEND),
    ("day open though it waits", SYSTEM_RUNGS["fix-date"], {"approximate": True, "state": State.WAITING}, SEND),
    ("day open, but dropped", SYSTEM_RUNGS["fix-date"], {"approximate": True, "state": State.EXEMPT}, "dropped"),
    ("day fixed", SYSTEM_RUNGS["fix-date"], {}, "dated"),
    ("opening", rung("khi giao việc"), {}, SEND),
    ("opening of another deadline version", rung("khi giao việc"), {"deadline_version": 2}, SEND),
    ("opening, but done", rung("khi giao việc"), {"state": State.COMPLETED}, "done"),
    ("opening, but handed in", rung("khi giao việc"), {"state": State.SUBMITTED}, "done"),
    ("some days after the opening", rung("2 ngày sau khi giao"), {"state": State.SUBMITTED}, SEND),
    ("on the day, whoever handed in", rung("ngày hạn"), {"state": State.SUBMITTED}, SEND),
    ("no condition", rung(), {"state": State.SUBMITTED}, SEND),
    ("no condition, done", rung(), {"state": State.COMPLETED}, "done"),
    ("a unit that ended", MANUAL_RUNGS["unit-ended"], {"state": State.TRANSFERRING}, SEND),
    ("handed over by now", MANUAL_RUNGS["unit-ended"], {}, "done"),
    ("an alarm never depends on its task", MANUAL_RUNGS["stood-still"], {"state": State.COMPLETED}, SEND),
)


@pytest.mark.parametrize(("_what", "asked", "facts", "answer"), CASES, ids=[case[0] for case in CASES])
def test_decide(_what: str, asked: Rung, facts: dict[str, Any], answer: str) -> None:
    assert decide(asked, DECISION, TASK._replace(**facts), NOW) == answer


@pytest.mark.parametrize(("_what", "asked", "facts", "answer"), CASES, ids=[case[0] for case in CASES])
def test_a_silence_keeps_back_only_what_would_be_sent(
    _what: str, asked: Rung, facts: dict[str, Any], answer: str
) -> None:
    expected = "silenced" if answer == SEND and asked.condition not in ("always", "to-hand-over") else answer
    assert decide(asked, DECISION, TASK._replace(**facts), NOW, QUIET) == expected


def test_reminders_of_the_first_days_are_too_early() -> None:
    calendar, opened = Calendar(), datetime(2020, 3, 23, 1, tzinfo=UTC)
    task = TASK._replace(opened_at=opened)
    before = make_rung("3 ngày làm việc trước hạn", 0, ["responsible"], "nhac-viec")
    assert is_too_early(before, datetime(2020, 3, 25, 0, 30, tzinfo=UTC), task, calendar)
    assert not is_too_early(before, datetime(2020, 3, 26, 0, 30, tzinfo=UTC), task, calendar)
    assert not is_too_early(OWED, datetime(2020, 3, 24, 0, 30, tzinfo=UTC), task, calendar)
    assert is_too_early(OWED, opened - timedelta(1), task, calendar)
    assert not is_too_early(OWED, opened, task, calendar)
    assert is_too_early(OWED, NOW, TASK._replace(opened_at=None), calendar)
    assert not is_too_early(replace(OWED, condition="not-fixed"), opened - timedelta(9), task, calendar)


def test_every_reason_has_an_outcome_of_the_contract() -> None:
    outcomes = {"sent", "superseded", "silenced", "muted", "done", "before-opening", "undeliverable", "cancelled"}
    assert {reason.outcome for reason in REASONS.values()} == outcomes
