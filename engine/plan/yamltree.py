"""YAML as policy staff mean it: scalars are what they look like, and every value knows its line.

Built straight from libyaml's events, so that deep nesting, aliases and tags are refused before anything grows.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from engine.errors import PlanError, Problem
from engine.i18n import _

MAX_DEPTH = 50
MAX_PROBLEMS = 200
MAX_BYTES = 20_000_000

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_CONSTANTS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}

Mark = tuple[int, int]  # line and column, from 1


class Mapping(dict[str, Any]):
    """A YAML mapping that knows where its keys and values stand."""

    __slots__ = ("at", "flow", "keys_at", "values_at")

    def __init__(self, at: Mark, flow: bool):
        super().__init__()
        self.at, self.flow = at, flow
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

    def locate(self, path: Iterable[Any], *, key: bool = False) -> Mark:
        """The place of a value (of its key, with `key`); of the nearest parent where it is missing."""
        node, mark = self.value, (1, 1)
        for step in path:
            if isinstance(node, Mapping) and step in node:
                mark = node.keys_at[step] if key else node.values_at[step]
                node = node[step]
            elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node):
                mark, node = node.items_at[step], node[step]
        return mark

    def report(self, mark: Mark, code: str, message: str, severity: str = "error") -> None:
        self.problems.append(Problem(self.file, *mark, code, severity, message))

    def line(self, number: int) -> str:
        lines = self.text.splitlines()
        return lines[number - 1] if 0 < number <= len(lines) else ""


class _Stop(Exception):
    """The rest of the file cannot be read."""


def parse(data: bytes, file: str) -> Tree:
    """Read YAML bytes. Never raises for bad content: the tree carries the problems."""
    tree = Tree(file, _decode(data, file))
    try:
        _Builder(tree).build()
    except _Stop:
        pass
    except yaml.YAMLError as error:
        tree.report(_mark_of(error), "KH001", _("this is not YAML: {error}").format(error=_one_line(error)))
    except (UnicodeError, ValueError) as error:  # lone surrogates and the like, from libyaml
        tree.report((1, 1), "KH001", _("this is not YAML: {error}").format(error=error))
    return tree


def _decode(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        raise PlanError([Problem(file, 1, 1, "KH002", "error", _("the file is larger than 20 MB"))])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = _("the file is not UTF-8: save it as UTF-8 and try again")
        raise PlanError([Problem(file, line, 1, "KH002", "error", message)]) from error


def _mark_of(error: yaml.YAMLError) -> Mark:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _one_line(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    return " ".join(str(problem).split())


def _events(text: str) -> Iterator[Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return iter(yaml.parse(text, Loader=loader))


class _Builder:
    """Turns events into values with an explicit stack: no recursion, whatever the nesting."""

    def __init__(self, tree: Tree):
        self.tree = tree
        self.stack: list[Mapping | Sequence] = []
        self.keys: list[tuple[str, Mark] | None] = []  # the pending key of each mapping on the stack
        self.documents = 0

    def build(self) -> None:
        for event in _events(self.tree.text):
            kind = type(event).__name__
            if kind in _HANDLERS:
                _HANDLERS[kind](self, event, (event.start_mark.line + 1, event.start_mark.column + 1))

    def refuse(self, mark: Mark, code: str, message: str) -> None:
        self.tree.report(mark, code, message)
        if len(self.tree.problems) >= MAX_PROBLEMS:
            raise _Stop

    def on_document(self, event: Any, mark: Mark) -> None:
        self.documents += 1
        if self.documents > 1:
            self.refuse(mark, "KH003", _("one file holds one document: remove the second “---”"))
            raise _Stop

    def on_alias(self, event: Any, mark: Mark) -> None:
        self.refuse(
            mark, "KH004", _("aliases (*{name}) are not allowed: write the value out").format(name=event.anchor)
        )
        self.add(None, mark)

    def on_scalar(self, event: Any, mark: Mark) -> None:
        self.check_properties(event, mark)
        plain = event.style is None or event.style == ""
        if self.expects_key():
            self.keys[-1] = (event.value, mark)
        elif plain and event.value == "" and getattr(self.stack[-1] if self.stack else None, "flow", False):
            key, place = (self.keys[-1] if self.keys else None) or ("", mark)
            self.refuse(
                place,
                "KH006",
                _("a comma cuts the value before “{key}” in two: put the value in quotes").format(key=key),
            )
            self.add(None, mark)
        else:
            self.add(self.scalar(event.value, mark) if plain else event.value, mark)

    def on_mapping(self, event: Any, mark: Mark) -> None:
        self.check_properties(event, mark)
        self.push(Mapping(mark, bool(event.flow_style)), mark)
        self.keys.append(None)

    def on_sequence(self, event: Any, mark: Mark) -> None:
        self.check_properties(event, mark)
        self.push(Sequence(mark), mark)
        self.keys.append(None)

    def on_end(self, event: Any, mark: Mark) -> None:
        self.stack.pop()
        self.keys.pop()

    def check_properties(self, event: Any, mark: Mark) -> None:
        if event.anchor:
            self.refuse(
                mark, "KH004", _("anchors (&{name}) are not allowed: write the value out").format(name=event.anchor)
            )
        if event.tag and event.tag != "!":
            self.refuse(mark, "KH005", _("tags ({tag}) are not allowed").format(tag=event.tag))

    def expects_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1], Mapping) and self.keys[-1] is None

    def push(self, node: Mapping | Sequence, mark: Mark) -> None:
        if len(self.stack) >= MAX_DEPTH:
            self.refuse(mark, "KH007", _("nested deeper than {n} levels").format(n=MAX_DEPTH))
            raise _Stop
        if self.expects_key():
            self.refuse(mark, "KH008", _("a key is a plain word, not a list or a mapping"))
            raise _Stop
        self.add(node, mark)
        self.stack.append(node)

    def add(self, value: Any, mark: Mark) -> None:
        if not self.stack:
            self.tree.value = value
        elif isinstance(parent := self.stack[-1], Sequence):
            parent.append(value)
            parent.items_at.append(mark)
        else:
            self.add_to_mapping(parent, value, mark)

    def add_to_mapping(self, parent: Mapping, value: Any, mark: Mark) -> None:
        pending = self.keys[-1]
        self.keys[-1] = None
        if pending is None:  # an alias where a key belongs: refused already
            return
        key, key_mark = pending
        if key in parent:
            self.refuse(
                key_mark,
                "KH009",
                _("key “{key}” stands twice: first in line {line}").format(key=key, line=parent.keys_at[key][0]),
            )
            return
        parent[key] = value
        parent.keys_at[key], parent.values_at[key] = key_mark, mark

    def scalar(self, text: str, mark: Mark) -> Any:
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _INTEGER.match(text):
            return int(text)
        if _ISO_DATE.match(text):
            try:
                return date.fromisoformat(text)
            except ValueError:
                self.refuse(mark, "KH010", _("there is no such day: {text}").format(text=text))
        return text


_HANDLERS = {
    "DocumentStartEvent": _Builder.on_document,
    "AliasEvent": _Builder.on_alias,
    "ScalarEvent": _Builder.on_scalar,
    "MappingStartEvent": _Builder.on_mapping,
    "SequenceStartEvent": _Builder.on_sequence,
    "MappingEndEvent": _Builder.on_end,
    "SequenceEndEvent": _Builder.on_end,
}
