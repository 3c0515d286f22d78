"""The calendars of an office: the country's, a plan's own, that of a closed unit; made from the days announced."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple, Protocol

from engine.calendar import Announced, Calendar, last_confirmed_year


class Scope(NamedTuple):
    """Whom an announced day concerns; an empty word stands for everybody."""

    calendar: str = ""
    directory: str = ""
    level: str = ""
    unit: str = ""

    def covers(self, calendar: str, units: "Units | None", unit: str) -> bool:
        if self.calendar not in ("", calendar):
            return False
        if not self.directory:
            return True
        if units is None or units.directory != self.directory:
            return False
        return self.unit in ("", unit) and (not self.level or units.level(unit) == self.level)


class AnnouncedDay(NamedTuple):
    """One day of an announcement: worked, off, or (None) again what the week and the holidays make of it."""

    scope: Scope
    day: date
    works: bool | None
    source: str


class Units(Protocol):
    """What a scope needs to know of a register of units."""

    directory: str

    def level(self, unit: str) -> str | None: ...


class Almanac:
    """Every calendar there is. The narrower scope overrules the wider, and of one scope the later day the earlier.

    Each calendar is made once and kept, for it remembers its answers.
    """

    def __init__(self, base: Calendar, days: Iterable[AnnouncedDay] = ()):
        self.base, self.days = base, tuple(days)
        self._scopes: dict[Scope, dict[date, AnnouncedDay]] = {}
        for item in sorted(self.days, key=lambda item: item.scope[::-1]):
            self._scopes.setdefault(item.scope, {})[item.day] = item
        self._made: dict[tuple[Scope, ...], Calendar] = {(): base}

    def of(self, calendar: str = "", units: Units | None = None, unit: str = "") -> Calendar:
        """The calendar of a plan that names `calendar`, for all or for one of its units."""
        if not self._scopes:
            return self.base
        scopes = tuple(scope for scope in self._scopes if scope.covers(calendar, units, unit))
        if scopes not in self._made:
            self._made[scopes] = replace(self.base, swaps=self._swaps(scopes))
        return self._made[scopes]

    @property
    def national(self) -> Calendar:
        return self.of()

    def _swaps(self, scopes: Iterable[Scope]) -> Mapping[date, Announced]:
        found = dict(self.base.swaps)
        for scope in scopes:
            for item in self._scopes[scope].values():
                if item.works is None:
                    found.pop(item.day, None)
                else:
                    found[item.day] = Announced(item.day, item.works, item.source)
        return found

    def knows(self, item: AnnouncedDay) -> bool:
        """Is this day announced just so already?"""
        return self._scopes.get(item.scope, {}).get(item.day) == item

    def adding(self, days: Iterable[AnnouncedDay]) -> "Almanac":
        """This one, with the days it does not know yet."""
        fresh = [day for day in days if not self.knows(day)]
        return Almanac(self.base, (*self.days, *fresh)) if fresh else self

    def is_confirmed(self, year: int) -> bool:
        """Has the year's announcement been seen? Until then its swapped days may still change."""
        return year <= last_confirmed_year() or any(item.day.year == year for item in self.days)
