"""The directory of units: who exists from when to when, under whom, and where to write to."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from engine.i18n import _
from engine.plan.words import Email, Model, ServiceAddress, Slug, Slugs, Text, WebAddress, refuse

Level = Literal["central", "province", "department", "organisation", "district", "commune", "village", "other"]


class Contact(Model):
    """Where a unit can be reached; it is written to on every channel it names."""

    email: Email | None = None
    webhook: WebAddress | None = None
    file: Slug | None = None
    apprise: ServiceAddress | None = None
    phone: Text | None = None  # for people

    @property
    def addresses(self) -> list[tuple[str, str]]:
        """(channel, address) for each way there is to write."""
        return [(name, value) for name, value in self if name != "phone" and value]


class Head(Model):
    name: Text | None = None
    email: Email | None = None


class Deputy(Model):
    """Who receives the head's notices between two days, both included."""

    name: Text | None = None
    email: Email
    from_: date = Field(alias="from")
    to: date


class Name(Model):
    name: Text
    until: date | None = None


class Successor(Model):
    unit: Slug
    for_: Text | None = Field(default=None, alias="for")


def _successors(value: Any) -> Any:
    items = [value] if isinstance(value, str | dict) else value
    return [{"unit": item} if isinstance(item, str) else item for item in items] if isinstance(items, list) else items


class Unit(Model):
    name: Text | None = None
    names: tuple[Name, ...] = ()
    level: Level
    parent: Slug | None = None
    aliases: tuple[Text, ...] = ()
    contact: Contact = Contact()
    head: Head | None = None
    deputies: tuple[Deputy, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    succeeded_by: Annotated[tuple[Successor, ...], BeforeValidator(_successors)] = ()

    @model_validator(mode="after")
    def _one_name(self) -> "Unit":
        if bool(self.name) == bool(self.names):
            raise refuse("name", _("give the unit either `name` or `names`"))
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise refuse("validity", _("the unit ends (valid_to) before it begins (valid_from)"))
        return self

    def name_on(self, day: date) -> str:
        """The name the unit bore on a day."""
        for name in self.names:
            if name.until is None or day <= name.until:
                return name.name
        return self.name or self.names[-1].name

    def exists_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class LevelGroup(Model):
    level: Level


class Person(Model):
    user: Text
    unit: Slug
    may: tuple[Literal["coordinate"], ...] = ()


def _is_level(value: Any) -> str:
    return "level" if isinstance(value, dict | LevelGroup) else "list"


Group = Annotated[Annotated[LevelGroup, Tag("level")] | Annotated[Slugs, Tag("list")], Discriminator(_is_level)]


class Directory(Model):
    units: dict[Slug, Unit]
    groups: dict[Slug, Group] = {}
    units_from: Text | None = None
    people: tuple[Person, ...] = ()

    def members(self, name: str, day: date, seen: frozenset[str] = frozenset()) -> list[str]:
        """The units a unit's or group's name stands for on a day, in the directory's order."""
        if name in self.units:
            return [name]
        group = self.groups.get(name, ())
        if isinstance(group, LevelGroup):
            return [key for key, unit in self.units.items() if unit.level == group.level and unit.exists_on(day)]
        found: dict[str, None] = {}
        for inner in group:
            if inner not in seen:
                found.update(dict.fromkeys(self.members(inner, day, seen | {name})))
        return [key for key in found if key in self.units and self.units[key].exists_on(day)]
