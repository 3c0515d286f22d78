"""Announced days: kept for good, and what was counted in working days moves with them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from engine import machine, store
from engine.almanac import Almanac, AnnouncedDay
from engine.announced import add_days
from engine.machine import Act
from engine.office import Office
from engine.plan.loader import load_calendar
from engine.recount import Recount, Shifted
from engine.service import rights


@dataclass(frozen=True)
class Announced:
    """The days that were news, the tasks they moved, and the calendars as they are now."""

    almanac: Almanac
    days: list[AnnouncedDay]
    shifted: list[Shifted]


def load(office: Office, path: Path, act: Act, *, dry_run: bool = False) -> Announced:
    """Take in a file of announced days. Loading it twice changes nothing. Raises PlanError, Denied."""
    found = load_calendar(path)
    with rights.acting(office, act, dry_run=dry_run) as connection:
        for directory in store.directories(connection):
            rights.require_keeper(connection, directory, act)
        return announce(office, connection, found.days(), act)


def announce(office: Office, connection: Connection, days: Iterable[AnnouncedDay], act: Act) -> Announced:
    """Keep the days that are news and count again what runs, in the caller's transaction; an entry for each task."""
    before = office.almanac(connection)
    fresh = [day for day in days if not before.knows(day)]
    if not fresh:
        return Announced(before, [], [])
    after = before.adding(fresh)
    act = replace(act, doc=act.doc or "; ".join(dict.fromkeys(day.source for day in fresh)))
    shifted = [
        found
        for instance in store.instances(connection) if instance.closed_at is None
        for found in Recount(office, connection, instance, act, before=before, after=after).run()
    ]  # fmt: skip
    add_days(connection, fresh)
    data = [{**day.scope._asdict(), "day": day.day.isoformat(), "works": day.works} for day in fresh]
    store.add_entries(connection, [machine.entry(act, "calendar", data={"days": data})])
    return Announced(after, fresh, shifted)
