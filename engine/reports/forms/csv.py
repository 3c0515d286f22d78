"""CSV for spreadsheets: UTF-8 with its mark, one table after the other, and no text that would be a formula."""

import csv
import io
from collections.abc import Iterator

from engine.csvfile import harmless
from engine.plan.writing import one_line
from engine.reports.sheet import Column, Report, Row, Sheet, printed


def csv_bytes(report: Report) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    for number, sheet in enumerate(report.sheets):
        if number:
            writer.writerow([])
        writer.writerows(_lines(sheet, report.zone, named=len(report.sheets) > 1))
    return out.getvalue().encode("utf-8-sig")


def _lines(sheet: Sheet, zone: str, *, named: bool) -> Iterator[list[str]]:
    if named:
        yield [sheet.name]
    yield [column.heading for column in sheet.columns]
    for row in (*sheet.rows, *([sheet.total] if sheet.total else [])):
        yield [_cell(row, column, zone) for column in sheet.columns]


def _cell(row: Row, column: Column, zone: str) -> str:
    text = one_line(printed(row.get(column.key), column.kind, zone))
    return harmless(text) if column.kind == "text" else text
