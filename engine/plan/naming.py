"""Which units and groups of a directory a text of a document means."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from engine.errors import BadValue, NotFound
from engine.i18n import _
from engine.plan.directory import Directory, Level, LevelGroup, Unit
from engine.plan.writing import ascii_words

TONES = "\u0300\u0301\u0303\u0309\u0323"
# The words a document has for all units of a level, and the ids that a group of them often bears.
WHOLE_LEVELS: dict[Level, tuple[str, tuple[str, ...]]] = {
    "department": (r"sở|ban|ngành|cấp sở", ("so-nganh", "so-ban-nganh")),
    "organisation": (r"đoàn thể|hội|tổ chức chính trị - xã hội", ("to-chuc-ctxh", "doan-the")),
    "district": (r"huyện|quận|thị xã|thành phố|cấp huyện", ("cap-huyen",)),
    "commune": (r"xã|phường|thị trấn|đặc khu|cấp xã", ("cap-xa",)),
}
_BEFORE = r"(?:(?:ubnd|ủy ban nhân dân|các|toàn bộ|tất cả) )*"
_BEHIND = r"(?: (?:trên địa bàn|trong|thuộc|của)? ?tỉnh)?"
_SEPARATOR = re.compile(r"(\s*[,;\n]\s*(?:và\s+)?|\s+và\s+)", re.IGNORECASE)
MOST_PARTS, MOST_CHARACTERS = 60, 1000  # of one text
LONGEST_NAME = 8  # parts: “các sở, ban, ngành, …” has most


def _tone_last(word: str) -> str:
    return "".join(sorted(unicodedata.normalize("NFD", word), key=lambda char: char in TONES))


PEOPLES_COMMITTEE = "".join(map(_tone_last, ["ủy", "ban", "nhân", "dân"]))


def spelling(name: str) -> str:
    """One spelling for a name, whatever its case, dashes and blanks, and wherever its tones are put (hòa, hoà)."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name).casefold())
    return "".join(map(_tone_last, words)).replace(PEOPLES_COMMITTEE, "ubnd")


def spellings(unit_id: str, unit: Unit) -> set[str]:
    """All that a unit may be called: its id, every name it bears or bore, with and without “UBND” before it."""
    keys = {spelling(name) for name in (unit_id, *unit.every_name)}
    return {short for key in keys for short in (key, key.removeprefix("ubnd")) if short}


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a text names, in order: one unit, each of several, or several jointly, where “và” alone joins them."""

    names: tuple[str, ...]
    mode: Literal["one", "each", "joint"]


class Names:
    """The names of a directory's units as of a day."""

    def __init__(self, directory: Directory, day: date):
        self.directory, self.day = directory, day
        self.groups = directory.groups_on(day)
        self.shown: list[str] = []
        self._units: dict[str, set[str]] = {}
        for unit_id, unit in directory.units.items():
            if unit.exists_on(day):
                self.shown += unit.every_name
                for key in spellings(unit_id, unit):
                    self._units.setdefault(key, set()).add(unit_id)

    def find_unit(self, text: str) -> str | None:
        """The one unit of that name, with or without “UBND” before it."""
        key = spelling(text)
        found = self._units.get(key) or self._units.get(key.removeprefix("ubnd"), set())
        return next(iter(found)) if len(found) == 1 else None

    def find_group(self, text: str) -> str | None:
        """A group by its id in words, or by the words for all units of a level."""
        plain = " ".join(text.casefold().split())
        group_id = "-".join(ascii_words(plain.removeprefix("các ")))
        if group_id in self.groups:
            return group_id
        for level, (words, _ids) in WHOLE_LEVELS.items():
            listed = rf"{_BEFORE}(?:{words})(?:(?:, | và |; ){_BEFORE}(?:{words}))*{_BEHIND}"
            if re.fullmatch(listed, plain):
                return self.find_level(level)
        return None

    def find_level(self, level: Level, besides: str = "") -> str | None:
        """The group that stands for a whole level, if somebody is in it besides one unit."""
        groups = self.directory.groups.items()
        whole = [name for name, group in groups if isinstance(group, LevelGroup) and group.level == level]
        names = (*WHOLE_LEVELS[level][1], *whole)
        return next((name for name in names if {*self.groups.get(name, ())} - {besides}), None)

    def first(self, level: Level) -> str | None:
        """The first unit of a level."""
        units = self.directory.units.items()
        return next((name for name, unit in units if unit.level == level and unit.exists_on(self.day)), None)

    def read(self, text: str) -> Named:
        """All that a text names. Raises BadValue, NotFound with the nearest name for the first that is none."""
        found, between = zip(*self._parts(unicodedata.normalize("NFC", text)), strict=True)
        names = tuple(dict.fromkeys(found))
        if any(name in self.groups for name in names):
            return Named(names, "each")
        common = {separator.strip().casefold() for separator in between} == {"và", ""}
        return Named(names, "one" if len(names) == 1 else "joint" if common else "each")

    def _parts(self, text: str) -> Iterator[tuple[str, str]]:
        """(name, what stands behind it), each the longest stretch that names something: names have commas too."""
        parts = [*_SEPARATOR.split(text.strip(" \n,;.")), ""]
        if len(parts) > 2 * MOST_PARTS or len(text) > MOST_CHARACTERS:
            raise BadValue(_("too long for a list of units"))
        start = 0
        while start < len(parts):
            for end in range(min(len(parts) - 1, start + 2 * LONGEST_NAME - 1), start, -2):
                stretch = "".join(parts[start:end])
                name = self.find_unit(stretch) or self.find_group(stretch)
                if name:
                    yield name, parts[end]
                    break
            else:
                raise NotFound(_("unit or group"), parts[start], self.shown)
            start = end + 1
