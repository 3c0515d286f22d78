"""The demonstration is the real thing: it is run whole, in both languages."""

import subprocess
import sys

import pytest
from conftest import ROOT


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Reminder", "Overdue reminder", "Chasing", "Report to the superior", "Explanation demanded"]),
        ("vi", ["Nhắc việc", "Nhắc quá hạn", "Đôn đốc", "Báo cáo cấp trên", "Yêu cầu giải trình"]),
    ],
)
def test_the_demo_shows_each_rung_as_it_arrives(language: str, words: list[str]) -> None:
    ran = subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), "--lang", language, "demo"],
        capture_output=True, timeout=120, check=True, encoding="utf-8",
    )  # fmt: skip
    lines = ran.stdout.splitlines()
    assert "bao-cao-huyen           11/12" in ran.stdout
    assert "UBND huyện Tân Hồng" in ran.stdout
    for word in words:
        assert any(line[:10].count("/") == 2 and word in line for line in lines), word
    late = [line for line in lines if line.startswith("14/04/2020") and "huyen-tan-hong@" in line]
    assert len(late) == 1
