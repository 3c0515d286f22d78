"""A morning's post as a table: whose paper came, its number and date, and when."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path

from sqlalchemy import Connection

from engine.clock import is_day, iso_day, read_day, read_instant
from engine.errors import BadValue, NotFound
from engine.i18n import _
from engine.office import Office, Register
from engine.plan.naming import spelling, spellings
from engine.plan.sheets import read_rows
from engine.rows import TaskRow


@dataclass(frozen=True)
class Arrival:
    """One line of a morning's post: whose paper, its number and date, when it came."""

    unit: str
    doc: str | None
    arrived_at: datetime | None
    day_only: bool = False


def read_arrivals(path: Path, zone: str, at: time) -> list[Arrival]:
    """A table with the columns unit, number, date of paper, date of arrival. Raises BadValue with the line.

    A unit may be named by its id or by any name it bears (`of_units`).
    """
    found = []
    for number, cells in enumerate(read_rows(path), start=1):
        if not any(cells) or (number == 1 and cells[0].lower() in ("unit", "đơn vị")):
            continue
        found.append(_arrival(path, number, cells, zone, at))
    if not found:
        raise BadValue(_("{path} names no unit").format(path=path))
    _require_once(found, str(path))
    return found


def of_units(
    office: Office, connection: Connection, arrivals: Sequence[Arrival], tasks: Sequence[TaskRow]
) -> list[Arrival]:
    """The same by the ids of units. Raises NotFound for a name that no unit of these tasks bears, or several do."""
    units = {task.unit for task in tasks}
    named = {} if units.issuperset(item.unit for item in arrivals) else _names(office, connection, tasks)
    found = [replace(item, unit=_unit(item.unit, units, named)) for item in arrivals]
    _require_once(found, "--from")
    return found


def _names(office: Office, connection: Connection, tasks: Sequence[TaskRow]) -> Mapping[str, set[str]]:
    """spelling → the units of these tasks that bear, or bore, that name."""
    found: dict[str, set[str]] = {}
    for instance in sorted({task.instance for task in tasks}):
        register = Register(connection, office.instance(connection, instance).directory)
        units = {task.unit for task in tasks if task.instance == instance}
        register.load(units)
        for unit_id in units:
            unit = register.find(unit_id)
            for key in spellings(unit_id, unit) if unit else ():
                found.setdefault(key, set()).add(unit_id)
    return found


def _unit(name: str, units: set[str], named: Mapping[str, set[str]]) -> str:
    if name in units:
        return name
    borne_by = named.get(spelling(name), set())
    if len(borne_by) > 1:
        raise BadValue(
            _("“{name}” may be any of {units}: name one").format(name=name, units=", ".join(sorted(borne_by)))
        )
    if not borne_by:
        raise NotFound(_("unit"), name, units)
    return next(iter(borne_by))


def _require_once(arrivals: Sequence[Arrival], path: str) -> None:
    unit, times = Counter(arrival.unit for arrival in arrivals).most_common(1)[0]
    if times > 1:
        raise BadValue(_("{path}: {unit} stands twice").format(path=path, unit=unit))


def _arrival(path: Path, number: int, cells: list[str], zone: str, at: time) -> Arrival:
    unit, paper, paper_date, arrived = (cells + [""] * 4)[:4]
    if len(cells) > 4 or not unit:
        raise BadValue(
            _("{path}:{line}: four columns are expected: unit, number, date of paper, date of arrival").format(
                path=path, line=number
            )
        )
    paper_date, arrived = iso_day(paper_date), iso_day(arrived)
    try:
        if paper_date:
            read_day(paper_date)
        moment = read_instant(arrived, at, zone) if arrived else None
    except BadValue as error:
        raise BadValue(f"{path}:{number}: {error}") from error
    return Arrival(unit, ", ".join(part for part in (paper, paper_date) if part) or None, moment, is_day(arrived))
