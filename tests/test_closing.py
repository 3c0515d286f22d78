"""The days that close the data of a period: Decree 09/2019/NĐ-CP, article 12."""

import re

import pytest
from conftest import ROOT

from engine.clock import shown_day
from engine.errors import BadValue
from engine.reports.closing import read_closing

CLOSINGS = {
    "2020-01": ("15/12/2019", "14/01/2020", "2019-12"),
    "2020-03": ("15/02/2020", "14/03/2020", "2020-02"),
    "2020-Q1": ("15/12/2019", "14/03/2020", "2019-Q4"),
    "2020-Q4": ("15/09/2020", "14/12/2020", "2020-Q3"),
    "2020-H1": ("15/12/2019", "14/06/2020", "2019-H2"),
    "2020-H2": ("15/06/2020", "14/12/2020", "2020-H1"),
    "2020": ("15/12/2019", "14/12/2020", "2019"),
}


@pytest.mark.parametrize("period", CLOSINGS)
def test_a_period_and_the_one_before(period: str) -> None:
    first, last, before = CLOSINGS[period]
    found = read_closing(period)
    assert found.first is not None
    assert (shown_day(found.first), shown_day(found.last)) == (first, last)
    earlier = found.before()
    assert earlier is not None
    assert earlier.name == before
    assert (found.first - earlier.last).days == 1


def test_a_day_closes_all_up_to_it() -> None:
    found = read_closing("2020-03-14")
    assert (found.first, shown_day(found.last), found.before()) == (None, "14/03/2020", None)


@pytest.mark.parametrize("text", ["", "2020-13", "2020-Q5", "2020-3", "20", "2020-02-30", "１２３４"])
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(BadValue):
        read_closing(text)


@pytest.mark.parametrize("page", ["docs/reports.md", "docs/vi/reports.md"])
def test_the_pages_name_the_days(page: str) -> None:
    rows = re.findall(r"\| `(20[\w-]+)` \| (\d\S+) \w+ (\d\S+) \|", (ROOT / page).read_text("utf-8"))
    assert len(rows) == 4
    for period, first, last in rows:
        found = read_closing(period)
        assert found.first is not None
        assert (shown_day(found.first), shown_day(found.last)) == (first, last)
