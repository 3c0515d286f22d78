"""The directory of units: who exists from when to when, under whom, and where to write to."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from engine.errors import BadValue
from engine.i18n import N_, _, number
from engine.plan.words import (
    Day,
    Email,
    Model,
    ServiceAddress,
    Slug,
    Slugs,
    Text,
    WebAddress,
    as_list,
    as_text,
    refuse,
)

MAX_MEMBERS = 1_000_000  # of all groups together

Level = Literal["central", "province", "department", "organisation", "district", "commune", "village", "other"]
# From the highest down, with the label a reader sees.
LEVEL_LABELS: dict[str, str] = {
    "central": N_("central level"),
    "province": N_("province level"),
    "department": N_("departments"),
    "organisation": N_("organisations"),
    "district": N_("district level"),
    "commune": N_("commune level"),
    "village": N_("village level"),
    "other": N_("others"),
}


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
    """Who receives the head's notices between two days, both included, and may act for the unit."""

    name: Text | None = None
    user: Text | None = None
    email: Email
    from_: Day = Field(alias="from")
    to: Day


class Name(Model):
    name: Text
    until: Day | None = None


class Successor(Model):
    unit: Slug
    for_: Text | None = Field(default=None, alias="for")


def _successor(value: Any) -> Any:
    text = as_text(value)
    return {"unit": text} if isinstance(text, str) else value


Heir = Annotated[Successor, BeforeValidator(_successor, json_schema_input_type=Slug | Successor)]


class Unit(Model):
    name: Text | None = None
    names: tuple[Name, ...] = ()
    level: Level
    parent: Slug | None = None
    aliases: tuple[Text, ...] = ()
    contact: Contact = Contact()
    head: Head | None = None
    deputies: tuple[Deputy, ...] = ()
    valid_from: Day | None = None
    valid_to: Day | None = None
    succeeded_by: Annotated[
        tuple[Heir, ...], BeforeValidator(as_list, json_schema_input_type=Heir | tuple[Heir, ...])
    ] = ()

    @model_validator(mode="after")
    def _one_name(self) -> "Unit":
        if bool(self.name) == bool(self.names):
            raise refuse("name", _("give the unit either `name` or `names`"), "names")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise refuse("validity", _("the unit ends (valid_to) before it begins (valid_from)"), "valid_to")
        return self

    @property
    def every_name(self) -> tuple[str, ...]:
        """Whatever it is or was called, on any day, and what it is called for short."""
        return (*filter(None, [self.name]), *(name.name for name in self.names), *self.aliases)

    def name_on(self, day: date) -> str:
        """The name the unit bore on a day."""
        for name in self.names:
            if name.until is None or day <= name.until:
                return name.name
        return self.name or self.names[-1].name

    def head_email_on(self, day: date) -> str | None:
        """Where the head's notices of a day go: to the deputy in charge, else to the head."""
        deputy = next((one.email for one in self.deputies if one.from_ <= day <= one.to), None)
        return deputy or (self.head.email if self.head else None)

    def exists_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


_NAME = '{"name":'


def names_in(facts: Iterable[str], day: date) -> list[str]:
    """The names that units bore on a day, out of their facts as JSON: for thousands of whom no more is asked.

    The name comes first in them, so that the rest need not be read.
    """
    iso = day.isoformat()
    return [_first_word(text) if text.startswith(_NAME + '"') else _name_in(json.loads(text), iso) for text in facts]


def _first_word(facts: str) -> str:
    found: str = scanstring(facts, len(_NAME) + 1)[0]
    return found


def _name_in(unit: Mapping[str, Any], iso: str) -> str:
    return unit.get("name") or _dated(unit["names"], iso)


def _dated(names: Sequence[Mapping[str, str]], iso: str) -> str:
    found = (item["name"] for item in names if iso <= (item.get("until") or iso))
    return next(found, names[-1]["name"])


class LevelGroup(Model):
    level: Level


class Person(Model):
    user: Text
    unit: Slug
    may: tuple[Literal["coordinate"], ...] = ()
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None


def _is_level(value: Any) -> str:
    return "level" if isinstance(value, dict | LevelGroup) else "list"


Group = Annotated[Annotated[LevelGroup, Tag("level")] | Annotated[Slugs, Tag("list")], Discriminator(_is_level)]


class Directory(Model):
    units: dict[Slug, Unit]
    groups: dict[Slug, Group] = {}
    units_from: Text | None = None
    people: tuple[Person, ...] = ()

    def groups_on(self, day: date) -> dict[str, tuple[str, ...]]:
        """The members of every group on a day; without recursion, for groups may be nested deeply.

        A group that is contained in itself adds nothing to itself. Raises BadValue where the members are too many.
        """
        found: dict[str, tuple[str, ...]] = {}
        opened: set[str] = set()
        ahead, room = [*self.groups], MAX_MEMBERS
        while ahead:
            name = ahead[-1]
            if name not in opened:
                opened.add(name)
                ahead += [inner for inner in self.inner_groups(name) if inner not in opened]
                continue
            ahead.pop()
            if name not in found:
                found[name] = self._members(self.groups[name], found, day)
                room -= len(found[name])
            if room < 0:
                raise BadValue(_("the groups have more than {n} members together").format(n=number(MAX_MEMBERS)))
        return found

    def inner_groups(self, name: str) -> tuple[str, ...]:
        """The groups that a group names."""
        group = self.groups[name]
        return () if isinstance(group, LevelGroup) else tuple(inner for inner in group if inner in self.groups)

    def _members(self, group: Group, known: Mapping[str, tuple[str, ...]], day: date) -> tuple[str, ...]:
        if isinstance(group, LevelGroup):
            return tuple(name for name, unit in self.units.items() if unit.level == group.level and unit.exists_on(day))
        members = dict.fromkeys(unit for inner in group for unit in known.get(inner, (inner,)))
        return tuple(unit for unit in members if unit in self.units and self.units[unit].exists_on(day))
