"""Markdown: nothing of a plan is markup in it."""

import re
from collections.abc import Iterator

from engine.plan.writing import one_line
from engine.reports.sheet import Report, Row, Sheet, printed

_MARKUP = re.compile(r"([\\`*_\[\]<>|#~&])")
_RIGHT = ("number", "share")


def markdown_bytes(report: Report) -> bytes:
    return ("\n".join(_lines(report)) + "\n").encode()


def _lines(report: Report) -> Iterator[str]:
    yield f"# {escaped(report.title)}"
    for line in (report.subtitle, *report.lines):
        yield f"\n{escaped(line)}"
    for sheet in report.sheets:
        if len(report.sheets) > 1:
            yield f"\n## {escaped(sheet.name)}"
        yield ""
        yield from _table(sheet, report.zone) if sheet.rows else (escaped(sheet.empty),)
    for note in report.notes:
        yield f"\n{escaped(note)}"


def _table(sheet: Sheet, zone: str) -> Iterator[str]:
    yield _row(column.heading for column in sheet.columns)
    yield "|" + "|".join("---:" if column.kind in _RIGHT else "---" for column in sheet.columns) + "|"
    for row in (*sheet.rows, *([sheet.total] if sheet.total else [])):
        yield _row(_cells(sheet, row, zone))


def _cells(sheet: Sheet, row: Row, zone: str) -> Iterator[str]:
    return (printed(row.get(column.key), column.kind, zone) for column in sheet.columns)


def _row(cells: Iterator[str]) -> str:
    return "| " + " | ".join(map(escaped, cells)) + " |"


def escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", one_line(text))
