"""Does a plan's time add up? The contradictions of the real documents are found, and ordinary plans are left alone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, SMALL

from engine.checks import check
from engine.plan.loader import load_plan

Write = Callable[..., Path]


def found(path: Path, code: str) -> list[str]:
    return [item.message for item in check(load_plan(path)) if item.code == code]


def test_dong_thap_2022_reports_before_the_year_s_data_close() -> None:
    (message,) = found(ROOT / "plans" / "dong-thap-2022-thi-dua.yaml", "KH062")
    assert message == "due on 09/12/2022, before its data close on 14/12/2022"


def test_phu_tho_leaves_its_aggregator_one_day_and_chases_too_late() -> None:
    path = ROOT / "plans" / "phu-tho-2018-giua-ky.yaml"
    assert any("danh-gia-huyen (30/08/2018) and its own (04/09/2018): 1" in text for text in found(path, "KH063"))
    assert "rung T+3 would come on 06/09/2018, after du-thao-bao-cao is due (05/09/2018)" in found(path, "KH067")


def test_open_dates_that_others_hang_on() -> None:
    (message,) = found(ROOT / "plans" / "kon-tum-2018-giua-ky.yaml", "KH064")
    assert "chuan-bi-hoi-nghi" in message


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("trước ngày 30/3/2020", "trước ngày 30/3/2019", "KH060", "29/03/2019) lies before the plan's date"),
        ("trước ngày 30/3/2020", "trước ngày 30/3/2021", "KH061", "29/03/2021) lies after the plan's end"),
        ("trước ngày 30/3/2020", "ngày 10/3/2020", "KH066", "T-7"),
        ("trước ngày 30/3/2020", "ngày 30/4/2020", "KH065", "30/04/2020, is a day off"),
        ("10 ngày làm việc sau khi bao-cao", "trước ngày 02/4/2020", "KH063", ": 2"),
    ],
)
def test_each_finding(plan_file: Write, old: str, new: str, code: str, said: str) -> None:
    assert old in SMALL
    messages = found(plan_file(SMALL.replace(old, new)), code)
    assert messages
    assert said in messages[0]


def test_a_plan_with_room_has_no_warning(plan_file: Write) -> None:
    text = SMALL.replace("10 ngày làm việc sau khi bao-cao", "ngày 24/4/2020")
    assert [item for item in check(load_plan(plan_file(text))) if item.severity == "warning"] == []
