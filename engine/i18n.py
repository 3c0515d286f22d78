"""The two languages a reader may meet: English in the source, Vietnamese from one gettext catalogue."""

import gettext
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

LANGUAGES = ("vi", "en")
DOMAIN = "kh"
LOCALE_DIR = os.path.join(os.path.dirname(__file__), "locale")

_language: ContextVar[str] = ContextVar("language", default="en")


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE_DIR, languages=[language], fallback=True)


def _(message: str) -> str:
    """The message in the language in force; itself where there is no translation. Nothing stays nothing.

    (To gettext the empty text is the key of the catalogue's header.)
    """
    return _catalogue(_language.get()).gettext(message) if message else ""


def counted(one: str, many: str, n: int, **more: object) -> str:
    """A text about `n` of something, in the form that the language in force has for so many, filled in."""
    return _catalogue(_language.get()).ngettext(one, many, n).format(n=n, **more)


def first_of(names: Iterable[str], most: int = 5, separator: str = ", ") -> str:
    """The first few of many names, and how many there are besides."""
    names = list(names)
    shown = separator.join(names[:most])
    more = len(names) - most
    return shown if more <= 0 else _("{names} and {n} more").format(names=shown, n=more)


def N_(message: str) -> str:
    """Mark a message for the catalogue where it is declared and translated later."""
    return message


def number(value: int) -> str:
    """A count as it is written in the language in force: 10,000 or 10.000."""
    return f"{value:,}".replace(",", "." if _language.get() == "vi" else ",")


def language() -> str:
    return _language.get()


def use_language(code: str) -> None:
    """Set the language for the rest of this context (a command, a thread)."""
    _language.set(code if code in LANGUAGES else "en")


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Speak another language for a while: notices follow their plan, not their operator."""
    token = _language.set(code if code in LANGUAGES else "en")
    try:
        yield
    finally:
        _language.reset(token)


def language_from() -> str:
    """KH_LANG where it is set, else Vietnamese in a Vietnamese locale, else English."""
    chosen = os.environ.get("KH_LANG", "").lower()
    if chosen in LANGUAGES:
        return chosen
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if word := os.environ.get(name):
            return "vi" if word.lower().startswith("vi") else "en"
    return "en"
