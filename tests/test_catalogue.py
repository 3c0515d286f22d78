"""The Vietnamese catalogue holds exactly the messages of the source, each translated with its placeholders."""

import re
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from engine.i18n import LANGUAGES, _, in_language

ENGINE = Path(__file__).parents[1] / "engine"
PO = ENGINE / "locale" / "vi" / "LC_MESSAGES" / "kh.po"
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "counted": (1, 2)}
PLACEHOLDER = re.compile(r"\{[^{}]*\}")


@pytest.fixture(scope="module")
def source() -> dict[str, str]:
    """Every message of the source (of two forms the first) and where it stands."""
    found = extract_from_dir(ENGINE, method_map=[("**.py", "python")], keywords=KEYWORDS)
    return {_forms(message)[0]: f"engine/{file}:{line}" for file, line, message, _comments, _context in found}


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file)


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """A message without a plural has one form."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def test_every_message_of_the_source_is_in_the_catalogue(source: dict[str, str], catalogue: Catalog) -> None:
    known = {_forms(message.id)[0] for message in _messages(catalogue)}
    missing = [f"{place}: {text}" for text, place in source.items() if text not in known]
    assert not missing, "\n".join(["missing (run `make catalogue`, then translate):", *missing])


def test_every_message_of_the_catalogue_is_in_the_source(source: dict[str, str], catalogue: Catalog) -> None:
    known = [_forms(message.id)[0] for message in [*_messages(catalogue), *catalogue.obsolete.values()]]
    stale = [text for text in known if text not in source]
    assert not stale, "\n".join(["stale (run `make catalogue`):", *stale])


def test_every_message_is_translated(catalogue: Catalog) -> None:
    empty = [
        _forms(message.id)[0]
        for message in _messages(catalogue)
        if not any(_forms(message.string)) or not all(_forms(message.string))
    ]
    assert not empty, "\n".join(["untranslated:", *empty])


def test_no_translation_is_fuzzy(catalogue: Catalog) -> None:
    fuzzy = [_forms(message.id)[0] for message in _messages(catalogue) if message.fuzzy]
    assert not fuzzy, "\n".join(["fuzzy:", *fuzzy])


def test_every_translation_keeps_the_placeholders(catalogue: Catalog) -> None:
    """Of two forms it may keep those of either: Vietnamese has one form for both."""
    wrong = []
    for message in _messages(catalogue):
        allowed = [_placeholders(form) for form in _forms(message.id)]
        wrong += [f"{form!r} for {message.id!r}" for form in _forms(message.string)
                  if _placeholders(form) not in allowed]  # fmt: skip
    assert not wrong, "\n".join(["other placeholders:", *wrong])


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def test_the_compiled_catalogue_is_read_as_utf8(catalogue: Catalog, tmp_path: Path) -> None:
    """Its header must survive `make catalogue`: gettext takes the encoding and the number of plural forms from it."""
    compiled = tmp_path / "kh.mo"
    with compiled.open("wb") as file:
        write_mo(file, catalogue)
    with compiled.open("rb") as file:
        words = GNUTranslations(file)
    assert words.charset() == "utf-8"
    assert words.gettext("Reminder") == "Nhắc việc"
    option = words.ngettext("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", 2)
    assert option.startswith("Tùy chọn")


def test_the_header_names_no_person_tool_or_date() -> None:
    header = PO.read_text("utf-8").split("\n\n")[0]
    assert re.findall(r'^"([A-Za-z-]+): ', header, re.MULTILINE) == [
        "Language",
        "Plural-Forms",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_to_say_nothing_is_not_to_say_the_header(language: str) -> None:
    with in_language(language):
        assert _("") == ""
