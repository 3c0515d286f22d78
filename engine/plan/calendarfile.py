"""The file of announced days: what the government, a province or one office sets on top of the law."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from engine.almanac import AnnouncedDay, Scope
from engine.deadlines import read_span
from engine.errors import PhraseError
from engine.i18n import _
from engine.plan.directory import Level
from engine.plan.words import Model, Slug, Text, Texts, refuse

LONGEST = 366  # days in one span: a slip of the year must not close an office for good


def _days(text: str) -> tuple[date, ...]:
    """The days of `2026-01-02` or of a span such as `2026-05-04 .. 2026-05-06`."""
    try:
        first, last = read_span(text) if ".." in text else (date.fromisoformat(text), date.fromisoformat(text))
    except PhraseError as error:
        raise refuse("phrase", str(error)) from error
    except ValueError as error:
        message = _("“{text}” is no day: write 2026-01-02, or 2026-05-04 .. 2026-05-06").format(text=text)
        raise refuse("phrase", message) from error
    if (last - first).days >= LONGEST:
        raise refuse("phrase", _("“{text}” is longer than a year").format(text=text))
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def _checked(texts: tuple[str, ...]) -> tuple[str, ...]:
    for text in texts:
        _days(text)
    return texts


DayTexts = Annotated[Texts, AfterValidator(_checked)]


class Announcement(Model):
    """One paper: the days it gives free, those worked instead, those that are again as usual."""

    source: Text
    off: DayTexts = ()
    work: DayTexts = ()
    as_usual: DayTexts = ()
    directory: Slug | None = None
    level: Level | None = None
    unit: Slug | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "Announcement":
        if not (self.off or self.work or self.as_usual):
            raise refuse("days", _("the announcement names no day: give `off`, `work` or `as_usual`"))
        if (self.level or self.unit) and not self.directory:
            raise refuse("directory", _("whose units? name the `directory` (kh units list shows them)"))
        days = [day for texts in (self.off, self.work, self.as_usual) for text in texts for day in _days(text)]
        if twice := sorted({day for day in days if days.count(day) > 1}):
            raise refuse("days", _("{day} stands twice").format(day=twice[0]))
        return self

    def days(self, calendar: str) -> Iterator[AnnouncedDay]:
        scope = Scope(calendar, self.directory or "", self.level or "", self.unit or "")
        for works, texts in ((False, self.off), (True, self.work), (None, self.as_usual)):
            for text in texts:
                yield from (AnnouncedDay(scope, day, works, self.source) for day in _days(text))


class CalendarFile(Model):
    calendar: Slug | None = None
    announcements: tuple[Announcement, ...] = Field(min_length=1)

    @property
    def name(self) -> str:
        """The calendar it speaks of; empty for the whole country's."""
        return self.calendar or ""

    def days(self) -> list[AnnouncedDay]:
        return [day for item in self.announcements for day in item.days(self.name)]
