"""Roles of units that ended go to others: who receives, forwards, accepts, presides, coordinates from now on."""

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
from engine.plan.stand_ins import OF_THE_PLAN, RESPONSIBLE, ROLE_LABELS, StandIn
from engine.service import rights
from engine.service.transfer import require_basis, require_there
from engine.states import Trigger


@dataclass(frozen=True)
class Recast:
    """One role in new hands."""

    instance: str
    stages: tuple[str, ...]  # those it concerns; none for a role of the plan as a whole
    role: str
    unit: str
    successor: str


def recast(
    office: Office, place: str, role: str, to: str | None, act: Act, *, unit: str | None = None, dry_run: bool = False
) -> Recast:
    """Give a role in INSTANCE or INSTANCE/STAGE to another unit, for good; the plan's snapshot stays.

    `unit`: who has it so far, by default the one that ended. `to`: by default its only successor. Raises BadValue,
    NotFound, Denied.
    """
    require_basis(act)
    name, _slash, stage = place.partition("/")
    with rights.acting(office, act, dry_run=dry_run) as connection:
        instance = office.instance(connection, name)
        blueprint = office.blueprint(connection, instance)
        rights.require_coordinator(connection, blueprint, act)
        stages = _stages(blueprint, stage, role)
        register = Register(connection, instance.directory)
        today = local_date(act.happened_at, office.zone)
        places = [
            (where, one) for where, other, one in bearers(blueprint, stages) if other == role and (where or not stage)
        ]
        if (
            role == "accept_by"
            and stage
            and blueprint.plan.stages[stage].accept_by is None
            and blueprint.plan.accept_by
        ):
            places.append((stage, blueprint.plan.accept_by))
        unit = _bearer(register, role, list(dict.fromkeys(one for _where, one in places)), unit, today)
        to = to or _only_heir(register, unit, today)
        require_there(connection, register, to, act, office.zone)
        if to == unit:
            raise BadValue(_("{unit} has this role already").format(unit=to))
        found = Recast(name, tuple(where for where, one in places if one == unit and where), role, unit, to)
        _write(connection, instance.id, found, stage, act)
    return found


def _stages(blueprint: Blueprint, stage: str, role: str) -> list[str]:
    if role not in ROLE_LABELS:
        raise NotFound(_("role"), role, ROLE_LABELS)
    if stage and stage not in blueprint.plan.stages:
        raise NotFound(_("stage"), stage, blueprint.plan.stages)
    if stage and role in OF_THE_PLAN:
        raise BadValue(_("“{role}” is a role of the plan as a whole: name the instance alone").format(role=role))
    return [stage] if stage else list(blueprint.plan.stages)


def _bearer(register: Register, role: str, known: list[str], unit: str | None, today: date) -> str:
    """The unit that gives the role away: as named, else the one that ended, else the only one."""
    if unit is not None and unit not in known:
        raise NotFound(_("unit with the role “{role}”").format(role=role), unit, known)
    ended = [one for one in known if has_ended(register, one, today)]
    found = [unit] if unit else ended or known
    if len(found) != 1:
        text = _("“{role}” is what these units are: {units}; say with --from which one is replaced")
        raise BadValue(text.format(role=role, units=", ".join(found) or _("none")))
    return found[0]


def _only_heir(register: Register, unit: str, today: date) -> str:
    heirs = register.heirs(unit, today)
    if len(heirs) != 1:
        raise BadValue(_("name the successor of {unit} with --to ({heirs})").format(unit=unit, heirs=proposed(heirs)))
    return heirs[0].unit


def _write(connection: Connection, instance_id: int, found: Recast, stage: str, act: Act) -> None:
    """A partner is one of a stage; any other role is kept as wide as it was given."""
    where = found.stages if found.role == RESPONSIBLE else (stage,)
    items = [StandIn(one, found.role, found.unit, found.successor) for one in where]
    stand_ins.add_stand_ins(connection, instance_id, items, act.happened_at)
    data = {"role": found.role, "stages": list(found.stages), "from": found.unit, "to": [found.successor]}
    store.add_entries(connection, [machine.entry(act, Trigger.TRANSFER.value, instance_id=instance_id, data=data)])
