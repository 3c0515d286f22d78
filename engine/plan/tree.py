"""A YAML file as a tree whose every key and value knows its place."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.errors import Problem

Mark = tuple[int, int]  # line and column, from 1
Path = tuple[Any, ...]  # keys and positions, from the top

# The ends of a line as YAML knows them; str.splitlines knows more.
LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


class Mapping(dict[str, Any]):
    """A YAML mapping that knows where its keys and values stand; `file` where that is another file's row."""

    __slots__ = ("at", "file", "flow", "keys_at", "values_at")

    def __init__(self, at: Mark, flow: bool = False, file: str | None = None):
        super().__init__()
        self.at, self.flow, self.file = at, flow, file
        self.keys_at: dict[str, Mark] = {}
        self.values_at: dict[str, Mark] = {}


class Sequence(list[Any]):
    """A YAML sequence that knows where its items stand."""

    __slots__ = ("at", "items_at")

    def __init__(self, at: Mark):
        super().__init__()
        self.at = at
        self.items_at: list[Mark] = []


@dataclass
class Tree:
    """A parsed file: its value and the lines to point at."""

    file: str
    text: str
    value: Any = None
    problems: list[Problem] = field(default_factory=list)
    cut: Path | None = None  # where reading stopped, if it did
    mended: set[int] = field(default_factory=set)  # the lines that were read otherwise than they are written

    def locate(self, path: Iterable[Any], *, key: bool = False) -> tuple[str, int, int]:
        """File, line and column of a value (of its key, with `key`); of the nearest parent where it is missing."""
        node, mark, file = self.value, (1, 1), self.file
        for step in path:
            if isinstance(node, Mapping) and step in node:
                mark = node.keys_at[step] if key else node.values_at[step]
                node = node[step]
            elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node):
                mark, node = node.items_at[step], node[step]
            if isinstance(node, Mapping):
                file = node.file or file
        return file, *mark

    def report(self, mark: Mark, code: str, message: str) -> None:
        self.problems.append(Problem(self.file, *mark, code, message))

    @cached_property
    def lines(self) -> list[str]:
        return LINE_END.split(self.text)

    def line(self, number: int) -> str:
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""


def existing(value: Any, place: Iterable[Any]) -> Path:
    """The steps of a place that the value really has; pydantic names the branches of a union as well."""
    found = []
    for step in place:
        in_mapping = isinstance(value, dict) and step in value
        if in_mapping or (isinstance(value, list) and isinstance(step, int) and step < len(value)):
            found.append(step)
            value = value[step]
    return tuple(found)
