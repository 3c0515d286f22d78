"""Jinja2 under a sandbox: plain data in, text out; a name that is not there is an error, not a blank."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.resources import data_dir

MAX_SUBJECT = 180


def folders(language: str, own: Path | None = None) -> list[Path]:
    """Where templates of a language are looked for: the office's own before ours, Vietnamese behind each."""
    roots = [root for root in (own, data_dir("templates")) if root]
    return [root / code for root in roots for code in dict.fromkeys((language, "vi"))]


@cache
def environment(language: str, own: Path | None = None) -> ImmutableSandboxedEnvironment:
    found = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders(language, own)), undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True, autoescape=False, auto_reload=own is not None,
    )  # fmt: skip
    found.filters |= {"day": _day, "long_day": _long_day}
    return found


def render(name: str, language: str, context: Mapping[str, Any], own: Path | None = None) -> str:
    """The text of a template, without runs of empty lines."""
    text = environment(language, own).get_template(name).render(context)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def exported(name: str, language: str, context: Mapping[str, Any], own: Path | None = None) -> dict[str, str]:
    """The texts a template sets at its top level, by their names."""
    module = environment(language, own).get_template(name).make_module(dict(context))
    return {key: str(value) for key, value in vars(module).items() if key[0] != "_" and isinstance(value, str)}


def _day(value: date | None) -> str:
    """A date as Vietnamese offices write it."""
    return f"{value.day:02d}/{value.month:02d}/{value.year}" if value else "…"


def _long_day(value: date | None) -> str:
    """A date as official papers spell it; dots to be filled in where there is none."""
    if value is None:
        return "…… tháng …… năm ………"
    return f"{value.day:02d} tháng {value.month:0{2 if value.month < 3 else 1}d} năm {value.year}"


def one_line(text: str, most: int | None = MAX_SUBJECT) -> str:
    """Text on one line of at most so many characters, without control or direction characters."""
    plain = " ".join("".join(char if unicodedata.category(char)[0] != "C" else " " for char in text).split())
    return plain if most is None or len(plain) <= most else plain[: most - 1] + "…"


def plain(value: Any) -> Any:
    """Plain data with each text in it on one line, so that none can pass for the layout around it."""
    if isinstance(value, str):
        return one_line(value, None)
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def header_text(text: str) -> str:
    """Text that is safe in a mail header: one line, and no RFC 2047 words."""
    return one_line(one_line(text, None).replace("=?", "= ?"))
