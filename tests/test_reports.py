"""The reports an office files: one source of figures, the same in every form, harmless whatever a plan's texts say."""

import csv
import io
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL, Kh, Mailbox
from docx import Document
from lived import AS_OF, CELLS, PLAN, live
from openpyxl import load_workbook

from engine.book import Book
from engine.reports.kinds import KINDS
from engine.reports.sheet import printed

Write = Callable[..., Path]
Tables = list[list[list[str]]]


@pytest.fixture
def lived(kh: Kh, plan_file: Write, mailbox: Mailbox) -> Kh:
    return live(kh, plan_file)


def rows(kh: Kh, kind: str, *words: str, table: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = kh("report", kind, *words, "--at", AS_OF, "--json").json["tables"][table]["rows"]
    return found


# ---- What they say --------------------------------------------------------------------------------------------------


def test_the_tracking_table_puts_each_task_into_one_of_the_cells(lived: Kh) -> None:
    report = lived("report", "tracking", "dt", "--at", AS_OF, "--json").json["tables"][0]
    assert {cell: report["total"][cell] for cell in CELLS} == CELLS
    found = {row["task"]: row for row in report["rows"]}
    extended = found["dt/bao-cao/h4"]
    assert (extended["original_last_day"], extended["last_day"]) == ("2020-03-29", "2020-04-20")
    assert extended["extension"] == "granted"
    assert extended["papers"] == "7/UBND, 2020-03-20; 9/TB, 2020-03-23"
    assert found["dt/bao-cao/h1"]["last_day"] is None  # nothing was adjusted
    assert found["dt/bao-cao/h2"]["days_late"] == 3
    assert found["dt/bao-cao/h2"]["papers"] == "15/BC-UBND, 2020-04-01"


def test_received_n_of_n_and_who_is_missing(lived: Kh) -> None:
    first, *_more = rows(lived, "received", "dt")
    assert (first["stage"], first["wanted"], first["received"], first["missing"]) == ("bao-cao", 4, 2, 2)
    data = [row for row in rows(lived, "received", "dt") if row["stage"] == "so-lieu"]
    assert [(row["channel"], row["received"], row["wanted"]) for row in data] == [("văn bản", 0, 2), ("tệp", 0, 2)]
    assert all(row["stage"] != "tong-hop" for row in rows(lived, "received", "dt"))  # its turn has not come
    missing = rows(lived, "received", "dt", table=1)
    assert [row["unit"] for row in missing if row["stage"] == "bao-cao"] == ["Huyện Ba", "Huyện Bốn"]


def test_the_page_for_the_boss_says_whom_to_call(lived: Kh) -> None:
    (row,) = rows(lived, "late", "dt")
    assert row["unit"] == "Huyện Ba"
    assert row["phrase"] == "trước ngày 30/3/2020"
    assert (row["days_late"], row["times"], row["calls"], row["severity"]) == (12, 2, 1, 3)
    assert row["call"] == "Lê Văn C, 0277 3851 111"


def test_the_annex_leaves_the_coordinator_out(kh: Kh, plan_file: Write) -> None:
    text = SMALL.replace("inferred: 10 ngày làm việc sau khi bao-cao", "deadline: ngày 25/3/2020")
    kh("start", plan_file(text), "--id", "dt", "--at", "2020-03-04")
    assert [row["unit_id"] for row in rows(kh, "late", "dt")] == ["so-a", "h1", "h2"]
    assert [row["unit_id"] for row in rows(kh, "annex", "dt")] == ["h1", "h2"]


def test_the_log_tells_chasing_calls_and_more_time(lived: Kh) -> None:
    found = rows(lived, "log", "dt")
    assert [row["kind"] for row in found[:2]] == ["more time", "more time"]
    assert found[0]["text"] == "asked: 29/03/2020 → 25/04/2020: bão lũ"
    assert found[1]["text"].startswith("granted: 29/03/2020 → 20/04/2020")
    assert any(row["text"] == "phone: chị Lan hẹn thứ Sáu" and row["units"] == "Huyện Ba" for row in found)
    assert sum(row["kind"] == "chased" and row["units"] == "Huyện Ba" for row in found) >= 2
    assert [row for row in rows(lived, "log", "dt", "--unit", "h1") if row["kind"] == "more time"] == []


def test_the_summary_of_a_month_and_of_the_one_before(lived: Kh) -> None:
    """March closes on 14 March: nothing was in yet. April's data run from 15 March to 14 April."""
    totals = {row["figure"]: row for row in rows(lived, "summary", "dt", "--period", "2020-04")}
    assert (totals["Tasks"]["now"], totals["from before"]["now"], totals["new in the period"]["now"]) == (7, 7, 0)
    on_time = totals["Done on time"]
    assert (on_time["now"], on_time["before"], on_time["change"]) == (1, 0, 1)
    assert (totals["Open, in time"]["now"], totals["Open, in time"]["before"]) == (3, 6)
    levels = {row["level"]: row for row in rows(lived, "summary", "dt", "--period", "2020-04", table=1)}
    assert levels["District level"]["rate"] == pytest.approx(1 / 3)
    units = rows(lived, "summary", "dt", "--period", "2020-04", table=2)
    assert [(row["unit_id"], row["rank"]) for row in units if row["rank"]] == [("h1", 1), ("h2", 2), ("h3", 3)]
    assert [row["period"] for row in rows(lived, "summary", "dt", "--period", "2020-04", table=3)] == [
        "2020-03",
        "2020-04",
    ]


def test_a_day_that_is_over_is_seen_as_it_was(lived: Kh) -> None:
    """On 28 March h1 had handed in; h2 had not, nor was it late."""
    table = lived("report", "tracking", "dt", "--period", "2020-03-28", "--json").json["tables"][0]
    assert (table["total"]["done_on_time"], table["total"]["done_late"], table["total"]["open_overdue"]) == (1, 0, 0)
    found = {row["task"]: row for row in table["rows"]}
    assert found["dt/bao-cao/h4"]["last_day"] == "2020-04-20"  # granted on the 23rd
    before = lived("report", "tracking", "dt", "--period", "2020-03-22", "--json").json["tables"][0]["rows"]
    assert {row["task"]: row for row in before}["dt/bao-cao/h4"]["last_day"] is None


def test_what_was_undone_never_was(lived: Kh) -> None:
    (entry,) = [row for row in lived("log", "dt/bao-cao/h1", "--json").json if row["trigger"] == "submit"]
    lived("undo", str(entry["entry"]), "--reason", "nhầm đơn vị", "--at", "2020-04-09")
    table = lived("report", "tracking", "dt", "--period", "2020-03-28", "--json").json["tables"][0]
    assert table["total"]["done_on_time"] == 0


def test_several_plans_stand_in_one_report(kh: Kh, plan_file: Write) -> None:
    live(kh, plan_file, "a")
    live(kh, plan_file, "b", PLAN.replace("plan: nho", "plan: hai").replace("1/KH-UBND", "2/KH-UBND"))
    found = rows(kh, "late")
    assert [(row["plan"], row["unit"]) for row in found] == [("1/KH-UBND", "Huyện Ba"), ("2/KH-UBND", "Huyện Ba")]
    assert "of 2 plans: 1/KH-UBND; 2/KH-UBND" in kh("report", "late", "--at", AS_OF).out


# ---- Each form prints the same --------------------------------------------------------------------------------------


def _expected(kh: Kh, kind: str) -> Tables:
    """Heads and cells of each table as a reader sees them, from the JSON and the headings of the CSV."""
    with Book(os.environ["KH_DATABASE_URL"], datetime.fromisoformat(f"{AS_OF}+07:00")) as book:
        report = book.make(kind, ("dt",), period="2020-04")
    return [
        [[column.heading for column in sheet.columns]]
        + [[printed(row.get(column.key), column.kind, report.zone) for column in sheet.columns]
           for row in (*sheet.rows, *([sheet.total] if sheet.total else []))]
        for sheet in report.sheets if sheet.rows
    ]  # fmt: skip


def _of_csv(path: Path) -> Tables:
    tables: Tables = [[]]
    for line in csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))):
        if not line:
            tables.append([])
        elif len(line) > 1:
            tables[-1].append([cell.removeprefix("'") for cell in line])
    return [table for table in tables if len(table) > 1]


def _of_markdown(path: Path) -> Tables:
    tables: Tables = [[]]
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("| "):
            tables[-1].append([re.sub(r"\\(.)", r"\1", cell.strip()) for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
        elif not line.startswith("|-") and tables[-1]:
            tables.append([])
    return [table for table in tables if table]


def _of_docx(path: Path) -> Tables:
    _heads, *tables, _signature = Document(str(path)).tables
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in tables]


def _of_xlsx(path: Path) -> Tables:
    """Typed cells, printed by the formats they carry."""
    return [
        table for page in load_workbook(path).worksheets
        if len(table := [[_shown(cell) for cell in row] for row in page[page.print_area.split("!")[-1]][5 - 1 :]]) > 1
    ]  # fmt: skip


def _shown(cell: Any) -> str:
    if cell.number_format == "0.0%" and cell.value is not None:
        return f"{cell.value * 100:.1f} %"
    if isinstance(cell.value, datetime):
        return f"{cell.value:%d/%m/%Y %H:%M}" if "hh" in cell.number_format else f"{cell.value:%d/%m/%Y}"
    return "" if cell.value is None else str(cell.value)


READERS: dict[str, Callable[[Path], Tables]] = {"csv": _of_csv, "md": _of_markdown, "docx": _of_docx, "xlsx": _of_xlsx}


@pytest.mark.parametrize("form", READERS)
def test_every_form_has_the_same_figures(form: str, lived: Kh, tmp_path: Path) -> None:
    for kind in KINDS:
        file = tmp_path / f"{kind}.{form}"
        lived("report", kind, "dt", "--period", "2020-04", "--at", AS_OF, "-o", file)
        assert READERS[form](file) == _expected(lived, kind), kind


def test_the_terminal_has_the_same_figures(lived: Kh) -> None:
    for kind in ("late", "summary"):
        said = lived("report", kind, "dt", "--period", "2020-04", "--at", AS_OF).out
        for table in _expected(lived, kind):
            for row in table[1:]:
                assert " ".join(filter(None, row)) in " ".join(said.split()), row


def test_a_workbook_is_ready_to_be_used(lived: Kh, tmp_path: Path) -> None:
    lived("--lang", "vi", "report", "tracking", "dt", "--at", AS_OF, "-o", tmp_path / "t.xlsx")
    (page,) = load_workbook(tmp_path / "t.xlsx").worksheets
    assert page.title == "Bảng theo dõi"
    head = int(page.freeze_panes[1:]) - 1
    headings = [cell.value for cell in page[head]]
    assert headings[:3] == ["STT", "Đơn vị", "Nhiệm vụ"]
    assert page.auto_filter.ref == f"A{head}:Q{page.max_row - 1}"
    assert page.print_title_rows == f"${head}:${head}"
    original = headings.index("Thời hạn ban đầu")
    days = [row[original].value for row in page.iter_rows(min_row=head + 1) if row[original].value]
    assert all(isinstance(day, datetime) for day in days)


def test_plots_are_drawn_from_the_summary(lived: Kh, tmp_path: Path) -> None:
    lived("report", "summary", "dt", "--period", "2020-04", "--at", AS_OF, "-o", tmp_path / "s.svg")
    drawn = " ".join(ET.parse(tmp_path / "s.svg").getroot().itertext())
    assert "District level" in drawn
    assert "33.3 %" in drawn
    assert "2020-03" in drawn
    refused = lived("report", "late", "dt", "--format", "svg", ok=False)
    assert (refused.code, refused.err) == (1, "Error: only the summary has plots: kh report summary\n")


# ---- Bad input ------------------------------------------------------------------------------------------------------

HOSTILE = "=HYPERLINK(1) <script>alert(1)</script> | *x* {{ 7*7 }} \\u202e\\n# đầu mục"


def test_no_text_of_a_plan_is_a_formula_or_markup(kh: Kh, plan_file: Write, tmp_path: Path) -> None:
    live(kh, plan_file, text=PLAN.replace("Huyện Ba", f'"{HOSTILE}"'))
    for form in ("csv", "md", "xlsx", "docx"):
        kh("report", "late", "dt", "--at", AS_OF, "-o", tmp_path / f"l.{form}")
    ((page,), markdown) = load_workbook(tmp_path / "l.xlsx").worksheets, (tmp_path / "l.md").read_text("utf-8")
    (cell,) = [cell for row in page.iter_rows() for cell in row if "HYPERLINK" in str(cell.value)]
    assert cell.data_type == "s"
    assert not re.search(r"(?<!\\)<script", markdown)
    assert len([line for line in markdown.splitlines() if line.startswith("#")]) == 1
    (line,) = [
        line for line in csv.reader(io.StringIO((tmp_path / "l.csv").read_text("utf-8-sig"))) if "HYPER" in line[1]
    ]
    assert line[1].startswith("'=")
    assert "<script>alert(1)</script>" in _of_docx(tmp_path / "l.docx")[0][1][1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_without_tasks_has_empty_reports(kind: str, kh: Kh, plan_file: Write, tmp_path: Path) -> None:
    kh("start", plan_file(), "--id", "dt", "--at", "2020-03-04")
    for form in ("csv", "md", "xlsx", "docx"):
        kh("report", kind, "dt", "--level", "village", "--at", AS_OF, "-o", tmp_path / f"e.{form}")
        assert (tmp_path / f"e.{form}").stat().st_size


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("late", "x"), 1, "instance not found: x"),
        (("late", "dt", "--period", "2020-13"), 1, "not a period: 2020-13"),
        (("late", "dt", "--period", "2020-02-30"), 1, "not a day: 2020-02-30"),
        (("summary", "dt", "--period", "2199"), 1, "has not begun"),
        (("late", "dt", "--unit", "h9"), 1, "unit not found: h9"),
        (("late", "dt", "--level", "xa"), 1, "level not found: xa"),
        (("late", "dt", "-o", "x.pdf"), 1, "which --format?"),
        (("laet", "dt"), 2, "Invalid value for"),
    ],
)
def test_bad_input_is_refused_in_a_line(words: tuple[str, ...], code: int, said: str, kh: Kh, plan_file: Write) -> None:
    kh("start", plan_file(), "--id", "dt", "--at", "2020-03-04")
    ran = kh("report", *words, ok=False)
    assert (ran.code, said in ran.err) == (code, True), ran.err


def test_no_plan_no_report(kh: Kh) -> None:
    assert kh("report", "late", ok=False).err == "Error: no plan is running: kh start begins one\n"
