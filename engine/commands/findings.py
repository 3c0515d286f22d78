"""Findings as people read them: the place, what is wrong, and the line with a caret below it."""

import os
import unicodedata
from collections import Counter
from collections.abc import Sequence

import click

from engine.codes import SEVERITIES
from engine.errors import Problem
from engine.i18n import N_, _, number
from engine.plan.loader import Source

MOST_SHOWN = 100
WIDEST = 160  # characters of a line that are shown, around the column
COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}
MORE = {
    "error": N_("… more errors, not shown: {n}"),
    "warning": N_("… more warnings, not shown: {n}"),
    "note": N_("… more notes, not shown: {n}"),
}


def print_findings(found: Sequence[tuple[Source, Problem]], files: int) -> None:
    """The gravest hundred in the order of their places, how many there are besides, and the sums."""
    gravest = sorted(found, key=lambda item: list(SEVERITIES).index(item[1].severity))[:MOST_SHOWN]
    shown = set(map(id, gravest))
    rest: Counter[str] = Counter()
    for item in found:
        if id(item) in shown:
            _print(*item)
        else:
            rest[item[1].severity] += 1
    for severity, text in MORE.items():
        if rest[severity]:
            _echo(_(text).format(n=number(rest[severity])))
    sums = Counter(problem.severity for _source, problem in found)
    text = _("files: {files}, errors: {errors}, warnings: {warnings}, notes: {notes}")
    counts = {f"{severity}s": number(sums[severity]) for severity in SEVERITIES}
    _echo(text.format(files=number(files), **counts))


def _print(source: Source, problem: Problem) -> None:
    severity = click.style(_(SEVERITIES[problem.severity]), fg=COLOURS[problem.severity], bold=True)
    place = _printable(f"{problem.file}:{problem.line}:{problem.column}")
    _echo(f"{place}: {severity} {problem.code}: {_printable(problem.message)}")
    line = source.line(problem)
    if line.strip():
        shown, column = _around(line, problem.column)
        _echo(f"    {_printable(shown, keep_tabs=True)}")
        _echo(f"    {_indent(shown[: column - 1])}" + click.style("^", fg=COLOURS[problem.severity], bold=True))


def _around(line: str, column: int) -> tuple[str, int]:
    """The part of a line around a column, and the column in that part."""
    start = max(0, column - WIDEST // 2) if len(line) > WIDEST else 0
    part = ("…" if start else "") + line[start : start + WIDEST] + ("…" if len(line) > start + WIDEST else "")
    return part, column - start + (1 if start else 0)


def _indent(text: str) -> str:
    """White space as wide as a text is on a terminal: a tab stays one, wide letters count double, marks nothing."""
    return "".join("\t" if char == "\t" else " " * _width(char) for char in text)


def _width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _printable(text: str, *, keep_tabs: bool = False) -> str:
    """One line without what a terminal would obey: control and direction characters."""
    return "".join(
        char if char == "\t" and keep_tabs else " " if char.isspace()
        else "�" if unicodedata.category(char)[0] == "C" else char for char in text
    )  # fmt: skip


def _echo(text: str) -> None:
    click.echo(text, color=False if os.environ.get("NO_COLOR") else None)
