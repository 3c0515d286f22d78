"""What trips libyaml, said in the words of somebody who writes plans, and how to read on behind it."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import yaml

from engine.i18n import N_, _
from engine.plan.tree import LINE_END, Mark

CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ufffd\U00010000-\U0010ffff]")


class Trouble(NamedTuple):
    """A mistake of syntax. A local one is over once the value of its line stands in quotes."""

    mark: Mark
    code: str
    message: str
    local: bool


class _Place(NamedTuple):
    """Where the parser stopped, and where what it was reading had begun."""

    said: str
    mark: Mark
    char: str
    before: str  # the line up to the mark
    opened: Mark | None
    opening: str  # the character there

    @property
    def in_quotes(self) -> bool:
        return bool(re.search("[\"']$", self.before.rstrip()))

    @property
    def in_value(self) -> bool:
        return bool(re.search(r":\s+\S", self.before))


# (what libyaml or PyYAML say, what must hold besides, code, our words, at what is open?, local?); the first that fits.
_Row = tuple[str, Callable[[_Place], bool], str, str, bool, bool]


def _always(_place: _Place) -> bool:
    return True


_QUOTE_IT = N_("a colon followed by a space stands inside the value: put the whole value in quotes")
_ROWS: tuple[_Row, ...] = (
    ("tab character|start any token", lambda it: it.char == "\t", "KH023",
     N_("a tab stands here: indent by spaces only"), False, False),
    ("end of stream", lambda it: it.opening in ("'", '"'), "KH026",
     N_("the quote opened here is never closed"), True, True),
    ("',' or '", lambda it: it.char == ":" and it.opened is not None and it.opened[0] == it.mark[0], "KH024",
     _QUOTE_IT, False, True),
    ("',' or '|expected key|block end", lambda it: it.in_quotes, "KH028",
     N_("the value ends with its closing quote: put the whole value in quotes of the other kind"), False, True),
    ("',' or '", _always, "KH026", N_("the bracket “{opening}” opened here is not closed before line {line}"),
     True, False),
    ("mapping values", lambda it: it.in_value, "KH024", _QUOTE_IT, False, True),
    ("mapping values", _always, "KH029",
     N_("this line stands deeper than the one above it, which has a value already or lacks its colon"), False, False),
    ("start any token|alphabetic or numeric|node content|line break|chomping", _always, "KH027",
     N_("a value cannot begin with “{opening}”: put it in quotes"), True, True),
    ("escape", _always, "KH001",
     N_("in \"…\" a backslash begins a special character: put the value in '…' instead"), False, True),
    ("expected '-'|found '\\?'", _always, "KH029",
     N_("a key stands among the items of a list: indent it deeper, or begin it with “- ”"), False, False),
    ("expected key|block end", lambda it: not it.before.strip(), "KH029",
     N_("the indentation of this line fits none of the lines above it"), False, False),
    ("sequence entries", _always, "KH001", N_("an item of a list (- …) begins a line of its own"), False, False),
    ("find expected ':'", _always, "KH001", N_("a colon is missing: write `key: value`"), True, False),
    ("document start", _always, "KH003", N_("nothing may stand behind the end of the document"), False, False),
    ("directive|incompatible", _always, "KH001", N_("a line cannot begin with %"), False, False),
)  # fmt: skip


def trouble(error: yaml.YAMLError, lines: list[str]) -> Trouble:
    """The mistake behind an error of the parser."""
    it = _place(error, lines)
    for said, holds, code, words, opened, local in _ROWS:
        if re.search(said, it.said) and holds(it):
            message = _(words).format(opening=it.opening, line=it.mark[0])
            return Trouble(it.opened if opened and it.opened else it.mark, code, message, local)
    return Trouble(it.mark, "KH001", _("this is not YAML: {error}").format(error=it.said), False)


def _place(error: yaml.YAMLError, lines: list[str]) -> _Place:
    problem: Any = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    mark = _mark(getattr(error, "problem_mark", None)) or (1, 1)
    opened = _mark(getattr(error, "context_mark", None))
    line = _line(lines, mark)
    at = opened or mark
    return _Place(
        " ".join(str(problem).split()), mark, line[mark[1] - 1 : mark[1]], line[: mark[1] - 1], opened,
        _line(lines, at)[at[1] - 1 : at[1]],
    )  # fmt: skip


def _mark(mark: Any) -> Mark | None:
    return (mark.line + 1, mark.column + 1) if mark else None


def _line(lines: list[str], mark: Mark) -> str:
    return lines[mark[0] - 1] if mark[0] <= len(lines) else ""


_VALUE = re.compile(r"(\s*(?:- +)*(?:[A-Za-z0-9_.-]+: +)?)(.+)")


def quoted(text: str, row: int) -> str | None:
    """The text with the value of one line (from 1) in quotes; None where there is no such line."""
    lines = LINE_END.split(text)
    if row > len(lines):
        return None
    if found := _VALUE.fullmatch(lines[row - 1].rstrip()):
        lines[row - 1] = found[1] + "'" + found[2].replace("'", "''") + "'"
    return "\n".join(lines)
