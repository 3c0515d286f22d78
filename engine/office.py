"""What every use case needs: the store, the settings, the calendar, and the plans and units read from them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Engine

from engine import announced, store
from engine.almanac import Almanac
from engine.calendar import Calendar
from engine.config import Settings, data_folder
from engine.errors import NotFound
from engine.i18n import _
from engine.plan.blueprint import Blueprint
from engine.plan.directory import Unit
from engine.rows import InstanceRow


@dataclass
class Office:
    """One database with its settings. Plans are cached by digest: a snapshot never changes."""

    engine: Engine
    settings: Settings
    calendar: Calendar  # zone, hours and the days as shipped; what has been announced since is in the almanac
    _blueprints: dict[str, Blueprint] = field(default_factory=dict)
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

    def blueprint(self, connection: Connection, instance: InstanceRow) -> Blueprint:
        digest = instance.snapshot
        if digest not in self._blueprints:
            self._blueprints[digest] = Blueprint.from_json(store.snapshot_content(connection, digest))
        return self._blueprints[digest]

    def instance(self, connection: Connection, name: str) -> InstanceRow:
        """Raises NotFound, with the nearest name."""
        found = store.find_instance(connection, name)
        if found is None:
            raise NotFound(_("instance"), name, [row.name for row in store.instances(connection)])
        return found


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
