"""A message about thousands of tasks is read in a minute: counts, the worst by name, the whole list attached."""

import csv
import io
import json
import sys
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import act, at
from openpyxl import load_workbook

from engine import outbox
from engine.channels.mime import attached
from engine.db import reading
from engine.delivery import Delivered
from engine.notices import Notice, render_notice
from engine.office import Office
from engine.sections import Line, Section
from engine.service.start import start
from engine.service.ticking import tick
from engine.summaries import full_list, summary_of
from engine.templates import FEW, MOST_LISTED, several

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

MANY = 2000
READABLE = 4000  # bytes of text
PLAN = """
plan: nhieu
title: Kế hoạch có nhiều xã
language: LANGUAGE
document: {number: 1/KH-UBND, issued: 2020-03-04, issuer: ubnd}
directory: xa.yaml
coordinator: so-a
span: 2020-03-04 .. 2020-12-31
stages:
  bao-cao: {name: Báo cáo của xã, clause: I, responsible: {each: xa}, submit_to: so-a, deadline: trước ngày 30/3/2020}
  cua-so: {name: Báo cáo của sở, clause: II, responsible: so-a, submit_to: ubnd, deadline: trước ngày 30/3/2020}
"""
DIRECTORY = """
units:
  ubnd: {name: UBND tỉnh, level: province, contact: {email: ubnd@t.example.vn}}
  so-a: {name: Sở A, level: department, parent: ubnd, contact: {email: so-a@t.example.vn}}
units_from: xa.csv
groups: {xa: {level: commune}}
"""
Mail = tuple[Any, dict[str, bytes]]


def coordinators(office: Office, day: str) -> Mail:
    """The coordinator's message of a morning, and what is attached to it."""
    tick(office, at(f"{day} 08:00"), as_told=True, deliver=lambda _office, _now: Delivered())
    with reading(office.engine) as connection:
        column = outbox.MESSAGE.c
        mine = column.recipient == "so-a@t.example.vn"
        (row,) = outbox.messages(connection, mine, column.office_date == date.fromisoformat(day))
    return row, attached(row.attachments)


@pytest.fixture
def begin(office: Office, plan_file: Callable[..., Path], tmp_path: Path) -> Callable[..., None]:
    def call(number: int, language: str = "vi") -> None:
        rows = [f"d{n},Huyện {n},district,ubnd,d{n}@t.example.vn" for n in range(12)]
        rows += [f"x{n},=Xã {n},commune,d{n % 12},x{n}@t.example.vn" for n in range(number)]
        (tmp_path / "xa.csv").write_text("\n".join(["id,name,level,parent,email", *rows]), "utf-8")
        (tmp_path / "xa.yaml").write_text(DIRECTORY, "utf-8")
        start(office, plan_file(PLAN.replace("LANGUAGE", language)), "nhieu", act(at("2020-03-04 08:00")))
        tick(office, at("2020-03-04 08:00"), as_told=True, deliver=lambda _office, _now: Delivered())

    return call


@pytest.mark.slow
def test_two_thousand_late_communes_are_a_page_with_the_list_attached(
    office: Office, begin: Callable[..., None]
) -> None:
    begin(MANY)
    row, files = coordinators(office, "2020-04-03")
    assert len(row.body.encode()) < READABLE
    assert len(row.html.encode()) < 2 * READABLE
    assert f"Thông báo này nói về {MANY + 1} nhiệm vụ; danh sách đầy đủ ở tệp kèm theo." in row.body
    assert f"- Đôn đốc: Báo cáo của xã (1/KH-UBND): {MANY}" in row.body
    assert row.body.count("- =Xã ") == FEW
    assert f"và {MANY - FEW} nhiệm vụ khác" in row.body
    assert "Huyện 0: 167;" in row.body
    assert "- Sở A: hạn chậm nhất ngày 29/03/2020" in row.body  # its own duty
    assert f"<strong>{MANY}</strong>" in row.html
    assert set(files) == {"danh-sach-2020-04-03.xlsx", "du-thao-cong-van-1.docx"}
    sheet = load_workbook(io.BytesIO(files["danh-sach-2020-04-03.xlsx"])).active
    assert sheet is not None
    cells = list(sheet.iter_rows(values_only=True))
    assert cells[0][:7] == ("STT", "Thông báo", "Kế hoạch", "Mục", "Đầu việc", "Kỳ", "Đơn vị")
    assert len(cells) == MANY + 2
    assert sheet["G2"].data_type == "s"
    assert {line[6] for line in cells[1:]} == {"Sở A", *(f"=Xã {n}" for n in range(MANY))}


def test_without_the_extra_the_list_is_a_table_for_any_spreadsheet(
    office: Office, begin: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    begin(60, "en")
    row, files = coordinators(office, "2020-03-30")
    assert "This message is about 61 tasks; the full list is attached." in row.body
    text = files["list-of-tasks-2020-03-30.csv"]
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Row", "Notice", "Plan"]
    assert len(rows) == 62
    assert rows[1][6] == "'=Xã 0"


def test_few_are_all_named_and_nothing_is_attached(office: Office, begin: Callable[..., None]) -> None:
    begin(MOST_LISTED)
    row, files = coordinators(office, "2020-03-30")
    assert row.body.count("- =Xã ") == MOST_LISTED
    assert json.loads(row.attachments) == []
    assert files == {}


def section(number: int, *, own: bool = False, stage: str = "Báo cáo", late: int = 1, **more: Any) -> Section:
    lines = tuple(
        Line(f"Xã {n}", f"x/{stage}/x{n}", "", "", date(2020, 3, 29), None, None, None, "", late + n, own, "commune",
             f"Huyện {n % 2}") for n in range(number)
    )  # fmt: skip
    facts = {"name": stage, "clause": "I", "submit_to": (), "inferred": False}
    plan = {"number": "1/KH", "title": "K", "issued": None, "issuer": "UBND"}
    return Section("nhac-viec", "Nhắc việc", 0, False, False, plan, facts, lines, (), 0, number, **more)


def test_what_one_has_to_do_oneself_is_never_left_out() -> None:
    sections = [section(300, own=True), section(300)]
    shown = summary_of(sections).sections
    assert (len(shown[0].lines), shown[0].left_out) == (300, 0)
    assert (len(shown[1].lines), shown[1].left_out) == (FEW, 295)
    alone = summary_of(sections[:1])
    assert (alone.overview.tasks, alone.sections) == (0, (sections[0],))


def test_a_name_that_no_cell_can_hold_is_put_on_one_line_in_the_list() -> None:
    (line,) = section(1).lines
    file = full_list([replace(section(1), lines=(replace(line, unit="Xã\x07 Một\n="),))], date(2020, 4, 1))
    book = load_workbook(io.BytesIO(b64decode(file["base64"])))
    assert [cell.value for cell in book.active[2]][6] == "Xã Một ="


def test_the_worst_are_named_first() -> None:
    (shown,) = summary_of([section(MOST_LISTED + 1)]).sections
    assert [line.days_late for line in shown.lines] == [51, 50, 49, 48, 47]
    assert shown.groups == ({"name": "Huyện 0", "tasks": 26}, {"name": "Huyện 1", "tasks": 25})


@pytest.mark.slow
@pytest.mark.parametrize(("stages", "each"), [(1, 10_000), (500, 1), (60, 40), (2000, 5)])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_message_stays_readable_whatever_it_speaks_of(stages: int, each: int, language: str) -> None:
    sections = tuple(section(each, stage=f"Báo cáo số {n}") for n in range(stages))
    notice = Notice(("Sở A",), sections, language, "Sở A", "so-a@t.example.vn", date(2020, 4, 3))
    rendered = render_notice(notice)
    assert not rendered.failures
    assert len(rendered.body) < 5 * READABLE
    assert len(rendered.html) < 12 * READABLE
    assert str(stages * each) in rendered.body
    assert [file["name"].rpartition(".")[2] for file in rendered.attachments] == ["xlsx"]


def test_without_any_template_it_is_short_too() -> None:
    broken = section(10_000)
    notice = Notice(("Sở A",), (broken,), "khong-co", "Sở A", "", date(2020, 4, 3))
    assert len(render_notice(notice).body) < READABLE


def test_very_many_names_are_a_few_and_a_number() -> None:
    names = [f"Xã {n}" for n in range(60)]
    assert several(names[:3]) == "Xã 0; Xã 1; Xã 2"
    assert several(names) == "Xã 0; Xã 1; Xã 2; Xã 3; Xã 4; … (+55)"
