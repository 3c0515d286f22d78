"""Periods: what they are called, in both languages."""

import pytest

from engine.periods import in_words


@pytest.mark.parametrize(
    ("period", "vietnamese", "english"),
    [
        ("2022", "năm 2022", "2022"),
        ("2022-H1", "6 tháng đầu năm 2022", "first half of 2022"),
        ("2022-H2", "6 tháng cuối năm 2022", "second half of 2022"),
        ("2022-Q3", "quý III/2022", "quarter 3 of 2022"),
        ("2022-02", "tháng 02/2022", "February 2022"),
        ("2022-10", "tháng 10/2022", "October 2022"),
        ("2022-03-05", "ngày 05/03/2022", "05/03/2022"),
        ("", "", ""),
    ],
)
def test_a_period_reads_as_an_office_writes_it(period: str, vietnamese: str, english: str) -> None:
    assert (in_words(period, "vi"), in_words(period, "en")) == (vietnamese, english)
