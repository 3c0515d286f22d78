"""Jinja2 under a sandbox: plain data in, text out; a name that is not there is an error, and every template ends."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, nodes, pass_context
from jinja2.filters import do_indent
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from engine.clock import shown_day
from engine.errors import Endless
from engine.periods import MONTHS, in_words, month_number
from engine.plan.writing import one_line, scalar
from engine.resources import data_dir

MOST_LISTED = 50  # tasks or names that a reader takes in one by one; of more a few stand for all
FEW = 5
MAX_SUBJECT = 180
MAX_INDENT = 80
MAX_STEPS = 200_000  # turns of loops and calls in one rendering
MAX_TEXT = 2_000_000  # characters
PIECES = 32  # of a text, between two looks at how long it has become
MAX_NUMBER = 1_000_000_000_000
# What makes a long text out of a number, or carries a growing one from turn to turn.
_WITHOUT = {"globals": ("lipsum", "namespace"), "filters": ("batch", "center", "format", "slice", "wordwrap")}
_GROWING = {"center", "expandtabs", "format", "format_map", "ljust", "rjust", "zfill"}


class _Counting(NodeTransformer):
    def visit_For(self, node: nodes.For) -> nodes.For:
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, "counted", [], [], None, None, lineno=node.lineno)
        return node


@pass_context  # and so never folded into a constant
def _counted(context: Context, items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        context.environment.step()  # type: ignore[attr-defined]
        yield item


class Bounded(ImmutableSandboxedEnvironment):
    """A sandbox in which each turn of a loop and each call is a step, and the steps of a rendering are numbered."""

    intercepted_binops = frozenset(("*", "**", "%"))
    steps = MAX_STEPS

    def step(self) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise Endless(MAX_STEPS)

    def _generate(self, source: nodes.Template, *more: Any, **named: Any) -> str:
        return super()._generate(_Counting().visit(source), *more, **named)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        __self.step()
        grown = getattr(__obj, "__name__", "") in _GROWING and isinstance(getattr(__obj, "__self__", ""), str)
        if grown or any(isinstance(value, str) and len(value) > MAX_TEXT for value in (*args, *kwargs.values())):
            raise Endless(MAX_TEXT)
        return super().call(__context, __obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Numbers only: a text times a number has no end."""
        numbers = all(isinstance(side, int | float) and abs(side) < MAX_NUMBER for side in (left, right))
        if operator == "**" or not numbers:
            raise Endless(MAX_TEXT)
        return super().call_binop(context, operator, left, right)


def folders(language: str, own: Path | None = None) -> list[Path]:
    """Where templates of a language are looked for: the office's own before ours, Vietnamese behind each.

    Pages are the same in every language: their words come from the catalogue.
    """
    roots = [root for root in (own, data_dir("templates")) if root]
    return [root / code for root in roots for code in dict.fromkeys((language, "vi", "pages"))]


@cache
def environment(language: str, own: Path | None = None) -> Bounded:
    found = Bounded(
        loader=FileSystemLoader(folders(language, own)),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        autoescape=lambda name: bool(name and name.endswith((".html.j2", ".svg.j2"))), auto_reload=own is not None,
    )  # fmt: skip
    found.filters |= {
        "day": _day, "counted": _counted, "indent": _indent, "long_day": LONG_DAYS[language], "several": several,
        "yaml": scalar, "period": partial(in_words, code=language),
    }  # fmt: skip
    for name in _WITHOUT["globals"]:
        del found.globals[name]
    for name in _WITHOUT["filters"]:
        del found.filters[name]
    return found


def _indent(text: str, width: int | str = 4, first: bool = False) -> str:
    """Jinja's own, for no more than a page is wide."""
    return do_indent(text, width[:MAX_INDENT] if isinstance(width, str) else min(width, MAX_INDENT), first)


def render(name: str, language: str, context: Mapping[str, Any], own: Path | None = None, *, room: int = 1) -> str:
    """The text of a template, without runs of empty lines. Raises Endless where it does not end, and what it raises.

    `room`: how many times the steps and characters of a notice it may take.
    """
    found = environment(language, own)
    found.steps = MAX_STEPS * room
    template = found.get_template(name)
    pieces = template.root_render_func(template.new_context(dict(context)))  # `generate` hands on each piece once more
    parts, size = [], 0
    while some := list(islice(pieces, PIECES)):
        parts.append("".join(some))
        size += len(parts[-1])
        if size > MAX_TEXT * room:
            raise Endless(MAX_TEXT * room)
    text = "".join(parts)
    return (re.sub(r"\n{3,}", "\n\n", text) if "\n\n\n" in text else text).strip() + "\n"


def part(name: str, language: str, own: Path | None = None) -> str:
    """A file beside the templates as it stands: a style sheet, a script."""
    found = environment(language, own)
    assert found.loader is not None
    return found.loader.get_source(found, name)[0]


def exported(name: str, language: str, context: Mapping[str, Any], own: Path | None = None) -> dict[str, str]:
    """The texts a template sets at its top level, by their names."""
    found = environment(language, own)
    found.steps = MAX_STEPS
    module = found.get_template(name).make_module(dict(context))
    return {key: str(value) for key, value in vars(module).items() if key[0] != "_" and isinstance(value, str)}


def _day(value: date | None) -> str:
    """A date as Vietnamese offices write it."""
    return shown_day(value) if value else "…"


def _long_day(value: date | None) -> str:
    """A date as Vietnamese papers spell it; dots to be filled in where there is none."""
    if value is None:
        return "…… tháng …… năm ………"
    return f"{value.day:02d} tháng {month_number(value.month)} năm {value.year}"


def _english_day(value: date | None) -> str:
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}" if value else "…… …………… ………"


LONG_DAYS = {"vi": _long_day, "en": _english_day}


def several(names: Iterable[Any], separator: str = "; ") -> str:
    """Names in a row; of very many the first few, and how many more there are."""
    found = [str(name) for name in names]
    if len(found) <= MOST_LISTED:
        return separator.join(found)
    return f"{separator.join(found[:FEW])}{separator}… (+{len(found) - FEW})"


def plain(value: Any) -> Any:
    """Plain data with each text in it on one line, so that none can pass for the layout around it."""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def header_text(text: str) -> str:
    """Text that is safe in a mail header: one line, and no RFC 2047 words."""
    return one_line(one_line(text).replace("=?", "= ?"), MAX_SUBJECT)
