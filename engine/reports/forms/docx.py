"""A Word file in the layout of an office's paper (Decree 30/2020/NĐ-CP): heads, title, tables, who signs."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from engine.errors import NotInstalled
from engine.plan.writing import one_line
from engine.reports.sheet import Report, Sheet
from engine.templates import exported, plain

WIDE = 110  # characters of a table: what is wider lies across the page
A4 = (21.0, 29.7)  # cm
ROOM = {False: 16.5, True: 26.2}  # cm between the margins, upright and across
MANY = 12  # columns: then the letters are smaller
DXA = 567  # of Word's units in a cm
_FONT = "Times New Roman"
STATE = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
SIDES = {"number": "right", "share": "right", "day": "center"}


def docx_bytes(report: Report) -> bytes:
    """A draft: number, day and signature stay open. Raises Unavailable without the `docx` extra."""
    try:
        from docx import Document
    except ImportError as error:
        raise NotInstalled("python-docx", "docx") from error
    document = Document()
    across = any(sum(column.wide for column in sheet.columns) > WIDE for sheet in report.sheets)
    _lay_out(document, across)
    parts = _parts(report)
    _heads(document, parts, across)
    _line(document, one_line(report.title).upper(), bold=True, centred=True, size=14)
    for text in (report.subtitle, *report.lines):
        _line(document, one_line(text), centred=True, italic=True)
    for sheet in report.sheets:
        if len(report.sheets) > 1:
            _line(document, sheet.name, bold=True)
        if sheet.rows:
            _table(document, sheet, report.zone, ROOM[across])
        else:
            _line(document, sheet.empty)
    for text in report.notes:
        _line(document, text, italic=True)
    _signature(document, parts)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _parts(report: Report) -> dict[str, str]:
    """The words of the office's own letters: who issues, where, who signs."""
    context = {"kind": "BC", "sender": plain(report.sender), "today": report.closes, "plan": {}}
    return exported("_van-ban.txt.j2", "vi", context)


def _lay_out(document: Any, across: bool) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    wide, high = (A4[1], A4[0]) if across else A4
    section.page_width, section.page_height = Cm(wide), Cm(high)
    section.top_margin = section.bottom_margin = Cm(2)
    section.left_margin, section.right_margin = Cm(3 if not across else 2), Cm(1.5)
    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    style.paragraph_format.space_after = Pt(3)


def _heads(document: Any, parts: Mapping[str, str], across: bool) -> None:
    """The issuing office on the left, the state on the right; under each its number, or place and day."""
    from docx.shared import Cm

    left = [(parts["superior"], False), (parts["issuer"], True), (parts["number"], False)]
    right = [*[(line, True) for line in STATE], (parts["dated"], False)]
    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    widths = (10.2, 16.0) if across else (6.0, 10.5)
    for cell, column, wide, lines in zip(table.rows[0].cells, table.columns, widths, (left, right), strict=True):
        column.width = cell.width = Cm(wide)
        cell.paragraphs[0]._p.getparent().remove(cell.paragraphs[0]._p)
        for text, bold in lines:
            if text:
                _line(cell, text, bold=bold, centred=True, size=12, italic=text == parts["dated"])
    document.add_paragraph()


def _line(
    where: Any, text: str, *, bold: bool = False, italic: bool = False, centred: bool = False, size: int = 13
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = where.add_paragraph()
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _table(document: Any, sheet: Sheet, zone: str, room: float) -> None:
    """As wide as the page at most. Its heading stands on every page."""
    table = document.add_table(rows=0, cols=0)
    table.style, table.autofit = "Table Grid", False
    wide = sum(column.wide for column in sheet.columns)
    unit = DXA * min(room / wide, 0.22)
    for column in sheet.columns:
        _under(table._tbl.tblGrid, "w:gridCol", {"w:w": str(int(column.wide * unit))})
    margins = _under(table._tbl.tblPr, "w:tblCellMar")
    for side in ("w:left", "w:right"):
        _under(margins, side, {"w:w": "60", "w:type": "dxa"})
    head = _add_row(table, [column.heading for column in sheet.columns], ["center"] * len(sheet.columns), bold=True)
    _under(_under(head, "w:trPr", first=True), "w:tblHeader")
    sides = [SIDES.get(column.kind, "left") for column in sheet.columns]
    for row in sheet.every_row:
        _add_row(table, sheet.printed(row, zone), sides, bold=row is sheet.total)


def _add_row(table: Any, texts: Sequence[str], sides: Sequence[str], *, bold: bool = False) -> Any:
    """Straight into the file's own elements: thousands of rows take seconds, not hours."""
    row = _under(table._tbl, "w:tr")
    for text, side in zip(texts, sides, strict=True):
        paragraph = _under(_under(row, "w:tc"), "w:p")
        layout = _under(paragraph, "w:pPr")
        _under(layout, "w:spacing", {"w:after": "0"})
        _under(layout, "w:jc", {"w:val": side})
        run = _under(paragraph, "w:r")
        shape = _under(run, "w:rPr")
        if bold:
            _under(shape, "w:b")
        _under(shape, "w:sz", {"w:val": "16" if len(texts) > MANY else "20"})
        _under(run, "w:t", {"xml:space": "preserve"}).text = one_line(text)
    return row


def _under(parent: Any, name: str, attributes: Mapping[str, str] | None = None, *, first: bool = False) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    found = OxmlElement(name)
    for key, value in (attributes or {}).items():
        found.set(qn(key), value)
    parent.insert(0, found) if first else parent.append(found)
    return found


def _signature(document: Any, parts: Mapping[str, str]) -> None:
    from docx.shared import Cm

    table = document.add_table(rows=1, cols=2)
    left, right = table.rows[0].cells
    left.width = right.width = Cm(8)
    _line(left, "Nơi nhận:", bold=True, italic=True, size=12)
    _line(left, "- Như trên;", size=11)
    _line(left, "- Lưu: VT.", size=11)
    _line(right, parts["signatory"], bold=True, centred=True)
    for text in ("", "", "", parts["signed_by"]):
        _line(right, text, bold=True, centred=True)
