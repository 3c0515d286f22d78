"""The short phrases of ladders, spans and occasions."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from engine.deadlines import Duration, Offset, read_duration, read_month_day_span, read_offset, read_span
from engine.deadlines.numerals import number_in_words
from engine.errors import PhraseError
from engine.i18n import in_language

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
    ("3 business days", Duration(3, "working-day")),
    ("1 calendar day", Duration(1, "day")),
    ("3 months", Duration(3, "month")),
    ("  15   NGÀY ", Duration(15, "day")),
    ("10ngày", Duration(10, "day")),
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
    ("3 ngày kể từ ngày giao việc", Offset(3, "day", "after", "opening")),
    ("1 tuần sau khi nộp", Offset(1, "week", "after", "submission")),
    ("2 months before due date", Offset(2, "month", "before", "deadline")),
    ("at submission", Offset(0, "day", "after", "submission")),
    ("khi trả lại", Offset(0, "day", "after", "return")),
)


@pytest.mark.parametrize(("text", "offset"), OFFSETS)
def test_offsets(text: str, offset: Offset) -> None:
    assert read_offset(text) == offset


def test_spans() -> None:
    assert read_span("2020-03-04 .. 2020-12-31") == (date(2020, 3, 4), date(2020, 12, 31))
    assert read_span("2020-03-04..2020-03-04") == (date(2020, 3, 4), date(2020, 3, 4))
    assert read_month_day_span("17/10 .. 18/11") == ((10, 17), (11, 18))
    assert read_month_day_span("15/12..15/01") == ((12, 15), (1, 15))

    assert read_span("2020 .. 2020") == (date(2020, 1, 1), date(2020, 12, 31))
    assert read_span("2011…2020") == (date(2011, 1, 1), date(2020, 12, 31))
    assert read_span("11/2019 .. 02/2020") == (date(2019, 11, 1), date(2020, 2, 29))
    assert read_month_day_span("29/2 .. 30/11") == ((2, 29), (11, 30))


NO_AMOUNT, NO_TIME = "this is no amount of time", "this is no time before or after a task's dates"
NO_SPAN, NO_WINDOW, NO_DAY = "this is no span of days", "this is no window of a year", "there is no such day"
BACKWARDS = "the span ends before it begins"
REFUSED = (
    *((read_duration, text, NO_AMOUNT) for text in ("", "5", "ngày", "5 năm ánh sáng", "-5 ngày", "5 ngày trước")),
    *((read_duration, text, NO_AMOUNT) for text in ("99999 ngày", "5 ngàys" * 80, "dayss")),
    *((read_offset, text, NO_TIME) for text in ("", "hạn", "5 ngày", "trước hạn", "5 ngày trước hội nghị")),
    *((read_offset, text, NO_TIME) for text in ("7 ngày làm việc trong hạn", "sau khi giao")),
    *((read_span, text, NO_SPAN) for text in ("", "2020-03-04", "04/3/2020 .. x", "2020 .. 2021-03-04")),
    *(
        (read_span, text, NO_DAY)
        for text in ("2020-02-30 .. 2020-12-31", "2020-01-01 .. 2020-13-01", "13/2020 .. 1/2021")
    ),
    (read_span, "1/2020 .. 13/2021", NO_DAY),
    *((read_span, text, BACKWARDS) for text in ("2020-12-31 .. 2020-03-04", "2021 .. 2020", "3/2020 .. 2/2020")),
    *((read_month_day_span, text, NO_WINDOW) for text in ("", "17/10", "10-17 .. 11-18")),
    *((read_month_day_span, text, NO_DAY) for text in ("31/2 .. 18/11", "17/10 .. 31/11", "17/13 .. 18/11")),
)


@pytest.mark.parametrize(("reader", "text", "reason"), REFUSED)
def test_what_is_refused_says_why_and_what_would_do(reader: Callable[[str], Any], text: str, reason: str) -> None:
    with pytest.raises(PhraseError) as refused:
        reader(text)
    assert (refused.value.reason, refused.value.position, refused.value.phrase) == (reason, 0, text[:500])
    assert bool(refused.value.expected) == reason.startswith("this is no")
    for offered in refused.value.expected:
        reader(offered)
    with in_language("vi"), pytest.raises(PhraseError) as told:
        reader(text)
    assert told.value.reason != reason


NUMERALS = {
    "mười lăm": 15, "hai mươi mốt": 21, "hai mươi tư": 24, "ba mươi": 30, "một trăm linh năm": 105,
    "hai nghìn không trăm hai mươi": 2020, "hai ngàn lẻ năm": 2005, "một nghìn chín trăm chín mươi lăm": 1995,
    "mười bẩy": 17, "hai mươi nhăm": 25, "fifteen": 15, "twelve": 12, "twenty one": 21, "": 0,
}  # fmt: skip


@pytest.mark.parametrize(("words", "number"), NUMERALS.items())
def test_numbers_in_words(words: str, number: int) -> None:
    assert number_in_words(words) == number


def test_what_is_no_number_in_words() -> None:
    assert number_in_words("hai mươi ngày") is None


def test_of_an_offset_without_an_amount_the_amount_is_told() -> None:
    with pytest.raises(PhraseError, match=NO_AMOUNT) as refused:
        read_offset("5 năm trước hạn")
    assert refused.value.phrase == "5 năm"
