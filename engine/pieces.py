"""What a stage wants handed in, piece by piece, and what is still missing of it: pure arithmetic."""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from engine.plan.model import Output, Stage
from engine.plan.writing import slug
from engine.rows import HandInRow


class Piece(NamedTuple):
    """One output in one form; empty words where the plan tells nothing apart."""

    output: str
    form: str


WHOLE = Piece("", "")


def pieces_of(outputs: Iterable[Output]) -> list[Piece]:
    """Each output once for each form it is to come in."""
    return list(dict.fromkeys(Piece(output.name, form) for output in outputs for form in output.form or ("",)))


def pieces(stage: Stage) -> list[Piece]:
    return pieces_of(stage.outputs) or [WHOLE]


def owed(stage: Stage) -> list[Piece]:
    """What the task waits for: its required outputs; where none is, all of them."""
    return pieces_of(output for output in stage.outputs if output.required) or pieces(stage)


def there(rows: Iterable[HandInRow]) -> set[Piece]:
    return {Piece(row.output, row.form) for row in rows if not row.quota}


def missing(awaited: Iterable[Piece], arrived: Iterable[Piece]) -> list[Piece]:
    """What is owed and not among those that came."""
    found = set(arrived)
    return [piece for piece in awaited if piece not in found]


def told(some: Sequence[Piece]) -> str:
    """`Báo cáo (công văn, tệp); Phụ lục`: for a reader."""
    parts = []
    for output, group in groupby(some, key=lambda piece: piece.output):
        forms = ", ".join(piece.form for piece in group if piece.form)
        parts.append(f"{output} ({forms})" if forms else output)
    return "; ".join(parts)


def find(text: str, names: Iterable[str]) -> str | None:
    """The name that is meant: `công văn`, `CÔNG VĂN` and `cong-van` are one."""
    known = list(names)
    exact = [name for name in known if _folded(name) == _folded(text)]
    return next(iter(exact), None) or next((name for name in known if slug(name) == text.casefold()), None)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
