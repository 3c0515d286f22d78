"""What every use case needs: the store, the settings, the calendar, and the plans and units read from them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Engine

from engine import announced, stand_ins, store
from engine.almanac import Almanac
from engine.calendar import Calendar
from engine.config import Settings, data_folder
from engine.errors import NotFound
from engine.i18n import _
from engine.plan.blueprint import Blueprint
from engine.plan.directory import Successor, Unit
from engine.rows import InstanceRow


@dataclass
class Office:
    """One database with its settings. Plans are cached by digest: a snapshot never changes."""

    engine: Engine
    settings: Settings
    calendar: Calendar  # zone, hours and the days as shipped; what has been announced since is in the almanac
    _blueprints: dict[str, Blueprint] = field(default_factory=dict)
    _played: dict[int, tuple[str, str, Blueprint]] = field(default_factory=dict)
    _almanac: tuple[int, Almanac] | None = None

    @property
    def zone(self) -> str:
        return self.calendar.zone

    @property
    def files(self) -> Path:
        """The folder of the files that were handed in: as set, else beside the database."""
        database = self.engine.url.database if self.engine.dialect.name == "sqlite" else None
        beside = Path(f"{database}-files") if database and database != ":memory:" else data_folder() / "files"
        return self.settings.files or beside

    def almanac(self, connection: Connection) -> Almanac:
        """The calendars as announced so far; read again only when there is news."""
        newest = announced.newest(connection)
        if self._almanac is None or self._almanac[0] != newest:
            self._almanac = newest, Almanac(self.calendar, announced.every_day(connection))
        return self._almanac[1]

    def snapshot(self, connection: Connection, instance: InstanceRow) -> Blueprint:
        """An instance's plan as it was written."""
        digest = instance.snapshot
        if digest not in self._blueprints:
            self._blueprints[digest] = Blueprint.from_json(store.snapshot_content(connection, digest))
        return self._blueprints[digest]

    def blueprint(self, connection: Connection, instance: InstanceRow) -> Blueprint:
        """An instance's plan as it runs: with those who stand in for units that ended."""
        written = self.snapshot(connection, instance)
        if not instance.playing:
            return written
        digest, known, blueprint = self._played.get(instance.id, ("", "", written))
        if (digest, known) != (instance.snapshot, instance.playing):
            blueprint = written.played_by(stand_ins.of_instance(connection, instance.id))
            self._played[instance.id] = instance.snapshot, instance.playing, blueprint
        return blueprint

    def instance(self, connection: Connection, name: str) -> InstanceRow:
        """Raises NotFound, with the nearest name."""
        found = store.find_instance(connection, name)
        if found is None:
            raise NotFound(_("instance"), name, [row.name for row in store.instances(connection)])
        return found

    def instances(self, connection: Connection, names: Iterable[str]) -> dict[str, InstanceRow]:
        """Several, by their names, at once. Raises NotFound."""
        found = store.instances_named(connection, names)
        return {name: found.get(name) or self.instance(connection, name) for name in names}


def office_of(engine: Engine, settings: Settings) -> Office:
    """Raises BadValue for settings that cannot be used."""
    return Office(engine, settings, Calendar(zone=settings["zone"], hours=settings.hours))


class Register:
    """The units of one directory as the store has them now, read as they are asked for."""

    def __init__(self, connection: Connection, directory: str):
        self.connection, self.directory = connection, directory
        self._units: dict[str, Unit] = {}
        self._expected: set[str] = set()

    def expect(self, units: Iterable[str]) -> None:
        """These will be read together, as soon as one of them is asked for."""
        self._expected.update(units)

    def load(self, units: Iterable[str]) -> None:
        """Read many at once."""
        wanted = [unit for unit in units if unit not in self._units]
        if wanted:
            facts = store.unit_facts(self.connection, self.directory, wanted)
            self._units.update((unit, Unit.model_validate_json(text)) for unit, text in facts.items())

    def find(self, unit: str) -> Unit | None:
        if unit not in self._units:
            self.load({unit, *self._expected})
            self._expected.clear()
        return self._units.get(unit)

    def name(self, unit: str, day: date) -> str:
        """The name the unit bears on a day; its id where the register does not know it."""
        found = self.find(unit)
        return found.name_on(day) if found else unit

    def level(self, unit: str) -> str | None:
        found = self.find(unit)
        return found.level if found else None

    def email(self, unit: str) -> str | None:
        found = self.find(unit)
        return found.contact.email if found else None

    def parent(self, unit: str) -> str | None:
        found = self.find(unit)
        return found.parent if found else None

    def is_there(self, unit: str, day: date) -> bool:
        """Does the unit exist on a day? What the register does not know is not denied."""
        found = self.find(unit)
        return found is None or found.exists_on(day)

    def heirs(self, unit: str, day: date) -> list[Successor]:
        """Who took a unit's work over and exists on a day; of one that ended in turn its own successors."""
        found: list[Successor] = []
        ahead, seen = self._successors(unit), {unit}
        while ahead:
            item = ahead.pop(0)
            facts = None if item.unit in seen else self.find(item.unit)
            seen.add(item.unit)
            if facts and facts.exists_on(day):
                found.append(item)
            elif facts and facts.valid_to and facts.valid_to < day:
                ahead += [item.model_copy(update={"unit": one.unit, "for_": item.for_ or one.for_})
                          for one in facts.succeeded_by]  # fmt: skip
        return found

    def _successors(self, unit: str) -> list[Successor]:
        found = self.find(unit)
        return list(found.succeeded_by) if found else []


def in_charge(blueprint: Blueprint, register: Register, day: date) -> list[str]:
    """Who coordinates on a day: the coordinator; where it ended its successors, where none is there the issuer."""
    plan = blueprint.plan
    if register.is_there(plan.coordinator, day):
        return [plan.coordinator]
    return [heir.unit for heir in register.heirs(plan.coordinator, day)] or [plan.document.issuer]
