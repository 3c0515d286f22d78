"""From the text of a deadline to its meaning: the grammar compiled once, and every refusal with its place."""

import hashlib
import os
import re
import sys
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine.deadlines.forms import Again
from engine.deadlines.hints import hint
from engine.deadlines.meaning import Deadline, MonthDay
from engine.deadlines.prose import LABEL, MOST_CHARACTERS, TIME, Framed, ends_in_time, frame, opening_of, plain
from engine.errors import PhraseError
from engine.i18n import N_, _

if TYPE_CHECKING:
    from lark import Lark
    from lark.exceptions import UnexpectedInput
    from lark.lexer import TerminalDef

    from engine.deadlines.forms import Read

GRAMMAR = Path(__file__).with_name("grammar.lark")

# What could stand at a place, as a user would write it. Terminals without a line here go without saying.
EXPECTED = {
    "BEFORE": "trước",
    "BY": "chậm nhất",
    "UNTIL": "đến hết",
    "IN": "trong",
    "WITHIN": "trong vòng",
    "FROM": "từ",
    "SINCE": "kể từ",
    "AFTER": "sau",
    "TENTATIVE": "dự kiến",
    "ABOUT": "khoảng",
    "DAY": "ngày",
    "DMY": "30/3/2020",
    "NUMBER": N_("a number"),
    "MONTH": "tháng 3",
    "QUARTER": "quý I",
    "YEAR": "năm 2020",
    "SLASH_YEAR": "/2020",
    "PHASE": "giai đoạn",
    "EARLY": "đầu",
    "LATE": "cuối",
    "CLOCK": "14h00",
    "DURATION": "5 ngày làm việc",
    "EVERY_MONTH": "hằng tháng",
    "EVERY_QUARTER": "hằng quý",
    "EVERY_YEAR": "hằng năm",
    "OPEN": "kịp thời",
    "REFERENCE": "theo quy định",
    "WORDS": N_("a stage or a happening"),
    "$END": N_("the end"),
}


def read(
    phrase: str,
    *,
    issued: date,
    stages: Collection[str] = (),
    occasions: Mapping[str, tuple[MonthDay, MonthDay]] | None = None,
) -> Deadline:
    """What a deadline means, read with the date the plan was issued.

    `stages` are the ids a phrase may hang on, `occasions` the plan's yearly windows as ((month, day), (month, day)).
    Raises PhraseError, with the place, for whatever is not understood.
    """
    if len(phrase) > MOST_CHARACTERS:
        raise PhraseError(phrase[:40] + "…", 40, _("longer than {most} characters").format(most=MOST_CHARACTERS))
    said, framed = _said(phrase)
    from engine.deadlines.context import Context
    from engine.deadlines.reading import meaning_of

    text = unicodedata.normalize("NFC", phrase)
    return meaning_of(Context(phrase, text, issued, stages, occasions or {}), said, framed)


def _said(phrase: str) -> "tuple[Read, Framed]":
    from lark.exceptions import UnexpectedInput

    from engine.deadlines.context import place

    try:
        return _parsed(plain(phrase))
    except UnexpectedInput as error:
        at = _place(error, len(phrase))
        reason = _("nothing is written here") if not phrase.strip() else _("this cannot stand here")
        at, reason, words = hint(plain(phrase), at) or (at, reason, _expected(error))
        raise PhraseError(phrase, place(phrase, at), reason, words) from None


@lru_cache(maxsize=4096)
def _parsed(text: str) -> "tuple[Read, Framed]":
    """The form of a text and the frame it was read in. It begins at the first limit word, unless a time opens it."""
    from lark.exceptions import UnexpectedInput

    if label := LABEL.match(text):
        text = " " * label.end() + text[label.end() :]
    opening = opening_of(text)
    if opening and TIME.match(text, len(text) - len(text.lstrip())):
        try:
            return _parse(text, 0)
        except UnexpectedInput as error:
            if _place(error, len(text)) >= opening:
                raise
    said, framed = _parse(text, opening)
    if isinstance(said.form, Again) and not said.form.limit and ends_in_time(text[:opening]):
        return _parse(text, 0)  # a date before a bare recurrence is no free text: các ngày 15/3, 15/9 hằng năm
    return said, framed


def _parse(text: str, start: int) -> "tuple[Read, Framed]":
    framed = frame(text, start)
    said: Read = _parser().parse(framed.text)  # type: ignore[assignment]
    return said, framed


@cache
def _parser() -> "Lark":
    from lark import Lark

    from engine.deadlines.forming import Forms

    grammar = GRAMMAR.read_text("utf-8")
    return Lark(
        grammar,
        parser="lalr",
        lexer="contextual",
        transformer=Forms(),
        edit_terminals=_as_words,
        maybe_placeholders=False,
        cache=_compiled(grammar) or False,
    )


def _compiled(grammar: str) -> str | None:
    """The file that keeps the parse tables between runs (a cold start takes a quarter of the time with it), if any may.

    It lies in the user's own cache folder and is named by all that goes into it; without it the tables are made anew.
    """
    from lark import __version__ as version
    from platformdirs import user_cache_path

    recipe = (grammar, _SPACE.pattern, _WHOLE_WORD, version, sys.version)
    digest = hashlib.sha256("\0".join(recipe).encode()).hexdigest()
    try:
        folder = user_cache_path("kh-engine", ensure_exists=True)
        own = sys.platform == "win32" or folder.stat().st_uid == os.geteuid()
    except (OSError, RuntimeError):
        return None
    return str(folder / f"grammar-{digest[:16]}.pickle") if own and os.access(folder, os.W_OK) else None


_SPACE = re.compile(r"\\? ([?*]?)")
# The white space behind a word is part of its token: the lexer asks half as often.
_WHOLE_WORD = r"(?!(?<=[^\W\d_])-?\w)\s{0,9}"


def _as_words(terminal: "TerminalDef") -> "TerminalDef":
    """Let a space stand for any white space, and no word match inside a longer one or a slug."""
    from lark.lexer import PatternRE

    if terminal.name == "SPACE":
        return terminal
    pattern = _SPACE.sub(lambda found: r"\s*" if found[1] else r"\s+", terminal.pattern.to_regexp())
    terminal.pattern = PatternRE(f"(?:{pattern}){_WHOLE_WORD}")
    return terminal


def _place(error: "UnexpectedInput", end: int) -> int:
    token = getattr(error, "token", None)
    if token is not None and token.type == "$END":
        return end
    return int(error.pos_in_stream if error.pos_in_stream is not None else end)


_accepted: dict[tuple[int, ...], set[str]] = {}  # what a state of the parser takes; finding out takes a millisecond


def _accepts(error: "UnexpectedInput") -> set[str]:
    parser = getattr(error, "interactive_parser", None)
    state = tuple(parser.parser_state.state_stack) if parser else ()
    if state not in _accepted or not state:
        _accepted[state] = set(getattr(error, "accepts", None) or ())
    return _accepted[state]


def _expected(error: "UnexpectedInput") -> list[str]:
    found: Iterable[str] = _accepts(error) or getattr(error, "expected", None) or ()
    names = set(found) or set(getattr(error, "allowed", None) or ())
    return [_(label) for name, label in EXPECTED.items() if name in names]
