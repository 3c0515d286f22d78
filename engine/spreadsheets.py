"""Tables as files for a spreadsheet: a workbook, or CSV where the library for one is not installed."""

import io
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from engine.csvfile import csv_bytes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 60  # characters of a column


def table_file(name: str, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, str]:
    """A table as an attachment of a stored message. No cell in it is a formula."""
    try:
        content, kind, ending = _workbook(headings, rows), XLSX, "xlsx"
    except ImportError:
        content, kind, ending = csv_bytes(headings, rows), "text/csv", "csv"
    return {"name": f"{name}.{ending}", "type": kind, "base64": b64encode(content).decode()}


def _workbook(headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for number, column in enumerate(zip(headings, *rows, strict=True), start=1):
        widest = max(len(str(value)) for value in column)
        sheet.column_dimensions[get_column_letter(number)].width = min(widest, WIDEST) + 2

    def cell(value: Any, *, bold: bool = False) -> Any:
        found = WriteOnlyCell(sheet, value)
        if isinstance(value, str):
            found.data_type = "s"  # never "f", whatever it begins with
        if bold:
            found.font = Font(bold=True)
        return found

    sheet.append([cell(heading, bold=True) for heading in headings])
    for row in rows:
        sheet.append([cell(value) if isinstance(value, str) else value for value in row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
