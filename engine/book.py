"""A database opened for looking: the views of the command line as plain rows, for a notebook or a program."""

from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Any

from engine import outbox, store
from engine.clock import system_clock
from engine.config import load_settings
from engine.db import open_read_only, reading
from engine.errors import NotFound
from engine.i18n import _
from engine.office import office_of
from engine.reports.kinds import made
from engine.reports.notices import message_views
from engine.reports.pages import board_page
from engine.reports.plans import entry_view, instance_views
from engine.reports.scene import Scene
from engine.reports.sheet import Report
from engine.reports.status import status_view
from engine.reports.tasks import task_views
from engine.service.select import Selection, select

Rows = list[dict[str, Any]]


class Book:
    """Every view is as of `at`, an aware datetime, by default of now. Nothing can be changed through it."""

    def __init__(self, url: str, at: datetime | None = None):
        self._at = at
        self.office = office_of(open_read_only(url), load_settings())

    def __enter__(self) -> "Book":
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.office.engine.dispose()

    @property
    def _now(self) -> datetime:
        return self._at or system_clock()

    def instances(self) -> Rows:
        """The started plans, as `kh list --json`."""
        with reading(self.office.engine) as connection:
            return instance_views(self.office, connection)

    def status(self, instance: str) -> dict[str, Any]:
        """As `kh status --json`. Raises NotFound."""
        with reading(self.office.engine) as connection:
            return status_view(self.office, connection, instance, self._now)

    def tasks(self, *selectors: str) -> Rows:
        """As `kh tasks --json`: of the named tasks, by default all. Raises NotFound, BadValue."""
        with reading(self.office.engine) as connection:
            found = select(self.office, connection, Selection(selectors or ("*",)), self._now)
            return task_views(self.office, connection, found, self._now)

    def notices(self) -> Rows:
        """The messages, as `kh notices list --json`."""
        with reading(self.office.engine) as connection:
            return message_views(connection, outbox.messages(connection))

    def entries(self, instance: str) -> Rows:
        """The audit log of an instance, as `kh log --json`. Raises NotFound."""
        with reading(self.office.engine) as connection:
            key = self.office.instance(connection, instance).id
            return [entry_view(row) for row in store.entries(connection, store.ENTRY.c.instance_id == key)]

    def report(
        self,
        kind: str,
        *instances: str,
        table: str | None = None,
        period: str | None = None,
        units: Sequence[str] = (),
        levels: Sequence[str] = (),
    ) -> Rows:
        """The rows of one table of `kh report KIND`, by default its first. Raises NotFound, BadValue."""
        tables = {
            sheet.key: sheet for sheet in self.make(kind, instances, period=period, units=units, levels=levels).sheets
        }
        wanted = table or next(iter(tables))
        if wanted not in tables:
            raise NotFound(_("table"), wanted, tables)
        return [dict(row) for row in tables[wanted].rows]

    def make(
        self,
        kind: str,
        instances: Sequence[str],
        *,
        period: str | None = None,
        units: Sequence[str] = (),
        levels: Sequence[str] = (),
    ) -> Report:
        """The report itself, for engine.reports.forms. Raises NotFound, BadValue."""
        with reading(self.office.engine) as connection:
            narrowed: dict[str, Any] = {"period": period, "units": units, "levels": levels}
            return made(self.office, connection, kind, instances, self._now, **narrowed)

    def board(self, *instances: str) -> str:
        """The page of `kh board`, as HTML. Raises NotFound."""
        with reading(self.office.engine) as connection:
            return board_page([Scene.of(self.office, connection, name, self._now) for name in instances])
