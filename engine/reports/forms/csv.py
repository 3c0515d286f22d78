"""CSV for spreadsheets: UTF-8 with its mark, one table after the other, and no text that would be a formula."""

import csv
import io
from collections.abc import Iterator

from engine.csvfile import harmless
from engine.plan.writing import one_line
from engine.reports.sheet import Report, Sheet


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
    for row in sheet.every_row:
        cells = zip(map(one_line, sheet.printed(row, zone)), sheet.columns, strict=True)
        yield [harmless(text) if column.kind == "text" else text for text, column in cells]
