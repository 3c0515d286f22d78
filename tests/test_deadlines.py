"""Deadline phrases: two tables of real phrases, and the arithmetic that must hold for all of them."""

import json
import unicodedata
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import Calendar
from engine.deadlines import Day, Period, Recurring, Relative, explain, read, read_span
from engine.deadlines.meaning import KEYS
from engine.errors import PhraseError
from engine.i18n import in_language

DATA = Path(__file__).parent / "data"
STAGES = ("bao-cao-huyen", "hoi-nghi", "tong-hop", "sau-kiem-tra")
OCCASIONS = {"thang-cao-diem": ((10, 17), (11, 18))}
CALENDAR = Calendar()
DAYS = st.dates(date(2000, 1, 1), date(2037, 12, 31))


def rows(name: str) -> Iterator[Any]:
    for line in (DATA / name).read_text("utf-8").splitlines()[1:]:
        phrase, issued, expected = line.split("\t")
        yield pytest.param(phrase, date.fromisoformat(issued), json.loads(expected), id=f"{phrase} [{issued}]")


def meaning(phrase: str, issued: date) -> dict[str, Any]:
    return explain(read(phrase, issued=issued, stages=STAGES, occasions=OCCASIONS), Calendar())


def check(phrase: str, issued: date, expected: dict[str, Any]) -> None:
    if expected.get("error"):
        with pytest.raises(PhraseError) as refused:
            meaning(phrase, issued)
        assert refused.value.position == expected.get("at", refused.value.position)
        return
    found = meaning(phrase, issued)
    for key, value in expected.items():
        assert found[key] if value == "non-empty" else found[key] == value, f"{key}: {found[key]!r}"


CONTRACT, TABLE = [*rows("phrases.tsv")], [*rows("more_phrases.tsv")]


@pytest.mark.parametrize(("phrase", "issued", "expected"), CONTRACT)
def test_phrase_means_what_the_contract_says(phrase: str, issued: date, expected: dict[str, Any]) -> None:
    check(phrase, issued, expected)


@pytest.mark.parametrize(("phrase", "issued", "expected"), TABLE)
def test_phrase_means_what_the_table_says_and_nothing_else(phrase: str, issued: date, expected: dict[str, Any]) -> None:
    """A row names every key that applies; one that is not named is null, or an empty list."""
    found = said(phrase, issued)
    if "instead" not in expected:  # whatever the grammar would take: many words
        found.pop("instead", None)
    assert found == expected


def said(phrase: str, issued: date) -> dict[str, Any]:
    """What a phrase means, without its empty keys; or why and where it is refused, and what is offered instead."""
    try:
        found = meaning(phrase, issued)
    except PhraseError as refused:
        return {"error": refused.reason, "at": refused.position, "instead": list(refused.expected)}
    return {key: value for key, value in found.items() if value not in (None, []) and key != "phrase"}


@pytest.mark.parametrize(("phrase", "issued", "expected"), [*CONTRACT, *TABLE])
def test_spelling_does_not_change_the_meaning(phrase: str, issued: date, expected: dict[str, Any]) -> None:
    expected = {key: value for key, value in expected.items() if key not in ("at", "anchor", "warnings")}
    check(unicodedata.normalize("NFD", phrase), issued, expected)
    check(f"  {phrase.replace(' ', '  ')}\n", issued, expected)
    check(phrase.upper(), issued, expected)


@pytest.mark.parametrize(("phrase", "issued", "expected"), [*CONTRACT, *TABLE])
def test_whatever_is_remarked_is_said_in_vietnamese_too(phrase: str, issued: date, expected: dict[str, Any]) -> None:
    english, vietnamese = (remarks(phrase, issued, language) for language in ("en", "vi"))
    assert bool(english) == bool(expected.get("error") or expected.get("warnings"))
    assert len(english) == len(vietnamese)
    assert not set(english) & set(vietnamese)


def remarks(phrase: str, issued: date, language: str) -> list[str]:
    """The warnings, or the reason of a refusal, as a reader of that language is told."""
    with in_language(language):
        try:
            return [str(warning) for warning in meaning(phrase, issued)["warnings"]]
        except PhraseError as refused:
            return [refused.reason]


def test_explain_has_the_keys_of_the_contract_in_order() -> None:
    found = meaning("trước ngày 30/3/2020", date(2020, 3, 4))
    assert list(found) == list(KEYS)
    assert len(KEYS) == 19
    assert found["phrase"] == "trước ngày 30/3/2020"


def test_nothing_written_is_refused() -> None:
    for phrase in ("", "   ", "\n"):
        assert remarks(phrase, date(2020, 3, 4), "en") == ["nothing is written here"]
        assert remarks(phrase, date(2020, 3, 4), "vi") != ["nothing is written here"]


def test_a_phrase_over_500_characters_is_refused() -> None:
    most = "trước ngày 30/3/2020 để " + "x" * 476
    read(most, issued=date(2020, 3, 4))
    with pytest.raises(PhraseError) as refused:
        read(most + "x", issued=date(2020, 3, 4))
    assert (refused.value.phrase, refused.value.position) == (most[:40] + "…", 40)
    assert refused.value.reason == "longer than 500 characters"


def test_the_error_points_at_the_place_in_the_phrase_as_written() -> None:
    phrase = "trước ngày 30/3/2020 hoặc"
    decomposed = unicodedata.normalize("NFD", phrase)
    for text in (phrase, decomposed):
        with pytest.raises(PhraseError) as refused:
            read(text, issued=date(2020, 3, 4))
        assert text[refused.value.position :].startswith("ho")
        assert "the end" in refused.value.expected


def test_an_unknown_stage_is_named_with_the_nearest_one() -> None:
    with pytest.raises(PhraseError, match="bao-cao-huyen"):
        read("5 ngày sau khi bao-cao-huyn", issued=date(2020, 3, 4), stages=STAGES)
    assert read("5 ngày sau khi bao-cao-huyn", issued=date(2020, 3, 4)).kind == "relative"


def test_a_stage_whose_id_begins_like_a_word_is_still_a_stage() -> None:
    found = read("2 ngày sau sau-kiem-tra", issued=date(2020, 3, 4), stages=STAGES)
    assert isinstance(found, Relative)
    assert (found.anchor, found.anchor_is_stage) == ("sau-kiem-tra", True)


@pytest.mark.parametrize(
    ("phrase", "reason", "instead"),
    [
        ("trước 17h ngày thứ Sáu hằng tuần", "weekly", "hằng tháng"),
        ("trong vòng 24 giờ kể từ khi xảy ra sự việc", "hours", "1 ngày làm việc"),
        ("trước ngày 10/3 âm lịch", "lunar", "30/3/2020"),
        ("định kỳ 6 tháng, hằng năm", "several recurrences", "hằng năm"),
        ("từ ngày 01/7/2025", "when it begins", "đến hết ngày 30/6/2020"),
    ],
)
def test_what_offices_do_write_is_refused_with_its_reason(phrase: str, reason: str, instead: str) -> None:
    with pytest.raises(PhraseError, match=reason) as refused:
        read(phrase, issued=date(2020, 3, 4))
    assert instead in refused.value.expected


def test_a_stretch_of_days_may_end_at_a_time_of_day() -> None:
    found = read("từ ngày 15/4/2020 đến 17h00 ngày 16/4/2020", issued=date(2020, 3, 4))
    assert isinstance(found, Period)
    assert (found.start, found.end, found.time) == (date(2020, 4, 15), date(2020, 4, 16), time(17))


def test_spans_of_years_and_of_months() -> None:
    assert read_span("2011 .. 2020") == (date(2011, 1, 1), date(2020, 12, 31))
    assert read_span("2020..2020") == (date(2020, 1, 1), date(2020, 12, 31))
    assert read_span("03/2020 .. 2/2024") == (date(2020, 3, 1), date(2024, 2, 29))
    for text in ("2020 .. 2011", "0000 .. 2020", "13/2020 .. 12/2021", "12/2020 .. 00/2021", "2011 - 2020", "2011"):
        with pytest.raises(PhraseError):
            read_span(text)


# ---- recurrences ----------------------------------------------------------------------------------------------------

PERIODS = (
    ("trước ngày 10/12 hằng năm", ["2022", "2023"]),
    ("chậm nhất ngày 20/6 và ngày 20/12 hằng năm", ["2022-H1", "2022-H2", "2023-H1", "2023-H2"]),
    ("trước ngày 15/3 và 15/4 hằng năm", ["2022-03", "2022-04", "2023-03", "2023-04"]),
    ("ngày 5/3 và ngày 20/3 hằng năm", ["2022-03-05", "2022-03-20", "2023-03-05", "2023-03-20"]),
    ("trước ngày 15 của tháng cuối quý", [f"{year}-Q{n}" for year in (2022, 2023) for n in (1, 2, 3, 4)]),
    ("trước ngày 5 hằng tháng", [f"{year}-{n:02}" for year in (2022, 2023) for n in range(1, 13)]),
    ("hằng quý", [f"{year}-Q{n}" for year in (2022, 2023) for n in (1, 2, 3, 4)]),
    ("hằng năm", ["2022", "2023"]),
    ("trong thang-cao-diem", ["2022", "2023"]),
)


@pytest.mark.parametrize(("phrase", "periods"), PERIODS)
def test_periods_of_two_years(phrase: str, periods: list[str]) -> None:
    found = recurring(phrase)
    assert [turn.period for turn in found.occurrences(date(2022, 1, 1), date(2023, 12, 31))] == periods


def recurring(phrase: str, issued: date = date(2022, 1, 1)) -> Recurring:
    found = read(phrase, issued=issued, stages=STAGES, occasions=OCCASIONS)
    assert isinstance(found, Recurring)
    return found


def test_the_period_is_that_of_the_named_day() -> None:
    (turn,) = recurring("trước ngày 01/01 hằng năm").occurrences(date(2023, 1, 1), date(2023, 1, 1))
    assert (turn.period, turn.named, turn.last_day) == ("2023", date(2023, 1, 1), date(2022, 12, 31))


def test_days_29_to_31_shrink_to_the_end_of_the_month() -> None:
    days = [turn.named for turn in recurring("ngày 30 hằng tháng").occurrences(date(2023, 1, 1), date(2024, 3, 31))]
    assert [day.day for day in days if day and day.month == 2] == [28, 29]
    assert all(day.day == 30 for day in days if day and day.month != 2)


def test_an_undated_period_counts_where_any_day_of_it_does() -> None:
    turns = list(recurring("hằng quý").occurrences(date(2022, 3, 31), date(2022, 4, 1)))
    assert [(turn.period, turn.start, turn.end) for turn in turns] == [
        ("2022-Q1", date(2022, 1, 1), date(2022, 3, 31)),
        ("2022-Q2", date(2022, 4, 1), date(2022, 6, 30)),
    ]
    assert all(turn.named is None and turn.last_day is None for turn in turns)


def test_a_recurrence_ends_where_the_phrase_says() -> None:
    found = recurring("trước ngày 10/12 hằng năm, giai đoạn 2023 - 2025")
    turns = found.occurrences(date(2000, 1, 1), date(2099, 12, 31))
    assert [turn.period for turn in turns] == ["2023", "2024", "2025"]


def test_a_window_may_begin_in_the_year_before() -> None:
    (turn,) = recurring("từ ngày 15/12 đến ngày 15/01 hằng năm").occurrences(date(2023, 1, 1), date(2023, 12, 31))
    assert (turn.period, turn.from_, turn.to) == ("2023", date(2022, 12, 15), date(2023, 1, 15))


RECURRENCES = [phrase for phrase, _periods in PERIODS] + ["ngày 31 hằng tháng", "trung tuần hằng tháng", "hằng ngày"]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(RECURRENCES), DAYS, st.integers(0, 800), st.integers(0, 800))
def test_no_period_is_doubled_or_skipped(phrase: str, first: date, days: int, more: int) -> None:
    found = recurring(phrase)
    middle, last = first + timedelta(days), first + timedelta(days + 1 + more)
    whole = [turn.period for turn in found.occurrences(first, last)]
    assert len(set(whole)) == len(whole)
    parts = [*found.occurrences(first, middle), *found.occurrences(middle + timedelta(1), last)]
    assert sorted({turn.period for turn in parts}) == sorted(whole)


# ---- arithmetic -----------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(DAYS, DAYS)
def test_before_a_day_never_accepts_that_day(named: date, issued: date) -> None:
    found = read(f"trước ngày {named.day}/{named.month}/{named.year}", issued=issued)
    assert isinstance(found, Day)
    assert found.last_day == named - timedelta(1)


@settings(deadline=None)
@given(DAYS, DAYS)
def test_a_missing_year_is_the_first_that_is_not_past(named: date, issued: date) -> None:
    found = read(f"trước ngày {named.day}/{named.month}", issued=issued)
    assert isinstance(found, Day)
    assert found.last_day >= issued
    assert (found.named.day, found.named.month) == (named.day, named.month)
    if (named.day, named.month) != (29, 2):
        assert found.last_day <= issued + timedelta(366)


def relative(phrase: str) -> Relative:
    found = read(phrase, issued=date(2020, 3, 4), stages=STAGES)
    assert isinstance(found, Relative)
    return found


@settings(deadline=None)
@given(DAYS, st.integers(1, 300))
def test_the_first_day_is_not_counted(anchor: date, amount: int) -> None:
    after = relative(f"{amount} ngày làm việc sau khi bao-cao-huyen").resolve(anchor, CALENDAR)
    assert CALENDAR.working_days_between(anchor, after) == amount
    before = relative(f"{amount} ngày làm việc trước hoi-nghi").resolve(anchor, CALENDAR)
    assert CALENDAR.working_days_between(before - timedelta(1), anchor - timedelta(1)) == amount


@settings(deadline=None)
@given(DAYS.map(CALENDAR.next_working), st.integers(1, 300))
def test_so_many_working_days_there_and_back(anchor: date, amount: int) -> None:
    after = relative(f"{amount} ngày làm việc sau khi bao-cao-huyen").resolve(anchor, CALENDAR)
    assert relative(f"{amount} ngày làm việc trước hoi-nghi").resolve(after, CALENDAR) == anchor


@settings(deadline=None)
@given(DAYS, st.integers(1, 300))
def test_calendar_days_after_move_off_a_day_off_and_before_never_move(anchor: date, amount: int) -> None:
    after = relative(f"{amount} ngày sau khi bao-cao-huyen").resolve(anchor, CALENDAR)
    assert after == CALENDAR.next_working(anchor + timedelta(amount))
    assert relative(f"{amount} ngày trước hoi-nghi").resolve(anchor, CALENDAR) == anchor - timedelta(amount)


def test_durations_at_holidays() -> None:
    sunday = date(2020, 4, 5)
    assert relative("1 tuần sau khi hoi-nghi").resolve(date(2020, 3, 26), CALENDAR) == date(
        2020, 4, 3
    )  # 2 April: Giỗ Tổ
    assert relative("tại hoi-nghi").resolve(sunday, CALENDAR) == sunday
    assert relative("trước hoi-nghi").resolve(sunday, CALENDAR) == date(2020, 4, 4)
    assert relative("1 tháng sau hoi-nghi").resolve(date(2020, 1, 31), CALENDAR) == date(2020, 3, 2)  # 29 Feb: Saturday


# ---- whatever the input ---------------------------------------------------------------------------------------------

PIECES = (
    *(
        "trước",
        "sau",
        "ngày",
        "tháng",
        "quý",
        "năm",
        "hằng",
        "chậm nhất",
        "là",
        "đến",
        "hết",
        "không",
        "dự kiến",
        "cuối",
    ),
    *(
        "30/3/2020",
        "25-10",
        "29/2",
        "2020",
        "15",
        "31",
        "99",
        "I",
        "14h00",
        "(",
        ")",
        ",",
        ".",
        "-",
        "..",
        "/",
        "hoi-nghi",
    ),
    *("kể từ", "trong vòng", "5 ngày làm việc", "định kỳ", "số liệu", "by", "before", "each year", "và"),
    *("\x00", "\ud800", "٣", "ﬀ", "a\u0302\u0301"),
)


def outcome(text: str, issued: date) -> dict[str, Any] | int:
    """What a text means, or the place where it is refused; anything else is a fault."""
    try:
        return meaning(text, issued)
    except PhraseError as refused:
        return refused.position


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)), DAYS)
def test_any_text_is_read_or_refused(text: str, issued: date) -> None:
    found = outcome(text, issued)
    assert 0 <= found <= len(text) if isinstance(found, int) else list(found) == list(KEYS)


EDGES = ("trước ngày 30/3", "hằng năm", "trước ngày 10/12 hằng năm", "quý I", "từ nay đến hết ngày 30/6/2020")


@pytest.mark.parametrize("issued", [date.min, date(1899, 12, 31), date(2200, 12, 31), date.max])
@pytest.mark.parametrize("phrase", EDGES)
def test_issue_dates_at_the_edges(phrase: str, issued: date) -> None:
    outcome(phrase, issued)


@pytest.mark.parametrize("phrase", ["trong dot hằng năm", "Trong dot-cao-diem hàng năm", "nhân dot-cao-diem hằng năm"])
def test_an_occasion_of_every_year_is_never_read_as_the_bare_year(phrase: str) -> None:
    window = {"dot-cao-diem": ((10, 17), (11, 18))}
    found = explain(
        read(phrase.replace(" dot ", " dot-cao-diem "), issued=date(2022, 8, 8), occasions=window), Calendar()
    )
    assert (found["every"], found["anchor"], found["from"]) == (None, "dot-cao-diem", "2022-10-17")
