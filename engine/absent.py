"""The parts of a running plan whose units have ended, who could take them over, and by which command."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from engine.i18n import _
from engine.office import Register
from engine.plan.blueprint import Blueprint
from engine.plan.directory import Successor
from engine.plan.stand_ins import OF_THE_PLAN, RESPONSIBLE, ROLE_LABELS, parts


@dataclass(frozen=True)
class Absent:
    """A role that a unit which ended still has, in some stages or (none named) for the plan as a whole."""

    instance: str
    role: str
    unit: str
    name: str
    stages: tuple[str, ...]
    heirs: tuple[Successor, ...]

    @property
    def command(self) -> str:
        """What the coordinator types; the successor is filled in where there is just one."""
        to = self.heirs[0].unit if len(self.heirs) == 1 else "…"
        place = f"{self.instance}/{self.stages[0]}" if len(self.stages) == 1 else self.instance
        return f"kh transfer {place} --role {self.role} --from {self.unit} --to {to}"

    def in_words(self) -> str:
        text = _("{name} ({role}) has ended; successors: {heirs}")
        return text.format(name=self.name, role=_(ROLE_LABELS[self.role]), heirs=proposed(self.heirs))


def proposed(heirs: Collection[Successor]) -> str:
    """Units with the field of work each is for."""
    return ", ".join(heir.unit + (f" ({heir.for_})" if heir.for_ else "") for heir in heirs) or _("none is known")


def as_facts(heirs: Collection[Successor]) -> list[dict[str, str]]:
    """The same as plain data."""
    return [{"unit": heir.unit} | ({"for": heir.for_} if heir.for_ else {}) for heir in heirs]


def absent(
    instance: str, blueprint: Blueprint, register: Register, day: date, stages: Collection[str] | None = None
) -> list[Absent]:
    """The roles in a plan (in some of its stages) whose units do not exist any more on a day."""
    places: dict[tuple[str, str], list[str]] = {}
    for stage, role, unit in bearers(blueprint, blueprint.plan.stages if stages is None else stages):
        places.setdefault((role, unit), []).extend([stage] if stage else [])
    register.load({unit for _role, unit in places})
    return [
        Absent(instance, role, unit, register.name(unit, blueprint.plan.document.date), tuple(dict.fromkeys(where)),
               tuple(register.heirs(unit, day)))
        for (role, unit), where in places.items() if has_ended(register, unit, day)
    ]  # fmt: skip


def has_ended(register: Register, unit: str, day: date) -> bool:
    found = register.find(unit)
    return bool(found and found.valid_to and found.valid_to < day)


def bearers(blueprint: Blueprint, stages: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """(stage, role, unit) of each part there is; the plan's own under no stage. A task's own unit is not among them."""
    for role in OF_THE_PLAN:
        yield "", role, blueprint.plan.coordinator if role == "coordinator" else blueprint.plan.document.issuer
    if blueprint.plan.accept_by:
        yield "", "accept_by", blueprint.plan.accept_by
    for stage_id in stages:
        for role, names in parts(blueprint.plan.stages[stage_id]):
            yield from ((stage_id, role, unit) for unit in blueprint.members(names))
        for units in blueprint.holders(stage_id):
            yield from ((stage_id, RESPONSIBLE, unit) for unit in units[1:])
