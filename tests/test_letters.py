"""Official letters: laid out by Decree 30/2020/NĐ-CP, nothing invented, harmless whatever a plan's texts say."""

import io
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT, SMALL, Kh, Mailbox
from docx import Document
from docx.document import Document as Word
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

Write = Callable[..., Path]
FORM = ROOT / "templates" / "vi" / "van-ban.docx"
LATE = "2020-04-03"
EVENT = """
  hoi-nghi:
    name: Hội nghị tổng kết
    clause: II.2
    type: event
    deadline: cuối tháng 4/2020
    chair: ubnd
    attend: [huyen]
    guests: [Báo Đồng Tháp]
    form: trực tuyến
    session: 01 buổi
"""
PLAN = SMALL.replace("UBND tỉnh", "UBND tỉnh Đồng Tháp") + EVENT
HOSTILE = "Huyện <b>&amp; {{ 7*7 }} {%p endif %} ]]> \\u202e\\x85 \\n- Lưu: VT."


def paragraphs(word: Word) -> Iterator[Paragraph]:
    """Every paragraph in the order it is read, those of tables among them."""
    for element in word.element.body.iter(qn("w:p")):
        yield Paragraph(element, word)  # type: ignore[arg-type]


def lines(word: Word) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(word) if paragraph.text]


def style(paragraph: Paragraph) -> str:
    """Size, weight, slope and place on the line, e.g. '12bc'."""
    (run, *_rest) = paragraph.runs
    size = run.font.size
    assert size is not None
    place = {None: "", 1: "c", 3: "j"}[paragraph.alignment]
    return f"{size.pt:g}{'b' if run.bold else ''}{'i' if run.italic else ''}{place}"


@pytest.fixture
def late(kh: Kh, plan_file: Write) -> Kh:
    kh("start", plan_file(PLAN), "--id", "dt", "--at", "2020-03-04")
    return kh


@pytest.fixture
def write(late: Kh, tmp_path: Path) -> Callable[..., Word]:
    """Write a letter and open it again."""

    def call(*words: str) -> Word:
        path = tmp_path / "thu.docx"
        late("letter", *words, "--at", LATE, "-o", path)
        return Document(str(path))

    return call


def test_the_shipped_form_says_what_goes_where() -> None:
    """The Word file is a source, made in an editor: this is what it holds."""
    found = [f"{style(item):4} {item.text}" for item in paragraphs(Document(str(FORM))) if item.text]
    assert [line for line in found if "{%" not in line] == [
        "12c  {{ superior }}",
        "12bc {{ issuer }}",
        "12bc CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "13bc Độc lập - Tự do - Hạnh phúc",
        "13c  {{ number }}",
        "12c  {{ subject }}",
        "13ic {{ dated }}",
        "14bc {{ title }}",
        "14bc {{ subject }}",
        "14c  Kính gửi: {{ to[0] }}",
        "14   Kính gửi:",
        "14j  {{ text }}",
        "12bi Nơi nhận:",
        "14bc {{ signatory }}",
        "14bc {{ signed_by }}",
        "14bc Phụ lục",
        "14bc {{ annex_title }}",
        "13ic {{ annexed_to }}",
        *(f"13bc {heading}" for heading in ("STT", "Đơn vị", "Nội dung", "Thời hạn", "Quá hạn (ngày)")),
        "13c  {{ loop.index }}",
        "13   {{ row.unit }}",
        "13   {{ row.stage }}",
        "13c  {{ row.last_day|day }}",
        "13c  {{ row.days_late or '' }}",
    ]


def test_paper_margins_and_letters_are_the_decree_s(write: Callable[..., Word]) -> None:
    word = write("dt")
    (section,) = word.sections
    paper = (section.page_width, section.page_height, section.top_margin, section.bottom_margin, section.left_margin,
             section.right_margin)  # fmt: skip
    assert [round(length.mm) for length in paper if length is not None] == [210, 297, 20, 20, 30, 15]
    assert word.styles["Normal"].font.name == "Times New Roman"
    assert {run.font.name for item in paragraphs(word) for run in item.runs} == {None}  # none of another kind
    sizes = {run.font.size for item in paragraphs(word) for run in item.runs if run.text.strip()}
    assert sizes <= {Pt(11), Pt(12), Pt(13), Pt(14)}
    assert section.different_first_page_header_footer  # the first page bears no number
    assert "PAGE" in section.header._element.xml


def test_a_letter_that_chases(write: Callable[..., Word]) -> None:
    said = lines(write("dt", "--date", "2020-04-10"))
    assert said == [
        "UBND TỈNH ĐỒNG THÁP",
        "SỞ A",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số:          /……-……",
        "V/v đôn đốc thực hiện Kế hoạch số 1/KH-UBND",
        "Đồng Tháp, ngày       tháng       năm 2020",
        "Kính gửi:",
        "- Huyện Một;",
        "- Huyện Hai.",
        "Thực hiện Kế hoạch số 1/KH-UBND ngày 04 tháng 3 năm 2020 của UBND tỉnh Đồng Tháp (Kế hoạch nhỏ), Sở A theo "
        "dõi, tổng hợp việc thực hiện các nội dung được giao.",
        "Đến ngày 03 tháng 4 năm 2020, Sở A chưa nhận được kết quả thực hiện:",
        "Báo cáo (mục I.1; kế hoạch ghi thời hạn: “trước ngày 30/3/2020”); nơi nhận: Sở A.",
        "- Huyện Một: hạn ngày 29/03/2020, quá hạn 5 ngày.",
        "- Huyện Hai: hạn ngày 29/03/2020, quá hạn 5 ngày.",
        "Sở A đề nghị các cơ quan, đơn vị nêu trên khẩn trương hoàn thành và gửi kết quả chậm nhất ngày 10 tháng 4 năm "
        "2020; trường hợp có khó khăn, vướng mắc, đề nghị báo cáo rõ lý do./.",
        "Nơi nhận:",
        "- Như trên;",
        "- UBND tỉnh Đồng Tháp (để báo cáo);",
        "- Lưu: VT.",
        "THỦ TRƯỞNG CƠ QUAN",
    ]


def test_only_the_late_ones_and_the_day_stays_open(late: Kh) -> None:
    late("submit", "dt/bao-cao/h1", "--at", "2020-03-27")
    text = late("letter", "dt", "--at", LATE, "--dry-run").out
    assert "Kính gửi: Huyện Hai\n" in text
    assert "Huyện Một" not in text
    assert "chậm nhất ngày …… tháng …… năm ………;" in text
    assert "no task matches" in late("letter", "dt/bao-cao/h1", "--at", LATE, "--dry-run", ok=False).err


def test_many_stand_in_an_annex(kh: Kh, plan_file: Write, tmp_path: Path) -> None:
    units = "".join(f"    x{n}: {{name: Huyện {n}, level: district, parent: ubnd}}\n" for n in range(10))
    kh("start", plan_file(SMALL.replace("  groups:", f"{units}  groups:")), "--id", "dt", "--at", "2020-03-04")
    kh("letter", "dt", "--at", LATE, "-o", tmp_path / "thu.docx")
    word = Document(str(tmp_path / "thu.docx"))
    assert "Kính gửi: Các cơ quan, đơn vị có tên tại Phụ lục kèm theo" in lines(word)
    assert "(Kèm theo văn bản số:          ngày       tháng       năm 2020 của Sở A)" in lines(word)
    table = [[cell.text for cell in row.cells] for row in word.tables[-1].rows]
    assert table[1] == ["1", "Huyện Một", "Báo cáo", "29/03/2020", "5"]
    assert [row[0] for row in table] == ["STT", *map(str, range(1, 13))]
    assert "12. Huyện 9 | Báo cáo | 29/03/2020 | 5" in kh("letter", "dt", "--at", LATE, "--dry-run").out


def test_a_report_a_notice_and_an_invitation(write: Callable[..., Word]) -> None:
    report = lines(write("dt", "--kind", "bc"))
    assert "Số:          /BC-……" in report
    assert report[report.index("BÁO CÁO") + 1] == "Tình hình thực hiện Kế hoạch số 1/KH-UBND"
    assert "Kính gửi: UBND tỉnh Đồng Tháp" in report
    assert any(line.endswith("đã hoàn thành 0/2; chưa thực hiện 2 đơn vị.") for line in report)
    notice = lines(write("dt/hoi-nghi", "--kind", "tb", "--date", "2020-04-24"))
    assert "Số:          /TB-……" in notice
    assert any(line.endswith("“cuối tháng 4/2020”): ngày 24 tháng 4 năm 2020.") for line in notice)
    invitation = lines(write("dt/hoi-nghi", "--kind", "gm", "--date", "2020-04-24"))
    for line in ("GIẤY MỜI", "Tới dự: Hội nghị tổng kết.", "Chủ trì: UBND tỉnh Đồng Tháp.",
                 "Thời gian: 01 buổi, …… giờ …… ngày 24 tháng 4 năm 2020.", "Hình thức: trực tuyến.",
                 "Địa điểm: …………….", "Số:          /GM-……"):  # fmt: skip
        assert line in invitation
    assert any(line.endswith("kính mời: Huyện Một; Huyện Hai; Báo Đồng Tháp.") for line in invitation)


@pytest.fixture
def english(kh: Kh, plan_file: Write, tmp_path: Path) -> Callable[..., Word]:
    kh("start", plan_file(PLAN.replace("title:", "language: en\ntitle:")), "--id", "en", "--at", "2020-03-04")

    def call(*words: str) -> Word:
        path = tmp_path / "letter.docx"
        kh("letter", *words, "--at", LATE, "-o", path)
        text = kh("letter", *words, "--at", LATE, "--dry-run").out
        word = Document(str(path))
        assert [line.strip() for line in lines(word)][:2] == text.splitlines()[2:4]
        return word

    return call


def test_an_english_plan_writes_english_letters(english: Callable[..., Word]) -> None:
    assert lines(english("en", "--date", "2020-04-10")) == [
        "UBND TỈNH ĐỒNG THÁP",
        "SỞ A",
        "SOCIALIST REPUBLIC OF VIET NAM",
        "Independence - Freedom - Happiness",
        "No.:          /……-……",
        "Re: Overdue duties under Plan No. 1/KH-UBND",
        "Đồng Tháp,       /       /2020",
        "To:",
        "- Huyện Một;",
        "- Huyện Hai.",
        "Sở A follows up the duties assigned under Plan No. 1/KH-UBND of 4 March 2020, issued by UBND tỉnh Đồng Tháp "
        "(Kế hoạch nhỏ).",
        "By 3 April 2020, Sở A had not received the results of:",
        "Báo cáo (clause I.1; the plan says “trước ngày 30/3/2020”); to be sent to Sở A.",
        "- Huyện Một: due 29 March 2020, 5 days late.",
        "- Huyện Hai: due 29 March 2020, 5 days late.",
        "Sở A asks the agencies and units named above to complete these duties without delay and to send the results "
        "by 10 April 2020 at the latest; where there are difficulties, please report the reasons.",
        "Recipients:",
        "- As above;",
        "- UBND tỉnh Đồng Tháp (for information);",
        "- Office files.",
        "HEAD OF THE AGENCY",
    ]


def test_english_reports_notices_and_invitations(english: Callable[..., Word]) -> None:
    report = lines(english("en", "--kind", "bc"))
    assert report[report.index("REPORT") + 1] == "On the implementation of Plan No. 1/KH-UBND"
    assert "To: UBND tỉnh Đồng Tháp" in report
    assert any(line.endswith("0 of 2 completed; 2 outstanding.") for line in report)
    assert any(line.endswith("by …… …………… ……… at the latest.") for line in report)
    notice = lines(english("en/hoi-nghi", "--kind", "tb", "--date", "2020-04-24"))
    assert any(line.endswith("the plan says “cuối tháng 4/2020”): 24 April 2020.") for line in notice)
    invitation = lines(english("en/hoi-nghi", "--kind", "gm", "--date", "2020-04-24"))
    for line in ("INVITATION", "To attend: Hội nghị tổng kết.", "Chair: UBND tỉnh Đồng Tháp.",
                 "Time: 24 April 2020, …… : …… (01 buổi).", "Venue: …………….", "No.:          /GM-……"):  # fmt: skip
        assert line in invitation
    words = {word for kind in (report, notice, invitation) for line in kind for word in line.split()}
    assert not words & {"Kính", "Nơi", "THÔNG", "Đến", "Hình"}


def test_the_fixed_day_of_the_event_is_the_invitation_s(late: Kh) -> None:
    late("fix-date", "dt/hoi-nghi", "2020-04-24", "--at", "2020-04-01")
    assert "ngày 24 tháng 4 năm 2020" in late("letter", "dt/hoi-nghi", "--kind", "gm", "--at", LATE, "--dry-run").out


def test_only_what_the_directory_says_is_written_down(kh: Kh, plan_file: Write) -> None:
    kh("start", plan_file(SMALL.replace("number: 1/KH-UBND, ", "")), "--id", "dt", "--at", "2020-03-04")
    text = kh("letter", "dt", "--at", LATE, "--dry-run").out
    assert "V/v đôn đốc thực hiện kế hoạch “Kế hoạch nhỏ”\n" in text
    assert "……………, ngày       tháng       năm 2020" in text  # “UBND tỉnh” says of no province where it lies
    assert not re.search(r"Số:\s*\d", text)


def test_an_abbreviation_and_a_head_come_from_the_directory(kh: Kh, plan_file: Write) -> None:
    more = "name: Sở A, aliases: [Sở Lao động, SLĐTBXH], head: {name: Nguyễn Văn A},"
    kh("start", plan_file(SMALL.replace("name: Sở A,", more)), "--id", "dt", "--at", "2020-03-04")
    text = kh("letter", "dt", "--at", LATE, "--dry-run").out
    assert "Số:          /SLĐTBXH-……\n" in text
    assert "THỦ TRƯỞNG CƠ QUAN\nNguyễn Văn A" in text
    assert "/BC-SLĐTBXH\n" in kh("letter", "dt", "--kind", "bc", "--at", LATE, "--dry-run").out


def test_hostile_names_stay_words(kh: Kh, plan_file: Write, tmp_path: Path) -> None:
    kh("start", plan_file(SMALL.replace("name: Huyện Một", f'name: "{HOSTILE}"')), "--id", "dt", "--at", "2020-03-04")
    kh("letter", "dt", "--at", LATE, "-o", tmp_path / "thu.docx")
    said = lines(Document(str(tmp_path / "thu.docx")))
    name = "Huyện <b>&amp; {{ 7*7 }} {%p endif %} ]]> - Lưu: VT."
    assert f"- {name};" in said
    assert said.count("- Lưu: VT.") == 1
    assert f"- {name}: hạn ngày 29/03/2020, quá hạn 5 ngày." in said
    assert not [char for line in said for char in line if unicodedata.category(char)[0] == "C"]


def test_an_office_s_own_templates_come_first(write: Callable[..., Word], tmp_path: Path) -> None:
    own = tmp_path / "mau" / "vi"
    own.mkdir(parents=True)
    (tmp_path / "kh.toml").write_text('templates = "mau"\n', encoding="utf-8")
    word = Document()
    word.add_paragraph("Mẫu của Sở A – {{ number }}")
    word.add_paragraph("{% for section in sections %}{{ section.stage.name }}{% endfor %}")
    word.save(str(own / "cong-van.docx"))
    assert lines(write("dt")) == ["Mẫu của Sở A – Số:          /……-……", "Báo cáo"]
    words = (ROOT / "templates" / "vi" / "bao-cao.txt.j2").read_text("utf-8")
    (own / "bao-cao.txt.j2").write_text(words.replace("báo cáo tình hình", "kính báo cáo tình hình"), "utf-8")
    assert any("Sở A kính báo cáo tình hình" in line for line in lines(write("dt", "--kind", "bc")))


@pytest.mark.parametrize("text", ["{{ nothing }}", "{{ ''.__class__.__mro__ }}", "{% for %}", "{{ 1/0 }}", None])
def test_a_broken_template_of_the_office_is_a_plain_error(late: Kh, tmp_path: Path, text: str | None) -> None:
    own = tmp_path / "mau" / "vi"
    own.mkdir(parents=True)
    (tmp_path / "kh.toml").write_text('templates = "mau"\n', encoding="utf-8")
    word = Document()
    word.add_paragraph(text or "")
    word.save(str(own / "van-ban.docx"))
    if text is None:
        (own / "van-ban.docx").write_bytes(b"no Word file")
    ran = late("letter", "dt", "--at", LATE, "-o", tmp_path / "thu.docx", ok=False)
    assert ran.code == 1
    assert "van-ban.docx" in ran.err
    assert not (tmp_path / "thu.docx").exists()


@pytest.mark.parametrize("text", ["{{ nothing }}", "{% set subject = 1/0 %}", "{% for %}", "no part of a letter"])
def test_so_are_broken_words(late: Kh, tmp_path: Path, text: str) -> None:
    own = tmp_path / "mau" / "vi"
    own.mkdir(parents=True)
    (tmp_path / "kh.toml").write_text('templates = "mau"\n', encoding="utf-8")
    (own / "cong-van.txt.j2").write_text(text, encoding="utf-8")
    ran = late("letter", "dt", "--at", LATE, "--dry-run", ok=False)
    assert ran.code == 1
    assert ".txt.j2" in ran.err


def test_doctor_misses_a_folder_of_templates(kh: Kh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KH_TEMPLATES", "khong-co")
    assert "PROBLEM: the office's own templates: khong-co" in kh("doctor", ok=False).out


def test_what_a_letter_cannot_be_about(late: Kh, plan_file: Write, tmp_path: Path) -> None:
    late("start", plan_file(PLAN), "--id", "khac", "--at", "2020-03-04")
    wrong = (
        (("dt/bao-cao", "--kind", "gm"), 1, "hoi-nghi"),
        (("dt", "khac"), 1, "dt, khac"),
        (("dt", "--date", "10/4/2020"), 1, "2020-04-24"),
        (("dt/tong-hop", "--state", "waiting"), 1, "so-a"),
    )
    for words, code, said in wrong:
        ran = late("letter", *words, "--at", LATE, "-o", tmp_path / "x.docx", ok=False)
        assert (ran.code, said in ran.err) == (code, True), ran.err
    assert late("letter", "dt", ok=False).code == 2


def test_the_draft_goes_to_the_coordinator_with_the_notice(late: Kh, mailbox: Mailbox) -> None:
    late("tick", "--at", "2020-03-04T08:00")
    late("tick", "--at", "2020-04-03T08:00")
    (mail,) = [mail for mail in mailbox.to("so-a@t.example.vn") if list(mail.iter_attachments())]
    (draft,) = mail.iter_attachments()
    assert draft.get_filename() == "du-thao-cong-van-1.docx"
    said = lines(Document(io.BytesIO(draft.get_content())))
    assert "V/v đôn đốc thực hiện Kế hoạch số 1/KH-UBND" in said
    assert "- Huyện Hai." in said


def test_without_the_extra_the_draft_is_text(
    late: Kh, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "docxtpl", None)
    late("tick", "--at", "2020-03-04T08:00")
    late("tick", "--at", "2020-04-03T08:00")
    (mail,) = [mail for mail in mailbox.to("so-a@t.example.vn") if list(mail.iter_attachments())]
    (draft,) = mail.iter_attachments()
    assert draft.get_filename() == "du-thao-cong-van-1.txt"
    assert draft.get_content().startswith("DỰ THẢO")
    ran = late("letter", "dt", "--at", LATE, "-o", tmp_path / "thu.docx", ok=False)
    assert ran.code == 4
    assert "kh-engine[docx]" in ran.err


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice") and "CI" not in os.environ, reason="LibreOffice is not installed")
def test_libreoffice_shows_each_letter_as_it_is_meant(late: Kh, tmp_path: Path) -> None:
    kinds = {"cv": "dt", "bc": "dt", "tb": "dt/hoi-nghi", "gm": "dt/hoi-nghi"}
    drafts = {}
    for kind, about in kinds.items():
        words = ("letter", about, "--kind", kind, "--at", LATE)
        late(*words, "-o", tmp_path / f"{kind}.docx")
        drafts[kind] = late(*words, "--dry-run").out
    program = shutil.which("soffice")
    assert program, "CI has to install LibreOffice (libreoffice-writer-nogui)"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir", str(tmp_path)]
    subprocess.run([*command, *(str(tmp_path / f"{kind}.docx") for kind in kinds)], check=True, timeout=300,
                   capture_output=True)  # fmt: skip
    for kind, draft in drafts.items():
        shown = (tmp_path / f"{kind}.txt").read_text("utf-8-sig")
        expected = [line for line in draft.splitlines()[1:] if line]
        assert sorted(filter(None, map(str.strip, shown.splitlines()))) == sorted(map(str.strip, expected))
