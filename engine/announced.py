"""The days announced on top of the law, as the store keeps them: each load adds, none is ever changed."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, insert, select

from engine.almanac import AnnouncedDay, Scope
from engine.prepared import Prepared
from engine.store import table
from engine.tables import CalendarDay

CALENDAR_DAY = table(CalendarDay)


_NEWEST_DAY = Prepared(select(func.max(CALENDAR_DAY.c.id).label("newest")))


def newest(connection: Connection) -> int:
    """What tells whether days were announced since one last looked; 0 where none ever were."""
    return _NEWEST_DAY.value(connection) or 0


def every_day(connection: Connection) -> list[AnnouncedDay]:
    """Every announced day, in the order they were loaded."""
    columns = [CALENDAR_DAY.c[name] for name in (*Scope._fields, "day", "works", "source")]
    rows = connection.execute(select(*columns).order_by(CALENDAR_DAY.c.id))
    return [AnnouncedDay(Scope(*row[:4]), *row[4:]) for row in rows]


def add_days(connection: Connection, days: Sequence[AnnouncedDay]) -> None:
    if days:
        rows = [{**item.scope._asdict(), "day": item.day, "works": item.works, "source": item.source} for item in days]
        connection.execute(insert(CALENDAR_DAY), rows)
