"""Selectors: how a user names tasks in bulk."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from sqlalchemy import ColumnElement, Connection, and_, not_

from engine import store
from engine.clock import local_date
from engine.errors import BadValue, NotFound
from engine.i18n import _
from engine.office import Office
from engine.periods import is_period
from engine.plan.blueprint import Blueprint
from engine.rows import InstanceRow, TaskRow
from engine.states import State

_BRACES = re.compile(r"\{([^{}]*)\}")
MAX_ALTERNATIVES = 1000


@dataclass(frozen=True)
class Selection:
    """What the user asked for. `due_within` counts calendar days; `now` decides what is overdue."""

    selectors: Sequence[str]
    without: Sequence[str] = ()
    units: Sequence[str] = ()
    states: Sequence[str] = ()
    overdue: bool = False
    due_within: int | None = None


@dataclass(frozen=True)
class Pattern:
    instance: str
    stages: tuple[str, ...]
    periods: tuple[str, ...]
    units: tuple[str, ...]


EVERYTHING = Pattern("*", ("*",), ("*",), ("*",))


def parse(selector: str) -> Pattern:
    """INSTANCE, INSTANCE/STAGE, INSTANCE/STAGE/UNIT or INSTANCE/STAGE/PERIOD/UNIT. Raises BadValue."""
    parts = selector.split("/")
    if not 1 <= len(parts) <= 4 or not all(parts):
        form = "INSTANCE[/STAGE[/PERIOD][/UNIT]]"
        raise BadValue(_("“{text}” names no task: write {form}").format(text=selector, form=form))
    instance, stage = parts[0], parts[1] if len(parts) > 1 else "*"
    period = parts[2] if len(parts) == 4 or (len(parts) == 3 and is_period(parts[2])) else "*"
    unit = parts[-1] if len(parts) >= 3 and parts[-1] is not period else "*"
    return Pattern(instance, _expand(stage), _expand(period), _expand(unit))


def _expand(pattern: str) -> tuple[str, ...]:
    """`x-{a,b}` → x-a, x-b."""
    found = [pattern]
    while any("{" in item for item in found):
        if len(found) > MAX_ALTERNATIVES or not all(_BRACES.search(item) for item in found if "{" in item):
            raise BadValue(_("“{text}”: the braces do not match").format(text=pattern))
        found = [one for item in found for one in _expand_first(item)]
    return tuple(found)


def _expand_first(item: str) -> list[str]:
    match = _BRACES.search(item)
    if match is None:
        return [item]
    return [item[: match.start()] + choice.strip() + item[match.end() :] for choice in match.group(1).split(",")]


def select(office: Office, connection: Connection, selection: Selection, now: datetime) -> list[TaskRow]:
    """The tasks a selection names, each once, in the order of the plan.

    Raises NotFound for an instance, stage, unit or state that nothing bears.
    """
    for state in selection.states:
        if state not in [item.value for item in State]:
            raise NotFound(_("state"), state, [item.value for item in State])
    found: dict[int, TaskRow] = {}
    for selector in selection.selectors:
        found.update((task.id, task) for task in _match(office, connection, parse(selector), selection, now))
    return list(found.values())


def select_some(office: Office, connection: Connection, selection: Selection, now: datetime) -> list[TaskRow]:
    """As `select`; raises BadValue where nothing matches."""
    tasks = select(office, connection, selection, now)
    if not tasks:
        raise BadValue(_("no task matches {selectors}").format(selectors=" ".join(selection.selectors)))
    return tasks


def _match(
    office: Office, connection: Connection, pattern: Pattern, selection: Selection, now: datetime
) -> list[TaskRow]:
    filters = _filters(office, selection, now)
    if filters and pattern == EVERYTHING and not (selection.units or selection.without):
        return sorted(store.tasks(connection, *filters), key=lambda task: task.instance_id)  # one query, one index
    found = []
    for instance in _instances(office, connection, pattern.instance):
        found += _match_in(office, connection, instance, pattern, selection, now)
    return found


def instances_named(office: Office, connection: Connection, names: Iterable[str]) -> list[InstanceRow]:
    """Each once; `*` and `{a,b}` may stand in a name. Raises NotFound where one names nothing."""
    found = {row.id: row for name in names for row in _instances(office, connection, name)}
    if not found:
        raise NotFound(_("instance"), " ".join(names), [row.name for row in store.instances(connection)])
    return list(found.values())


def _instances(office: Office, connection: Connection, pattern: str) -> list[InstanceRow]:
    if "*" not in pattern and "{" not in pattern:
        return [office.instance(connection, pattern)]
    wanted = [_glob(item) for item in _expand(pattern)]
    return [row for row in store.instances(connection) if any(fnmatchcase(row.name, item) for item in wanted)]


def _match_in(
    office: Office,
    connection: Connection,
    instance: InstanceRow,
    pattern: Pattern,
    selection: Selection,
    now: datetime,
) -> list[TaskRow]:
    blueprint = office.blueprint(connection, instance)
    stages = _known(pattern.stages, blueprint.plan.stages, _("stage"))
    units = None if any("*" in unit for unit in pattern.units) else _units(blueprint, pattern.units)
    filters = _filters(office, selection, now)
    if units is not None and len(stages) == 1 and not filters:
        tasks = store.stage_tasks(connection, instance.id, stages[0], units=units)
    else:
        conditions = [store.TASK.c.instance_id == instance.id, *filters]
        if len(stages) < len(blueprint.plan.stages):
            conditions.append(store.TASK.c.stage.in_(stages))
        if units is not None:
            conditions.append(store.TASK.c.unit.in_(units))
        tasks = store.tasks(connection, *conditions)
    borne = {task.unit for task in tasks}
    _check_units(connection, blueprint, {*pattern.units, *selection.without, *selection.units} - borne)
    tests = list(_tests(blueprint, pattern, selection, among_units=units is None))
    return [task for task in tasks if all(test(task) for test in tests)] if tests else tasks


def _known(patterns: Iterable[str], known: Iterable[str], kind: str) -> list[str]:
    known = list(known)
    found: set[str] = set()
    for pattern in patterns:
        fitting = [name for name in known if fnmatchcase(name, _glob(pattern))] if "*" in pattern else [pattern]
        if not fitting or fitting[0] not in known:
            raise NotFound(kind, pattern, known)
        found.update(fitting)
    return [name for name in known if name in found]


def _glob(pattern: str) -> str:
    """Only the star is special."""
    return pattern.replace("[", "[[]").replace("?", "[?]")


def _units(blueprint: Blueprint, patterns: Sequence[str]) -> list[str]:
    return blueprint.members(tuple(patterns))


def _check_units(connection: Connection, blueprint: Blueprint, names: Iterable[str]) -> None:
    """Raises NotFound for the first of these names that neither a group nor a unit bears."""
    unknown = {name for name in names if "*" not in name and name not in blueprint.groups}
    if unknown and (lost := unknown - set(store.unit_facts(connection, blueprint.directory_name, unknown))):
        raise NotFound(_("unit"), min(lost), store.unit_facts(connection, blueprint.directory_name))


def _tests(
    blueprint: Blueprint, pattern: Pattern, selection: Selection, *, among_units: bool
) -> Iterator[Callable[[TaskRow], bool]]:
    """What the query left open of a selection; what is the same for all tasks is looked up once."""

    def bears(patterns: Sequence[str]) -> Callable[[TaskRow], bool]:
        units = set(_units(blueprint, [item for item in patterns if "*" not in item]))
        globs = [_glob(item) for item in patterns if "*" in item]
        return lambda task: task.unit in units or any(fnmatchcase(task.unit, glob) for glob in globs)

    if pattern.periods != ("*",):
        periods = [_glob(period) for period in pattern.periods]
        yield lambda task: any(fnmatchcase(task.period, period) for period in periods)
    if among_units and pattern.units != ("*",):
        yield bears(pattern.units)
    if selection.units:
        yield bears(selection.units)
    if selection.without:
        without = bears(selection.without)
        yield lambda task: not without(task)


def _filters(office: Office, selection: Selection, now: datetime) -> list[ColumnElement[bool]]:
    column = store.TASK.c
    conditions: list[ColumnElement[bool]] = []
    if selection.states:
        conditions.append(column.state.in_(selection.states))
    if selection.overdue:
        on_time = and_(column.state == State.SUBMITTED, column.submitted_at < column.overdue_at)
        conditions += [column.overdue_at <= now, store.UNFINISHED, column.state != State.SUSPENDED, not_(on_time)]
    if selection.due_within is not None:
        today = local_date(now, office.zone)
        horizon = today + timedelta(days=selection.due_within)
        conditions += [column.last_day >= today, column.last_day <= horizon, store.UNFINISHED]
    return conditions
