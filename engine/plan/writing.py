"""Text made fit for where it goes: one line, a YAML value, an id."""

import json
import re
import unicodedata

LONGEST_ID = 40
NUMBER_1_2 = re.compile(r"0o[0-7]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


def one_line(text: str, most: int | None = None) -> str:
    """Text on one line of at most so many characters, without control or direction characters."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if not line.isprintable():  # what has no such characters need not be looked at one by one
        line = " ".join("".join(char if unicodedata.category(char)[0] != "C" else " " for char in line).split())
    return line if most is None or len(line) <= most else line[: most - 1] + "…"


def scalar(text: str) -> str:
    """One line of text as a YAML value in a block, in quotes where it would read back as something else."""
    return text if _reads_back(text) else json.dumps(text, ensure_ascii=False)


def _reads_back(text: str) -> bool:
    """To our reader, and to those of YAML 1.1 and 1.2 that an editor may have."""
    if NUMBER_1_2.fullmatch(text):
        return False
    import yaml  # most of those who write a line write no YAML

    from engine.plan.yamltree import LOADER, parse

    line = f"key: {text}\n"
    try:
        return bool(parse(line.encode(), "").value == yaml.load(line, Loader=LOADER) == {"key": text})
    except (yaml.YAMLError, ValueError):
        return False


def ascii_words(text: str) -> list[str]:
    """The words of a text in plain letters and digits."""
    parts = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return re.findall(r"[a-z0-9]+", "".join(char for char in parts if not unicodedata.combining(char)))


def slug(text: str) -> str:
    """An ASCII id from Vietnamese text, cut between words; empty where no letter is left. YAML reads it as text."""
    found = ""
    for word in ascii_words(text):
        if found and len(found) + 1 + len(word) > LONGEST_ID:
            break
        found = f"{found}-{word[:LONGEST_ID]}".lstrip("-")
    return found if scalar(found) == found or not found else f"id-{found}"


def unused(name: str, taken: set[str]) -> str:
    """The id itself, or with the first number behind it that makes it new; taken from now on."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found)
    return found
