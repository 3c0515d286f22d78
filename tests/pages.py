"""A page of the docs as its reader meets it: headings, examples, commands with what they answer, tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

STRETCH = re.compile(
    r"""^```(?P<language>\w+)\n(?P<block>(?:(?!```).*\n)*)```$
    | (?P<heading>^\#+\ .+$)
    | (?P<table>(?:^\|.*\n)+)
    | (?P<words>(?:^(?!```|\#|\|).*\S.*\n)+)""",
    re.MULTILINE | re.VERBOSE,
)
FILE_BEFORE = re.compile(r"`([\w.-]+\.(?:yaml|csv))`:\s*\Z")


@dataclass(frozen=True)
class Part:
    """A stretch of a page. `kind` is heading, table, words, or the language of a block."""

    kind: str
    text: str
    line: int
    file: str = ""  # the file that the words before a block say it is
    answer: "Part | None" = None  # the block behind commands: what they print

    @property
    def rows(self) -> list[list[str]]:
        """The cells of a table, its headings first."""
        lines = [line for line in self.text.splitlines() if not re.fullmatch(r"[|\s:-]+", line)]
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]

    @property
    def commands(self) -> list[str]:
        return self.text.splitlines()


def parts_of(path: Path) -> list[Part]:
    found: list[Part] = []
    for part in _stretches(path.read_text("utf-8")):
        before = found[-1] if found else part
        named = FILE_BEFORE.search(before.text) if before.kind == "words" else None
        if part.kind == "text":
            assert before.kind == "sh", f"{path}:{part.line}: an answer without a command"
            found[-1] = replace(before, answer=part)
        elif named and part.kind in ("yaml", "csv"):
            found.append(replace(part, file=named[1]))
        else:
            found.append(part)
    return found


def _stretches(text: str) -> Iterator[Part]:
    for found in STRETCH.finditer(text):
        kinds = {kind: words for kind, words in found.groupdict().items() if words is not None}
        kind = kinds.pop("language", None) or next(iter(kinds))
        yield Part(kind, "".join(kinds.values()).rstrip("\n"), text.count("\n", 0, found.start()) + 1)
