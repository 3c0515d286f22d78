"""The short phrases of ladders, spans and occasions."""

from datetime import date

import pytest

from engine.deadlines import Duration, Offset, read_duration, read_month_day_span, read_offset, read_span
from engine.errors import PhraseError

DURATIONS = (
    ("5 ngày làm việc", Duration(5, "working-day")),
    ("1 ngày làm việc", Duration(1, "working-day")),
    ("30 ngày", Duration(30, "day")),
    ("1 tuần", Duration(1, "week")),
    ("2 tháng", Duration(2, "month")),
    ("5 Working Days", Duration(5, "working-day")),
    ("1 working day", Duration(1, "working-day")),
    ("2 weeks", Duration(2, "week")),
    ("10 days", Duration(10, "day")),
    ("5 nga\u0300y la\u0300m vie\u0323\u0302c", Duration(5, "working-day")),
)


@pytest.mark.parametrize(("text", "duration"), DURATIONS)
def test_durations(text: str, duration: Duration) -> None:
    assert read_duration(text) == duration


OFFSETS = (
    ("7 ngày làm việc trước hạn", Offset(7, "working-day", "before", "deadline")),
    ("3 ngày làm việc sau hạn", Offset(3, "working-day", "after", "deadline")),
    ("30 ngày trước hạn", Offset(30, "day", "before", "deadline")),
    ("1 tuần trước ngày hạn", Offset(1, "week", "before", "deadline")),
    ("ngày hạn", Offset(0, "day", "after", "deadline")),
    ("đúng hạn", Offset(0, "day", "after", "deadline")),
    ("opening", Offset(0, "day", "after", "opening")),
    ("khi giao việc", Offset(0, "day", "after", "opening")),
    ("2 ngày làm việc sau khi giao", Offset(2, "working-day", "after", "opening")),
    ("2 ngày làm việc sau khi giao việc", Offset(2, "working-day", "after", "opening")),
    ("3 ngày làm việc sau khi gửi", Offset(3, "working-day", "after", "submission")),
    ("1 ngày làm việc sau khi trả lại", Offset(1, "working-day", "after", "return")),
    ("7 working days before deadline", Offset(7, "working-day", "before", "deadline")),
    ("7 working days before the deadline", Offset(7, "working-day", "before", "deadline")),
    ("on the day", Offset(0, "day", "after", "deadline")),
    ("3 working days after submission", Offset(3, "working-day", "after", "submission")),
    ("3 working days after return", Offset(3, "working-day", "after", "return")),
    ("3 working days after opening", Offset(3, "working-day", "after", "opening")),
)


@pytest.mark.parametrize(("text", "offset"), OFFSETS)
def test_offsets(text: str, offset: Offset) -> None:
    assert read_offset(text) == offset


def test_spans() -> None:
    assert read_span("2020-03-04 .. 2020-12-31") == (date(2020, 3, 4), date(2020, 12, 31))
    assert read_span("2020-03-04..2020-03-04") == (date(2020, 3, 4), date(2020, 3, 4))
    assert read_month_day_span("17/10 .. 18/11") == ((10, 17), (11, 18))
    assert read_month_day_span("15/12..15/01") == ((12, 15), (1, 15))


@pytest.mark.parametrize("text", ["", "5", "ngày", "5 năm ánh sáng", "-5 ngày", "5 ngày trước", "99999 ngày"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(PhraseError):
        read_duration(text)


@pytest.mark.parametrize(
    "text", ["", "hạn", "5 ngày", "trước hạn", "5 ngày trước hội nghị", "7 ngày làm việc trong hạn"]
)
def test_what_is_no_offset(text: str) -> None:
    with pytest.raises(PhraseError):
        read_offset(text)


@pytest.mark.parametrize(
    "text", ["", "2020-03-04", "2020-12-31 .. 2020-03-04", "2020-02-30 .. 2020-12-31", "04/3/2020 .. x"]
)
def test_what_is_no_span(text: str) -> None:
    with pytest.raises(PhraseError):
        read_span(text)


@pytest.mark.parametrize("text", ["", "17/10", "31/2 .. 18/11", "17/13 .. 18/11", "10-17 .. 11-18"])
def test_what_is_no_window_of_a_year(text: str) -> None:
    with pytest.raises(PhraseError):
        read_month_day_span(text)
