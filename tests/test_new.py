"""`kh new`: from a few answers, or an office's list of duties, to a plan that checks clean and teaches."""

import io
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_jsonschema.parsers import ParserSet
from conftest import ROOT, Kh
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from openpyxl import Workbook

from engine.checks import check
from engine.plan.loader import load_directory, load_plan
from engine.plan.model import Plan
from engine.plan.naming import Names
from engine.plan.schema import json_schema
from engine.plan.sheets import read_rows
from engine.plan.writing import one_line, scalar, slug
from engine.plan.yamltree import parse
from engine.service.draft import EDITOR_LINE, KINDS

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

DIRECTORIES = sorted((ROOT / "plans" / "directories").glob("*.yaml"))
ASKED = ("--title", "Kế hoạch thử", "--number", "1/KH-UBND", "--date", "2020-03-04", "--province", "Đồng Tháp")
SCHEMA = Draft7Validator(json_schema(Plan))

Make = Callable[..., Plan]


@pytest.fixture
def make(kh: Kh, tmp_path: Path) -> Make:
    """Write a plan with `kh new`; it must check without an error or a warning, and fit the schema."""

    def run(*words: str, kind: str = "other") -> Plan:
        path = tmp_path / "moi.yaml"
        path.unlink(missing_ok=True)
        kh("new", str(path), *ASKED, "--kind", kind, *words)
        source = load_plan(path)
        assert [str(item) for item in check(source) if item.severity != "note"] == []
        assert source.plan is not None
        assert SCHEMA.is_valid(ParserSet().parse_data_with_path(path.read_bytes(), path, "yaml"))
        return source.plan

    return run


@pytest.mark.parametrize("day", ["2018-08-01", "2020-03-04", "2025-12-24"])
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", list(KINDS))
def test_a_plan_of_every_kind_checks_clean_and_starts(
    make: Make, kh: Kh, tmp_path: Path, kind: str, language: str, day: str
) -> None:
    plan = make("--lang", language, "--date", day, kind=kind)
    assert (plan.kind, plan.language, plan.document.issued) == (kind, language, date.fromisoformat(day))
    text = (tmp_path / "moi.yaml").read_text("utf-8")
    assert text.splitlines()[0] == EDITOR_LINE
    assert text.count("    # ") >= 4  # it teaches
    assert kh("start", str(tmp_path / "moi.yaml"), "--id", "x", "--at", day, "--json").json["tasks"] > 3


def test_after_july_2025_there_are_communes_and_no_districts(make: Make) -> None:
    assert make("--date", "2025-06-30").stages["work"].holder.units == ("cap-huyen",)  # type: ignore[union-attr]
    assert make("--date", "2025-07-01").stages["work"].holder.units == ("cap-xa",)  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("path", DIRECTORIES, ids=lambda path: path.stem)
def test_a_directory_of_the_province_is_used(make: Make, kind: str, path: Path) -> None:
    plan = make("--directory", str(path), "--coordinator", "sở LĐ-TB&XH", kind=kind)
    assert isinstance(plan.directory, str)
    assert plan.coordinator == "so-ldtbxh"
    assert not plan.directory.startswith("/")


def test_a_directory_beside_the_plan_is_found(kh: Kh, tmp_path: Path) -> None:
    (tmp_path / "directories").mkdir()
    (tmp_path / "directories" / "dong-thap.yaml").write_bytes(DIRECTORIES[0].read_bytes())
    assert "directory: directories/dong-thap.yaml" in kh("new", *ASKED, "--kind", "other", "--dry-run").out


TITLES = [
    'Tổng kết: "Vì người nghèo" #1', "- gạch đầu dòng", "# không phải ghi chú", "no", "null", "12:30", "2020-03-04",
    "{a, b} [c]", "*a &b !c %d @e `f`", "'", "\\", "a: b: c",
    "dòng một\ndòng hai\u2028ba\x85bốn", "\ufeffBOM \u202etrái",
    "{{ 7 * 7 }} {% raw %}", "…" * 300, "58", "~", "a:", "? b", "| c", "> d", "Hòa bình",
    "1e3", "0o17", "+5", ".5", ".inf", "<<", "=",
]  # fmt: skip


@pytest.mark.parametrize("title", TITLES)
def test_what_was_typed_reads_back(make: Make, title: str) -> None:
    plan = make("--title", title, "--number", title, "--province", title, "--id", "x", "--coordinator", f"Sở {title}")
    assert plan.title == plan.document.number == one_line(title)
    assert not isinstance(plan.directory, str)
    assert plan.directory.units["ubnd-tinh"].name == f"UBND tỉnh {one_line(title)}"
    assert plan.directory.units[plan.coordinator].name == one_line(f"Sở {title}")


@given(st.text())
def test_a_scalar_reads_back_for_every_reader(text: str) -> None:
    written = f"key: {scalar(one_line(text))}\nnext: 1\n"
    assert parse(written.encode(), "").value == yaml.safe_load(written) == {"key": one_line(text), "next": 1}


@given(st.text())
def test_a_slug_is_an_id(text: str) -> None:
    assert all(word.isascii() and word.isalnum() and len(word) <= 40 for word in slug(text).split("-") if slug(text))


def test_slugs_drop_accents_and_keep_words() -> None:
    assert slug("Đánh giá giữa kỳ ở xã, phường") == "danh-gia-giua-ky-o-xa-phuong"
    assert slug(unicodedata.normalize("NFD", "Đường Nguyễn Huệ")) == "duong-nguyen-hue"
    assert slug("Tổng hợp, dự thảo báo cáo tổng kết cấp Tỉnh") == "tong-hop-du-thao-bao-cao-tong-ket-cap"
    assert slug("漢字") == ""


def test_it_asks_for_what_was_not_said(kh: Kh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, freezer: Any) -> None:
    freezer.move_to("2020-03-04 23:00:00")  # the 5th in Hanoi
    answers = ["Kế hoạch: A", "", "4 tháng 3", "", "Cao Bằng", "tổng kết", "summary"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(answers) + "\n"))
    ran = kh("new")
    assert "Error: not a day: 4 tháng 3 (write 2020-04-24)" in ran.err
    assert "emulation movement (thi đua)" in ran.err
    plan = load_plan(tmp_path / "cao-bang-2020-tong-ket.yaml").plan
    assert plan is not None
    assert (plan.title, plan.document.number, plan.document.issued) == ("Kế hoạch: A", None, date(2020, 3, 5))


def test_without_a_terminal_a_missing_answer_is_named(kh: Kh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    ran = kh("new", "--title", "A", ok=False)
    assert (ran.code, "no answer to “Province”: give it as an option" in ran.err) == (2, True)
    assert "plan: cao-bang-" in kh("new", "--title", "A", "--province", "Tỉnh Cao Bằng", "--dry-run").out


def test_nothing_is_overwritten_and_a_dry_run_writes_nothing(kh: Kh, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("của tôi", encoding="utf-8")
    (tmp_path / "lien-ket").symlink_to("khong-co")
    for words in ([str(path)], ["-o", str(path), *ASKED], ["lien-ket"], [*ASKED, "--kind", "other", "--id", "x"]):
        ran = kh("new", *words, ok=False)
        assert (ran.code, "is there already and is not overwritten" in ran.err) == (1, True)
    assert path.read_text("utf-8") == "của tôi"
    assert kh("new", str(path), *ASKED, "--kind", "other", "--dry-run").out.startswith(EDITOR_LINE)
    assert path.read_text("utf-8") == "của tôi"
    assert [item.name for item in tmp_path.iterdir() if item.suffix == ".yaml"] == ["x.yaml"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--id", "Kế hoạch"], 1, "KH016"),
        (["--date", "4/3/2020"], 1, "not a day: 4/3/2020"),
        (["--title", "  "], 1, "it must not be blank"),
        (["--kind", "x"], 2, "Invalid value for '--kind'"),
        (["a.yaml", "-o", "b.yaml"], 2, "give the file once"),
        (["--directory", "khong-co.yaml"], 1, "no such file"),
        (["--directory", str(DIRECTORIES[0]), "--coordinator", "Sở Ngoại vụ"], 1, "(did you mean Sở Nội vụ?)"),
        (["-o", "khong/co/x.yaml"], 4, "x.yaml: there is no such file or folder"),
    ],
)
def test_what_cannot_be_written_is_said_in_one_line(kh: Kh, words: list[str], code: int, said: str) -> None:
    ran = kh("new", *ASKED, "--kind", "other", *words, ok=False)
    assert (ran.code, said in ran.err) == (code, True), ran.err


# --- from a list of duties -------------------------------------------------------------------------------------------

LIST = [
    ["Đơn vị", "Nhiệm vụ", "Thời hạn", "Sản phẩm", "Nơi nhận", "Mục"],
    ["Các huyện, thị xã, thành phố", "Báo cáo kết quả: đợt #1", "trước ngày 30/3/2020", "Báo cáo", "Sở LĐTBXH", "II.1"],
    ["Sở Văn hóa, Thể thao và Du lịch", "Tuyên truyền", "thường xuyên", "", "", "II.2"],
    ["Sở Y tế; Sở Tài chính", "Rà soát", "15/4/2020", "Danh sách; Tờ trình", "UBND tỉnh, Sở Nội vụ", ""],
    ["Sở Y tế và Sở Tài chính", "Rà soát", "", "", "", ""],
]


def written_csv(rows: list[list[str]], delimiter: str = ",") -> str:
    quoted = [[f'"{cell}"' if delimiter in cell or "\n" in cell else cell for cell in row] for row in rows]
    return "\r\n".join(delimiter.join(row) for row in quoted)


def windows_1258(text: str) -> bytes:
    """Tones stand behind their letters there."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    found = ""
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        found += unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones))
        found += "".join(part for part in parts if part in tones)
    return found.encode("cp1258")


SPELLINGS: dict[str, bytes] = {
    "comma": written_csv(LIST).encode(),
    "semicolon, mark": written_csv(LIST, ";").encode("utf-8-sig"),
    "tab, UTF-16": written_csv(LIST, "\t").encode("utf-16"),
    "UTF-16 without a mark": written_csv(LIST).encode("utf-16-le"),
    "Windows-1258": windows_1258(written_csv(LIST, ";")),
    "decomposed, capitals": unicodedata.normalize(
        "NFD", written_csv([[cell.upper() for cell in LIST[0]], *LIST[1:]])
    ).encode(),
    "a title above, other headings, numbers of the columns": written_csv([
        ["DANH MỤC NHIỆM VỤ"],
        [],
        ["Cơ quan, đơn vị chủ trì", "Nội dung công việc", "Thời hạn hoàn thành", "Sản phẩm (nếu có)",
         "Nơi nhận báo cáo", "Điều, khoản"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
        *LIST[1:],
    ]).encode(),
}  # fmt: skip


def expected(plan: Plan) -> None:
    reports, telling, first, second = plan.stages.values()
    assert list(plan.stages) == ["bao-cao-ket-qua-dot-1", "tuyen-truyen", "ra-soat", "ra-soat-2"]
    assert (reports.name, reports.clause) == ("Báo cáo kết quả: đợt #1", "II.1")
    assert reports.deadline == "trước ngày 30/3/2020"
    assert (reports.holder.mode, reports.holder.units) == ("each", ("cap-huyen",))  # type: ignore[union-attr]
    assert (reports.submit_to, reports.outputs[0].name) == (("so-ldtbxh",), "Báo cáo")
    assert (telling.type, telling.holder.units) == ("ongoing", ("so-vhttdl",))  # type: ignore[union-attr]
    assert (first.holder.mode, first.submit_to) == ("each", ("ubnd-tinh", "so-nv"))  # type: ignore[union-attr]
    assert [output.name for output in first.outputs] == ["Danh sách", "Tờ trình"]
    assert (second.holder.mode, second.holder.units) == ("joint", ("so-yt", "so-tc"))  # type: ignore[union-attr]
    assert second.deadline is None


@pytest.mark.parametrize("name", list(SPELLINGS))
def test_a_list_is_read_in_every_spelling(make: Make, tmp_path: Path, name: str) -> None:
    table = tmp_path / "bang.csv"
    table.write_bytes(SPELLINGS[name])
    expected(make("--from-table", str(table)))


def workbook(path: Path, rows: list[list[Any]]) -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def test_a_workbook_is_read(make: Make, tmp_path: Path) -> None:
    rows: list[list[Any]] = [["STT", *LIST[0]], *([number, *row] for number, row in enumerate(LIST[1:], start=1))]
    expected(make("--from-table", str(workbook(tmp_path / "bang.xlsx", rows))))
    rows[3][3] = date(2020, 4, 15)
    plan = make("--from-table", str(workbook(tmp_path / "bang.xlsx", rows)))
    assert plan.stages["ra-soat"].deadline == "ngày 15/4/2020"


def test_a_plan_made_of_a_list_runs_to_its_last_deadline(make: Make, tmp_path: Path) -> None:
    table = tmp_path / "bang.csv"
    table.write_text(written_csv([*LIST, ["Sở Y tế", "Tổng kết", "Quý IV năm 2023", "", "", ""]]), encoding="utf-8")
    assert make("--from-table", str(table)).span == "2020-03-04 .. 2023-12-31"


def test_a_morning_s_post_may_be_a_workbook(kh: Kh, plan_file: Callable[..., Path], tmp_path: Path) -> None:
    kh("start", str(plan_file()), "--id", "nho", "--at", "2020-03-04T08:00")
    post = workbook(tmp_path / "den.xlsx", [["Đơn vị"], ["h1", "12/BC", date(2020, 3, 18), date(2020, 3, 20)]])
    kh("submit", "nho/bao-cao", "--from", str(post))
    assert kh("log", "nho/bao-cao/h1", "--json").json[-1]["doc"] == "12/BC, 2020-03-18"


BAD = [
    ["Sở Y Té", "Một", "", "", "", "", "thừa"],
    ["Sở Y tế", "Hai", "15/4/2020 và 15/10/2020", "Báo cáo", "", "III"],
    ["", "Ba", "", "", "", ""],
    ["Sở Y tế", "", "", "", "", ""],
    ["Sở Y tế", "Bốn", "", "", "Sở Ngoại giao; UBND tỉnh", ""],
    ["các đoàn thể", "Năm\u2028stages: {}\x85x: y\n\x1b[31m", "", "", "", ""],
]


def test_rows_that_cannot_be_read_are_reported_and_kept(make: Make, kh: Kh, tmp_path: Path) -> None:
    table = tmp_path / "bang.csv"
    table.write_text(written_csv([[*LIST[0], "Ghi chú"], *BAD, *LIST[1:]]), encoding="utf-8")
    reports = [
        "row 2 is kept as a comment: unit or group not found: Sở Y Té (did you mean Sở YT?)",
        "row 3 is kept as a comment: deadline not understood: several dates are one deadline only where they recur",
        "row 4 is kept as a comment: no unit is named",
        "row 5 is kept as a comment: no task is named",
        ["row 6 is kept as a comment: unit or group not found: Sở Ngoại giao", "did you mean Sở Ngoại vụ?)"][0],
        "row 7 is kept as a comment: unit or group not found: các đoàn thể",
        "column ignored: Ghi chú",
    ]
    ran = kh("new", *ASKED, "--kind", "other", "--from-table", str(table), "--dry-run")
    for said, wanted in zip(ran.err.splitlines(), reports, strict=True):
        assert said.startswith(wanted)
    comments = [line for line in ran.out.splitlines() if line.startswith("  # ")]
    for row in BAD:
        assert f"  # {one_line(' | '.join(row))}" in comments
    assert set(make("--from-table", str(table)).stages) == {
        "bao-cao-ket-qua-dot-1", "tuyen-truyen", "ra-soat", "ra-soat-2",
    }  # fmt: skip
    kept = "\n".join(line.removeprefix("  # ") for line in comments)
    assert yaml.safe_load(kept[kept.index("hai:") : kept.index("Row 4")])["hai"]["deadline"] == BAD[1][2]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "no heading names the columns unit (Đơn vị) and task (Nhiệm vụ)"),
        ([["Đơn vị", "Ngày"], ["Sở Y tế", "x"]], "its first row reads: Đơn vị | Ngày"),
        (LIST[:1], "no row can be read; it has no rows"),
        ([LIST[0], BAD[2]], "no row can be read; 2: no unit is named"),
        ([LIST[0], *[LIST[1]] * 2001], "has more than 2000 rows"),
        ([LIST[0], ["a"] * 101], "or 100 columns"),
        ([LIST[0], ["Sở Y tế, " * 200, "x"]], "too long for a list of units"),
        ([LIST[0], ["Sở Y tế", "x" * 10_001]], "task: longer than 10000 characters"),
    ],
)
def test_a_list_that_is_none_is_refused(kh: Kh, tmp_path: Path, rows: list[list[str]], said: str) -> None:
    table = tmp_path / "bang.csv"
    table.write_text(written_csv(rows), encoding="utf-8")
    ran = kh("new", *ASKED, "--kind", "other", "--from-table", str(table), ok=False)
    assert (ran.code, said in ran.err) == (1, True), ran.err


def zipped(**parts: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (zipped(bomb=bytes(101_000_000)), "it unpacks to more than 100 MB"),
        (zipped(nothing=b""), "no workbook that can be read"),
        (b"PK\x03\x04 broken", "no workbook that can be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "save it as .xlsx or .csv"),
        (b'"a"b,c\n', "cannot read"),
        (b"\xff\xfe\x00", "cannot read"),
    ],
)
def test_hostile_and_broken_files_are_refused_in_one_line(kh: Kh, tmp_path: Path, data: bytes, said: str) -> None:
    table = tmp_path / "bang.xlsx"
    table.write_bytes(data)
    ran = kh("new", *ASKED, "--kind", "other", "--from-table", str(table), ok=False)
    assert (ran.code, said in ran.err, len(ran.err.splitlines())) == (1, True, 1), ran.err


def test_without_openpyxl_the_extra_is_named(kh: Kh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    table = workbook(tmp_path / "bang.xlsx", LIST)  # type: ignore[arg-type]
    ran = kh("new", *ASKED, "--kind", "other", "--from-table", str(table), ok=False)
    assert (ran.code, "kh-engine[tables]" in ran.err) == (4, True)


@pytest.mark.parametrize(
    ("text", "names", "mode"),
    [
        ("SỞ LAO ĐỘNG – THƯƠNG BINH VÀ XÃ HỘI", ["so-ldtbxh"], "one"),
        ("Sở LĐ-TB&XH", ["so-ldtbxh"], "one"),
        ("Uỷ ban nhân dân Tỉnh", ["ubnd-tinh"], "one"),
        ("Sở Văn hoá, Thể thao và Du lịch", ["so-vhttdl"], "one"),
        ("Huyện Tam Nông", ["huyen-tam-nong"], "one"),
        ("UBND các huyện, thị xã, thành phố", ["cap-huyen"], "each"),
        ("Các sở, ban, ngành Tỉnh; UBND các huyện, thành phố", ["so-nganh", "cap-huyen"], "each"),
        ("Sở Y tế, Sở Văn hóa, Thể thao và Du lịch, Sở Tài chính", ["so-yt", "so-vhttdl", "so-tc"], "each"),
        ("Sở Y tế và Sở Tài chính", ["so-yt", "so-tc"], "joint"),
        ("Sở Y tế, Sở Tài chính và Sở Nội vụ", ["so-yt", "so-tc", "so-nv"], "each"),
        ("thành viên BCĐ", ["thanh-vien-bcd"], "each"),
        ("các sở, ban, ngành, đoàn thể", ["so-nganh", "to-chuc-ctxh"], "each"),
        ("so-yt", ["so-yt"], "one"),
    ],
)
def test_units_are_found_by_the_names_documents_use(text: str, names: list[str], mode: str) -> None:
    directory = load_directory(ROOT / "plans" / "directories" / "dong-thap.yaml").directory
    assert directory is not None
    for spelled in (text, unicodedata.normalize("NFD", text)):
        found = Names(directory, date(2020, 3, 4)).read(spelled)
        assert (list(found.names), found.mode) == (names, mode)


def test_every_kind_has_its_template_in_both_languages() -> None:
    for language in ("vi", "en"):
        for name in (*KINDS, "list", "plan"):
            assert (ROOT / "templates" / language / "new" / f"{name}.yaml.j2").is_file()


def test_lines_of_a_sheet_keep_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("h1\n\nh2,12/BC\n", encoding="utf-8")
    assert read_rows(tmp_path / "a.csv") == [["h1"], [], ["h2", "12/BC"]]
