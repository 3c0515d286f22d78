"""The working calendar: Tết at UTC+7, compensatory days, announced swaps, and the arithmetic of working days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import available_timezones

import pytest
from conftest import Kh
from holidays import country_holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import Announced, Calendar, public_holidays
from engine.clock import instant_of, local_date
from engine.i18n import in_language

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

CALENDAR = Calendar()
DAYS = st.dates(date(2000, 1, 1), date(2037, 12, 31))

# First and last day off at Tết, weekends included, as announced each year.
TET = (
    (date(2007, 2, 16), date(2007, 2, 20)),  # Hanoi's new year is 17 February, Beijing's the 18th
    (date(2018, 2, 14), date(2018, 2, 20)),
    (date(2020, 1, 23), date(2020, 1, 29)),
    (date(2023, 1, 20), date(2023, 1, 26)),
    (date(2025, 1, 25), date(2025, 2, 2)),
    (date(2026, 2, 14), date(2026, 2, 22)),
)


@pytest.mark.parametrize(("first", "last"), TET)
def test_tet(first: date, last: date) -> None:
    day = first
    while day <= last:
        assert not CALENDAR.is_working(day), day
        day += timedelta(1)


def test_the_holidays_are_those_of_the_package() -> None:
    for year in range(2007, 2031):
        assert public_holidays(year) == dict(country_holidays("VN", years=year, language="en_US"))


@pytest.mark.parametrize("new_year", [date(2007, 2, 17), date(2030, 2, 2), date(2053, 2, 18)])
def test_the_lunar_year_begins_by_hanoi_time(new_year: date) -> None:
    assert CALENDAR.day_off_name(new_year) == "Lunar New Year"


OFF = (
    (date(2020, 4, 2), "Giỗ Tổ"),
    (date(2020, 4, 30), None),
    (date(2020, 5, 1), None),
    (date(2023, 5, 2), "nghỉ bù"),
    (date(2023, 5, 3), "nghỉ bù"),
    (date(2026, 4, 27), "nghỉ bù"),
    (date(2025, 5, 2), None),  # in exchange for 26 April
    (date(2026, 1, 2), "25/12/2025"),
    (date(2020, 3, 7), "thứ Bảy|Saturday"),
)


@pytest.mark.parametrize(("day", "name"), OFF)
def test_a_day_off_says_why(day: date, name: str | None) -> None:
    assert not CALENDAR.is_working(day)
    with in_language("vi"):
        why = CALENDAR.day_off_name(day)
    assert why
    assert not name or any(part in why for part in name.split("|"))


@pytest.mark.parametrize(
    "day", [date(2014, 12, 27), date(2019, 1, 5), date(2024, 5, 4), date(2025, 4, 26), date(2026, 1, 10)]
)
def test_a_saturday_worked_in_exchange(day: date) -> None:
    assert day.weekday() == 5
    assert CALENDAR.is_working(day)
    assert CALENDAR.day_off_name(day) is None


def test_an_announcement_overrules_everything() -> None:
    storm, sunday = date(2024, 9, 9), date(2024, 9, 15)
    swaps = {storm: Announced(storm, False, "CV 1/UBND"), sunday: Announced(sunday, True, "CV 1/UBND")}
    calendar = Calendar(swaps=swaps)
    assert calendar.next_working(storm) == date(2024, 9, 10)
    assert calendar.is_working(sunday)
    assert calendar.add_working(date(2024, 9, 13), 1) == sunday
    assert "CV 1/UBND" in (calendar.day_off_name(storm) or "")
    assert CALENDAR.is_working(storm)


def test_adding_working_days() -> None:
    friday = date(2025, 4, 25)
    assert CALENDAR.add_working(friday, 1) == date(2025, 4, 26)  # a worked Saturday
    assert CALENDAR.add_working(date(2025, 5, 5), -3) == date(2025, 4, 26)
    assert CALENDAR.add_working(date(2020, 1, 22), 1) == date(2020, 1, 30)  # over Tết
    assert CALENDAR.add_working(date(2019, 12, 31), 1) == date(2020, 1, 2)
    assert CALENDAR.add_working(date(2020, 1, 2), -1) == date(2019, 12, 31)
    assert CALENDAR.add_working(date(2020, 3, 7), 0) == date(2020, 3, 7)


def test_next_and_previous_working_day() -> None:
    assert CALENDAR.next_working(date(2020, 3, 7)) == date(2020, 3, 9)
    assert CALENDAR.previous_working(date(2020, 3, 8)) == date(2020, 3, 6)
    assert CALENDAR.next_working(date(2020, 3, 9)) == date(2020, 3, 9)


@settings(deadline=None)
@given(DAYS, st.integers(1, 600))
def test_adding_and_counting_agree(day: date, n: int) -> None:
    later = CALENDAR.add_working(day, n)
    assert CALENDAR.is_working(later)
    assert CALENDAR.working_days_between(day, later) == n
    assert CALENDAR.working_days_between(later, day) == -n


@settings(deadline=None)
@given(DAYS, st.integers(0, 90))
def test_counting_is_what_one_by_one_gives(first: date, days: int) -> None:
    last = first + timedelta(days)
    one_by_one = sum(CALENDAR.is_working(first + timedelta(n)) for n in range(1, days + 1))
    assert CALENDAR.working_days_between(first, last) == one_by_one


@settings(deadline=None)
@given(DAYS.map(CALENDAR.next_working), st.integers(1, 600))
def test_there_and_back(day: date, n: int) -> None:
    assert CALENDAR.add_working(CALENDAR.add_working(day, n), -n) == day


@pytest.mark.parametrize("year", [1900, 1944, 1975, 2101, 2150, 2200])
def test_years_without_data_know_their_weekends(year: int) -> None:
    days = [date(year, 6, 1) + timedelta(n) for n in range(7)]
    assert sum(map(CALENDAR.is_working, days)) == 5
    assert CALENDAR.working_days_between(CALENDAR.add_working(days[0], -300), days[0]) in (299, 300)


# ---- hours ----------------------------------------------------------------------------------------------------------


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant by the clock of Hanoi, seven hours ahead of UTC."""
    return datetime.combine(day, time(hour, minute), UTC) - timedelta(hours=7)


WEDNESDAY, SATURDAY = date(2020, 3, 4), date(2020, 3, 7)


def test_the_office_opens_at_half_past_seven() -> None:
    assert CALENDAR.opening_of(WEDNESDAY) == datetime(2020, 3, 4, 0, 30, tzinfo=UTC)


OPEN = ((7, 29, False), (7, 30, True), (11, 29, True), (11, 30, False), (13, 30, True), (16, 59, True), (17, 0, False))


@pytest.mark.parametrize(("hour", "minute", "works"), OPEN)
def test_office_hours(hour: int, minute: int, works: bool) -> None:
    assert CALENDAR.is_office_time(at(WEDNESDAY, hour, minute)) is works
    assert not CALENDAR.is_office_time(at(SATURDAY, hour, minute))


NEXT = (
    (at(WEDNESDAY, 0), at(WEDNESDAY, 7, 30)),
    (at(WEDNESDAY, 9), at(WEDNESDAY, 9)),
    (at(WEDNESDAY, 12), at(WEDNESDAY, 13, 30)),
    (at(WEDNESDAY, 17), at(date(2020, 3, 5), 7, 30)),
    (at(date(2020, 3, 6), 17), at(date(2020, 3, 9), 7, 30)),
    (at(SATURDAY, 9), at(date(2020, 3, 9), 7, 30)),
    (at(date(2020, 1, 22), 18), at(date(2020, 1, 30), 7, 30)),
)


@pytest.mark.parametrize(("instant", "opens"), NEXT)
def test_next_office_time(instant: datetime, opens: datetime) -> None:
    assert CALENDAR.next_office_time(instant) == opens


@pytest.mark.parametrize("zone", ["Asia/Ho_Chi_Minh", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe", "UTC"])
def test_openings_follow_one_another_in_any_zone(zone: str) -> None:
    calendar = Calendar(zone=zone)
    openings = [calendar.opening_of(date(2011, 1, 1) + timedelta(n)) for n in range(730)]
    assert openings == sorted(openings)  # in Apia 30 December 2011 never was: it opens with the 31st
    assert all(calendar.next_office_time(opening) >= opening for opening in openings)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(sorted(available_timezones())), st.dates(date(2000, 1, 1), date(2036, 12, 31)))
def test_no_date_is_doubled_or_skipped_in_any_zone(name: str, first: date) -> None:
    days = [first + timedelta(n) for n in range(370)]
    calendar = Calendar(zone=name)
    for instants in ([calendar.opening_of(day) for day in days], [instant_of(day, time(0), name) for day in days]):
        shown = [local_date(instant, name) for instant in instants]
        never_was = {day for day in days if local_date(instant_of(day, time(12), name), name) != day}
        assert len(never_was) <= 1  # a day was left out where an island crossed the date line
        assert [day for day in shown if day not in never_was] == [day for day in days if day not in never_was]
        assert instants == sorted(instants)


def test_the_year_in_the_terminal_says_where_each_day_comes_from(kh: Kh) -> None:
    days = {row["day"]: row for row in kh("calendar", "2026", "--json").json}
    assert days["2026-01-02"]["works"] is False
    assert "25/12/2025" in days["2026-01-02"]["source"]
    assert days["2026-01-10"]["works"] is True
    assert days["2026-02-17"]["name"]
    assert "2026-01-03" not in days  # a Saturday like any other
    assert "thứ Sáu" in kh("--lang", "vi", "calendar", "2026").out
    assert kh("calendar", "9999", ok=False).code == 1
