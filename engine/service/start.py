"""Starting a plan: the snapshot, its tasks with their dates, and the counters, in one transaction."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from engine import amendments, machine, people, store, tallies
from engine.almanac import Almanac
from engine.checks import check
from engine.clock import local_date
from engine.db import reading
from engine.errors import BadValue, Conflict, PlanError, Problem
from engine.i18n import _
from engine.machine import Act
from engine.office import Office, Register
from engine.plan.blueprint import Blueprint
from engine.plan.directory import Directory, Unit
from engine.plan.loader import Source, load_plan
from engine.recount import Shifted
from engine.service import rights
from engine.service.calendars import announce
from engine.service.making import Maker
from engine.service.units import facts_of, people_of
from engine.settle import Settling
from engine.states import State
from engine.succession import give_up

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True)
class Started:
    name: str
    tasks: int
    waiting: int
    findings: tuple[Problem, ...]  # the warnings and notes of `check`
    kept_units: tuple[str, ...]  # units the register already knew otherwise than the file says
    shifted: tuple[Shifted, ...]  # running tasks that the plan's calendar moved


def load_sound(path: Path, almanac: Almanac | None = None) -> tuple[Source, tuple[Problem, ...]]:
    """A plan that can be run, with its warnings and notes. Raises PlanError with every error in it."""
    source = load_plan(path, almanac)
    return source, sound(source)


def sound(source: Source) -> tuple[Problem, ...]:
    """The warnings and notes of a plan that can be run. Raises PlanError with every error in it."""
    findings = check(source)
    if errors := [problem for problem in findings if problem.severity == "error"]:
        raise PlanError(errors)
    return tuple(findings)


def start(
    office: Office, path: Path, name: str | None, act: Act, *, backdate: bool = False, dry_run: bool = False
) -> Started:
    """Make an instance of a plan as of `act.happened_at`, by the plan's id where no name is given.

    Raises PlanError with every mistake of the file; Conflict where the name is taken; BadValue where a written date
    lies before the start and `backdate` does not allow it.
    """
    with reading(office.engine) as connection:
        almanac = office.almanac(connection)
    source, findings = load_sound(path, almanac)
    blueprint, directory = source.blueprint, source.directory
    assert directory is not None
    name = _checked_name(name or blueprint.plan.plan)
    snapshot = blueprint.to_json()
    digest = Blueprint.digest(snapshot)
    facts = facts_of(directory)
    with rights.acting(office, act, dry_run=dry_run) as connection:
        if store.find_instance(connection, name):
            raise Conflict(_("instance {name} exists already: choose another --id").format(name=name))
        rights.require_coordinator(connection, blueprint, act, known=False)
        known = store.unit_facts(connection, blueprint.directory_name, facts)
        refuse_other_directory(blueprint, directory, known)
        store.add_units(connection, blueprint.directory_name, facts)
        people.add(connection, people_of(directory, blueprint.directory_name))
        store.add_snapshot(connection, digest, snapshot, source.tree.text)
        instance_id = store.add_instance(connection, {
            "name": name, "snapshot": digest, "directory": blueprint.directory_name, "started_at": act.happened_at,
        })  # fmt: skip
        announced = announce(office, connection, source.calendar.days() if source.calendar else (), act)
        register = Register(connection, blueprint.directory_name)
        rows = list(Maker(blueprint, announced.almanac, register, act.happened_at).rows())
        if not backdate:
            _refuse_past(blueprint, rows, local_date(act.happened_at, office.zone))
        store.add_tasks(connection, [{**row, "instance_id": instance_id} for row in rows])
        tallies.add(connection, _tallies(blueprint, rows, directory.units, instance_id))
        data = {"plan": blueprint.plan.plan, "snapshot": digest, "tasks": len(rows), "backdate": backdate}
        store.add_entries(connection, [machine.entry(act, "start", instance_id=instance_id, data=data)])
        rights.checked_unit(connection, blueprint, act)
        amendments.add_creation_entries(connection, instance_id, {
            "at": act.at, "happened_at": act.happened_at, "actor": act.actor, "doc": act.doc,
        })  # fmt: skip
        settling = Settling(office, connection, office.instance(connection, name), act, announced.almanac)
        for stage_id in filter(blueprint.waits, blueprint.plan.stages):
            settling.advance(stage_id)
        give_up(office, connection, act)
    kept = tuple(unit for unit, text in known.items() if text != facts[unit])
    waiting = sum(row["state"] == State.WAITING for row in rows)
    return Started(name, len(rows), waiting, findings, kept, tuple(announced.shifted))


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise BadValue(_("not a name for an instance: {name} (letters, digits, - and _; no / or *)").format(name=name))
    return name


def refuse_other_directory(blueprint: Blueprint, directory: Directory, known: Mapping[str, str]) -> None:
    """Two provinces may call their directory files alike; they must not share a register."""
    issuer = blueprint.plan.document.issuer
    if issuer in known:
        day = blueprint.plan.document.date
        theirs, ours = Unit.model_validate_json(known[issuer]).name_on(day), directory.units[issuer].name_on(day)
        if theirs != ours:
            message = _(
                "the register has another directory “{name}”, that of {theirs}, not {ours}: rename the file, "
                "or bring the register up to date with kh units load"
            )
            raise Conflict(message.format(name=blueprint.directory_name, theirs=theirs, ours=ours))


def _refuse_past(blueprint: Blueprint, rows: list[dict[str, Any]], today: date) -> None:
    past = sorted({
        (row["last_day"], row["stage"]) for row in rows
        if row["last_day"] and row["last_day"] < today and blueprint.is_written(row["stage"])
    })  # fmt: skip
    if past:
        day, stage = past[0]
        message = _(
            "{n} written dates lie before the start ({today}), first “{stage}” on {day}: "
            "start it --at an earlier time, or with --backdate (nothing is sent for the past)"
        )
        raise BadValue(message.format(n=len(past), today=today, stage=stage, day=day))


def _tallies(
    blueprint: Blueprint, rows: list[dict[str, Any]], units: Mapping[str, Any], instance_id: int
) -> list[dict[str, Any]]:
    totals: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        totals[row["stage"], row["period"], ""] += 1
        parent = units[row["unit"]].parent if row["stage"] in blueprint.scoped else None
        if parent:
            totals[row["stage"], row["period"], parent] += 1
    return [
        {"instance_id": instance_id, "stage": stage, "period": period, "scope": scope, "total": total}
        for (stage, period, scope), total in totals.items()
    ]  # fmt: skip
