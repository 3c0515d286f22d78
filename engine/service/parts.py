"""Roles of units that ended go to others: who receives, forwards, accepts, presides, coordinates from now on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from engine import machine, stand_ins, store
from engine.absent import bearers, has_ended, proposed
from engine.clock import local_date
from engine.errors import BadValue, NotFound
from engine.i18n import _
from engine.machine import Act
from engine.office import Office, Register
from engine.plan.blueprint import Blueprint
from engine.plan.stand_ins import OF_THE_PLAN, RESPONSIBLE, ROLE_LABELS, SHARED, StandIn
from engine.service import rights
from engine.service.transfer import require_basis, require_there
from engine.settle import refuse_closed
from engine.states import Trigger


@dataclass(frozen=True)
class Recast:
    """One unit's role in new hands."""

    instance: str
    stages: tuple[str, ...]  # those it concerns; none for a role of the plan as a whole
    role: str
    unit: str
    successors: tuple[str, ...]


def recast(
    office: Office,
    place: str,
    role: str,
    to: Sequence[str],
    act: Act,
    *,
    unit: str | None = None,
    dry_run: bool = False,
) -> list[Recast]:
    """Give a role in INSTANCE or INSTANCE/STAGE to other units, for good; the plan's snapshot stays.

    `unit`: who has it so far, by default every one that ended. `to`: by default the only successor of each. Raises
    BadValue, NotFound, Denied.
    """
    require_basis(act)
    name, _slash, stage = place.partition("/")
    with rights.acting(office, act, dry_run=dry_run) as connection:
        instance = office.instance(connection, name)
        blueprint = office.blueprint(connection, instance)
        rights.require_coordinator(connection, blueprint, act)
        refuse_closed(instance)
        _require_role(blueprint, stage, role, to)
        register, today = Register(connection, instance.directory), local_date(act.happened_at, office.zone)
        places = _places(blueprint, stage, role)
        units = _bearers(register, role, list(dict.fromkeys(one for _where, one in places)), unit, today)
        if to and len(units) > 1:
            text = _("several units with the role “{role}” have ended: {units}; say with --from which one is replaced")
            raise BadValue(text.format(role=role, units=", ".join(units)))
        heirs = {one: list(to) for one in units} if to else _only_heirs(register, units, today)
        found = []
        for one in units:
            for successor in heirs[one]:
                require_there(connection, register, successor, act, office.zone)
            if one in heirs[one]:
                raise BadValue(_("{unit} has this role already").format(unit=one))
            where = tuple(stage for stage, bearer in places if bearer == one and stage)
            found.append(Recast(name, where, role, one, tuple(dict.fromkeys(heirs[one]))))
        _write(connection, instance.id, found, stage, act)
    return found


def _require_role(blueprint: Blueprint, stage: str, role: str, to: Sequence[str]) -> None:
    if role not in ROLE_LABELS:
        raise NotFound(_("role"), role, ROLE_LABELS)
    if stage and stage not in blueprint.plan.stages:
        raise NotFound(_("stage"), stage, blueprint.plan.stages)
    if stage and role in OF_THE_PLAN:
        raise BadValue(_("“{role}” is a role of the plan as a whole: name the instance alone").format(role=role))
    if len(to) > 1 and role not in SHARED:
        raise BadValue(_("only one unit can have the role “{role}”").format(role=role))


def _places(blueprint: Blueprint, stage: str, role: str) -> list[tuple[str, str]]:
    """(stage, unit) wherever the role is played; no stage stands for the plan as a whole."""
    stages = [stage] if stage else list(blueprint.plan.stages)
    found = [
        (where, unit) for where, other, unit in bearers(blueprint, stages) if other == role and (where or not stage)
    ]
    default = blueprint.plan.accept_by
    if role == "accept_by" and stage and default and not blueprint.plan.stages[stage].accept_by:
        found.append((stage, default))
    return found


def _bearers(register: Register, role: str, known: list[str], unit: str | None, today: date) -> list[str]:
    """The units that give the role away: as named, else those that ended, else the only one."""
    if unit is not None and unit not in known:
        raise NotFound(_("unit with the role “{role}”").format(role=role), unit, known)
    found = [unit] if unit else [one for one in known if has_ended(register, one, today)] or known[:2]
    if not found or (len(found) > 1 and not has_ended(register, found[0], today)):
        text = _("“{role}” is what these units are: {units}; say with --from which one is replaced")
        raise BadValue(text.format(role=role, units=", ".join(known) or _("none")))
    return found


def _only_heirs(register: Register, units: Sequence[str], today: date) -> dict[str, list[str]]:
    heirs = {unit: register.heirs(unit, today) for unit in units}
    unclear = [f"{unit} → {proposed(some)}" for unit, some in heirs.items() if len(some) != 1]
    if unclear:
        text = _("name the successor with --from and --to, unit by unit: {units}")
        raise BadValue(text.format(units="; ".join(unclear)))
    return {unit: [some[0].unit] for unit, some in heirs.items()}


def _write(connection: Connection, instance_id: int, found: Sequence[Recast], stage: str, act: Act) -> None:
    """A partner is one of a stage; any other role is kept as wide as it was given."""
    stand_ins.add_stand_ins(connection, instance_id, [
        StandIn(where, item.role, item.unit, successor)
        for item in found
        for where in (item.stages if item.role == RESPONSIBLE else (stage,))
        for successor in item.successors
    ], act.happened_at)  # fmt: skip
    store.add_entries(connection, [
        machine.entry(act, Trigger.TRANSFER.value, instance_id=instance_id, data={
            "role": item.role, "stages": list(item.stages), "from": item.unit, "to": list(item.successors),
        })
        for item in found
    ])  # fmt: skip
