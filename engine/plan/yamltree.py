"""YAML as policy staff mean it: scalars are what they look like, and every value knows its line.

Built straight from libyaml's events, so that deep nesting, aliases and tags are refused before anything grows.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import yaml

from engine.errors import PlanError, Problem
from engine.i18n import _, number
from engine.plan.traps import CONTROL, Trouble, quoted, trouble
from engine.plan.tree import LINE_END, Mapping, Mark, Path, Sequence, Tree

MAX_DEPTH = 50
MAX_PROBLEMS = 10_000
MAX_VALUES = 300_000
MAX_BYTES = 20_000_000
MAX_REREADINGS = 50  # of a file with mistakes of syntax, and of all its characters together:
MAX_REREAD = 8_000_000
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where it is there
STANDARD = "tag:yaml.org,2002:"  # what !! stands for

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_CONSTANTS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}


class _Stop(Exception):
    """The rest of the file is not read."""


def parse(data: bytes, file: str) -> Tree:
    """Read YAML bytes. Never raises for bad content: the tree carries the problems.

    A line that trips the parser is read again with its value in quotes, so that one colon does not hide the rest.
    """
    tree = Tree(file, _decode(data, file))
    text, unprintable = _printable(tree)
    troubles: list[Trouble] = []
    for _reading in range(max(1, min(MAX_REREADINGS, MAX_REREAD // (len(text) + 1)))):
        tree.problems = list(unprintable)
        found = _read(tree, text)
        if found is None or (troubles and not (found.local and found.mark[0] > troubles[-1].mark[0])):
            break
        troubles.append(found)
        mended = quoted(text, found.mark[0]) if found.local else None
        if mended is None:
            break
        tree.mended.add(found.mark[0])
        text = mended
    else:
        tree.report(troubles[-1].mark, "KH025", _("the rest of the file was not read: mend these mistakes first"))
    for found in troubles:
        tree.report(found.mark, found.code, found.message)
    return tree


def _decode(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        raise PlanError([Problem(file, 1, 1, "KH002", _("the file is larger than 20 MB"))])
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise PlanError([Problem(file, 1, 1, "KH002", _("the file is UTF-16: save it as UTF-8 and try again"))])
    if b"\0" in data:
        raise PlanError([Problem(file, 1, 1, "KH002", _("this is no text file"))])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = _("the file is not UTF-8: save it as UTF-8 and try again")
        raise PlanError([Problem(file, line, 1, "KH002", message)]) from error


def _printable(tree: Tree) -> tuple[str, list[Problem]]:
    """The text without control characters, which libyaml does not read, and a finding for each line with some."""
    if not CONTROL.search(tree.text):
        return tree.text, []
    found: list[Problem] = []
    for row, line in enumerate(tree.lines, start=1):
        if (char := CONTROL.search(line)) and len(found) < MAX_PROBLEMS:
            message = _("an invisible character stands here (U+{code}): delete it").format(code=f"{ord(char[0]):04X}")
            found.append(Problem(tree.file, row, char.start() + 1, "KH001", message))
    return CONTROL.sub("\ufffd", tree.text), found


def _read(tree: Tree, text: str) -> Trouble | None:
    """Build the tree from a text as far as it goes; the mistake that ended it, if one did."""
    builder = _Builder(tree)
    tree.cut = None
    try:
        builder.build(text)
    except _Stop:
        tree.cut = builder.path()
    except yaml.YAMLError as error:
        tree.cut = builder.path()
        return trouble(error, LINE_END.split(text))
    except (UnicodeError, ValueError) as error:  # lone surrogates and the like, from libyaml
        tree.cut = builder.path()
        return Trouble((1, 1), "KH001", _("this is not YAML: {error}").format(error=error), local=False)
    return None


def _events(text: str) -> Iterator[Any]:
    return iter(yaml.parse(text, Loader=LOADER))


class _Builder:
    """Turns events into values with an explicit stack: no recursion, whatever the nesting."""

    def __init__(self, tree: Tree):
        self.tree = tree
        self.tree.value = None
        self.stack: list[Mapping | Sequence] = []
        self.keys: list[tuple[str | None, Mark] | None] = []  # the pending key of each node on the stack; no word: drop
        self.documents = 0
        self.values = 0
        self.comma_in: Mapping | Sequence | None = None  # the mapping a comma was complained of last

    def build(self, text: str) -> None:
        for event in _events(text):
            if handler := _HANDLERS.get(type(event)):
                mark = event.start_mark
                handler(self, event, (mark.line + 1, mark.column + 1))
                if self.documents > 1:
                    return

    def path(self) -> Path:
        """The way to the node that is being read."""
        return tuple(next(reversed(node), None) if isinstance(node, Mapping) else len(node) - 1 for node in self.stack)

    def refuse(self, mark: Mark, code: str, message: str) -> None:
        self.tree.report(mark, code, message)
        if len(self.tree.problems) > MAX_PROBLEMS:
            self.stop(mark, _("more than {n} mistakes: the rest was not read"), MAX_PROBLEMS)

    def stop(self, mark: Mark, message: str, most: int) -> None:
        self.tree.report(mark, "KH025", message.format(n=number(most)))
        raise _Stop

    def on_document(self, event: Any, mark: Mark) -> None:
        self.documents += 1
        if self.documents > 1:
            self.refuse(mark, "KH003", _("one file holds one document: remove the second “---”"))

    def on_alias(self, event: Any, mark: Mark) -> None:
        if not self.dropping():
            text = _("aliases (*{name}) are not allowed: write the value out")
            self.refuse(mark, "KH004", text.format(name=event.anchor))
        if self.expects_key():
            self.keys[-1] = (None, mark)
        else:
            self.add(None, mark)

    def on_scalar(self, event: Any, mark: Mark) -> None:
        self.check_properties(event, mark)
        plain = event.style is None or event.style == ""
        if self.expects_key():
            self.on_key(event.value, plain, mark)
        elif plain and event.value == "" and self.is_cut_by_comma(mark):
            self.on_comma()
        else:
            self.add(self.scalar(event.value, mark) if plain else event.value, mark)

    def on_key(self, key: str, plain: bool, mark: Mark) -> None:
        merge = plain and key == "<<"
        if merge:
            self.refuse(mark, "KH004", _("merge keys (<<) are not allowed: write the values out"))
        self.keys[-1] = (None if merge else key, mark)

    def is_cut_by_comma(self, mark: Mark) -> bool:
        """Is there no colon between the key and this empty value in { }?"""
        parent = self.stack[-1] if self.stack else None
        inside = isinstance(parent, Mapping) and parent.flow
        return inside and not self.tree.line(mark[0])[: mark[1] - 1].rstrip().endswith(":")

    def on_comma(self) -> None:
        """One complaint a mapping; what the comma made a key of is dropped."""
        key, mark = self.keys[-1] or ("", (1, 1))
        if self.comma_in is not self.stack[-1]:
            self.comma_in = self.stack[-1]
            text = _("a comma cuts the value before “{key}” in two: put the value in quotes, or a list in [ ]")
            self.refuse(mark, "KH006", text.format(key=key))
        self.keys[-1] = None

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
            self.refuse(mark, "KH005", _("tags ({tag}) are not allowed").format(tag=event.tag.replace(STANDARD, "!!")))

    def dropping(self) -> bool:
        """Is this the value of a key that was refused?"""
        return bool(self.keys) and self.keys[-1] is not None and self.keys[-1][0] is None

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
        self.values += 1
        if self.values > MAX_VALUES:
            self.stop(mark, _("more than {n} values: the rest was not read"), MAX_VALUES)
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
        key, key_mark = pending or (None, mark)
        if key is None:
            return
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
    yaml.DocumentStartEvent: _Builder.on_document,
    yaml.AliasEvent: _Builder.on_alias,
    yaml.ScalarEvent: _Builder.on_scalar,
    yaml.MappingStartEvent: _Builder.on_mapping,
    yaml.SequenceStartEvent: _Builder.on_sequence,
    yaml.MappingEndEvent: _Builder.on_end,
    yaml.SequenceEndEvent: _Builder.on_end,
}
