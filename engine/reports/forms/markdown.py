"""Markdown: nothing of a plan is markup in it."""

import re
from collections.abc import Iterable, Iterator

from engine.plan.writing import one_line
from engine.reports.sheet import Report, Sheet

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
    for row in sheet.every_row:
        yield _row(sheet.printed(row, zone))


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(map(escaped, cells)) + " |"


def escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", one_line(text))
