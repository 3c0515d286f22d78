"""Jinja2 under a sandbox: plain data in, text out; a name that is not there is an error, not a blank."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.plan.writing import one_line, scalar
from engine.resources import data_dir

MAX_SUBJECT = 180


@cache
def environment(language: str) -> ImmutableSandboxedEnvironment:
    """Templates of a language, with the Vietnamese ones behind them."""
    folders = [data_dir("templates") / language, data_dir("templates") / "vi"]
    found = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False, auto_reload=False,
    )  # fmt: skip
    found.filters.update(day=_day, yaml=scalar)
    return found


def render(name: str, language: str, context: Mapping[str, Any]) -> str:
    """The text of a shipped template, without runs of empty lines."""
    text = environment(language).get_template(name).render(context)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _day(value: date | None) -> str:
    """A date as Vietnamese offices write it."""
    return f"{value.day:02d}/{value.month:02d}/{value.year}" if value else "…"


def header_text(text: str) -> str:
    """Text that is safe in a mail header: one line, and no RFC 2047 words."""
    return one_line(one_line(text).replace("=?", "= ?"), MAX_SUBJECT)
