"""One unit more or less in a stage of a running plan: the same plan, its stage held by just these units."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial

from engine import store
from engine.clock import shown_day
from engine.errors import BadValue, NotFound
from engine.i18n import _
from engine.office import Register
from engine.plan.blueprint import Blueprint
from engine.plan.difference import staffed

Held = Callable[[list[str]], list[str]]  # the units of a stage as they are, and as they shall be


def restaffed(
    blueprint: Blueprint, add: Iterable[str], drop: Iterable[str], register: Register, today: date
) -> Blueprint:
    """The blueprint after each STAGE/UNIT (a group stands for its members) was added or dropped.

    Raises NotFound for a name nothing bears, BadValue where the unit holds the stage already, or does not, or is the
    only one.
    """
    for text in add:
        stage, units = _read(blueprint, text)
        for unit in units:
            _require_existing(register, unit, today)
        blueprint = _with(blueprint, stage, partial(_added, units, text))
    for text in drop:
        stage, units = _read(blueprint, text)
        blueprint = _with(blueprint, stage, partial(_dropped, units, text))
    return blueprint


def _read(blueprint: Blueprint, text: str) -> tuple[str, list[str]]:
    stage, slash, unit = text.partition("/")
    if not (stage and slash and unit) or "/" in unit:
        raise BadValue(_("“{text}” is not STAGE/UNIT").format(text=text))
    if stage not in blueprint.stages:
        raise NotFound(_("stage"), stage, blueprint.stages)
    return stage, blueprint.members((unit,))


def _require_existing(register: Register, unit: str, today: date) -> None:
    found = register.find(unit)
    if found is None:
        raise NotFound(_("unit"), unit, store.unit_facts(register.connection, register.directory))
    if not found.exists_on(today):
        raise BadValue(_("{unit} does not exist on {day}").format(unit=unit, day=shown_day(today)))


def _added(more: list[str], text: str, held: list[str]) -> list[str]:
    if twice := [unit for unit in more if unit in held]:
        raise BadValue(_("{text}: {unit} holds that stage already").format(text=text, unit=twice[0]))
    return [*held, *more]


def _dropped(less: list[str], text: str, held: list[str]) -> list[str]:
    if missing := [unit for unit in less if unit not in held]:
        raise NotFound(_("unit"), missing[0], held)
    left = [unit for unit in held if unit not in less]
    if not left:
        message = _("{text}: nobody would be left in that stage; kh cancel drops its tasks")
        raise BadValue(message.format(text=text))
    return left


def _with(blueprint: Blueprint, stage_id: str, change: Held) -> Blueprint:
    stage = blueprint.plan.stages[stage_id]
    if stage.holder is None:
        raise BadValue(_("{stage} names nobody under `responsible`: amend the file instead").format(stage=stage_id))
    held = blueprint.members(stage.holder.units, stage.holder.except_)
    units = change(held)
    joint = stage.holder.mode == "joint"
    if joint and units[0] != held[0]:
        text = _("{stage}: the common task is known by {unit}; kh transfer hands it over")
        raise BadValue(text.format(stage=stage_id, unit=held[0]))
    stages = {**blueprint.plan.stages, stage_id: staffed(stage, "joint" if joint else "each", units)}
    return blueprint.revised(stages)
