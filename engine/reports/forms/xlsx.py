"""A workbook: typed cells, a frozen heading with filters, ready to be printed. A text is never a formula."""

import io
from datetime import datetime
from typing import Any

from engine.clock import zone as zone_named
from engine.errors import NotInstalled
from engine.plan.writing import one_line
from engine.reports.sheet import Column, Kind, Report, Row, Sheet

FORMATS: dict[Kind, str] = {
    "text": "@", "number": "#,##0", "day": "dd/mm/yyyy", "share": "0.0%", "instant": "dd/mm/yyyy hh:mm",
}  # fmt: skip
LONGEST = 32_000  # characters of a cell: Excel takes no more
HEAD = "EEF1F4"


def xlsx_bytes(report: Report) -> bytes:
    """Raises Unavailable without the `tables` extra."""
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise NotInstalled("openpyxl", "tables") from error
    book = Workbook()
    book.remove(book.active)
    for sheet in report.sheets:
        _fill(book.create_sheet(sheet.name[:31]), report, sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _fill(page: Any, report: Report, sheet: Sheet) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    above = (report.title, report.subtitle, *report.lines)
    for number, text in enumerate(above, start=1):
        _set(page.cell(number, 1), text, "text").font = Font(bold=number == 1, size=14 if number == 1 else 11)
    head = len(above) + 2
    _headings(page, sheet, head)
    for number, row in enumerate(sheet.every_row, start=head + 1):
        _cells(page, number, row, sheet, report.zone)
    if sheet.total:
        for column in range(1, len(sheet.columns) + 1):
            page.cell(number, column).font = Font(bold=True)
    last = get_column_letter(len(sheet.columns))
    page.freeze_panes = f"A{head + 1}"
    page.auto_filter.ref = f"A{head}:{last}{head + len(sheet.rows)}"
    page.print_area = f"A1:{last}{head + len(sheet.every_row)}"
    page.print_title_rows = f"{head}:{head}"
    page.page_setup.orientation = "landscape" if sum(column.wide for column in sheet.columns) > 100 else "portrait"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _headings(page: Any, sheet: Sheet, head: int) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for number, column in enumerate(sheet.columns, start=1):
        cell = _set(page.cell(head, number), column.heading, "text")
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=HEAD)
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        page.column_dimensions[get_column_letter(number)].width = column.wide


def _cells(page: Any, number: int, row: Row, sheet: Sheet, zone: str) -> None:
    from openpyxl.styles import Alignment

    for place, column in enumerate(sheet.columns, start=1):
        cell = _set(page.cell(number, place), _typed(row, column, zone), column.kind)
        cell.alignment = Alignment(wrap_text=column.kind == "text", vertical="top")


def _typed(row: Row, column: Column, zone: str) -> Any:
    """As a spreadsheet counts: office time without its zone."""
    value = row.get(column.key)
    return value.astimezone(zone_named(zone)).replace(tzinfo=None) if isinstance(value, datetime) else value


def _set(cell: Any, value: Any, kind: Kind) -> Any:
    cell.value = one_line(value, LONGEST) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"  # though it begins with =
    cell.number_format = FORMATS[kind]
    return cell
