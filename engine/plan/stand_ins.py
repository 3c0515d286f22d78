"""Who plays whose part in a running plan: units end, others take their roles and tasks over; the snapshot stays."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from engine.i18n import N_
from engine.plan.model import Plan, Stage

# The roles a unit can have in a plan, with the label a reader sees. `responsible`: a partner of a joint task.
ROLE_LABELS = {
    "coordinator": N_("coordinates"),
    "issuer": N_("issued the plan"),
    "responsible": N_("partner in a joint task"),
    "with": N_("takes part"),
    "on_behalf_of": N_("is advised"),
    "submit_to": N_("receives the work"),
    "through": N_("forwards the work"),
    "accept_by": N_("accepts the work"),
    "chair": N_("presides"),
    "attend": N_("attends"),
}
RESPONSIBLE = "responsible"
OF_THE_PLAN = ("coordinator", "issuer")  # of no stage in particular
SHARED = ("with", "submit_to", "attend")  # roles that several units may have
_SINGLE = ("on_behalf_of", "through", "accept_by", "chair")
_SEVERAL = {"with": "with_", "submit_to": "submit_to", "attend": "attend"}
Members = Callable[..., list[str]]


class StandIn(NamedTuple):
    """One unit in another's place: in one stage, or wherever it has the role."""

    stage: str
    role: str
    unit: str
    successor: str


class Handed:
    """Which units took tasks over from which, stage by stage."""

    def __init__(self, items: Iterable[StandIn] = ()):
        self._items = [item for item in items if item.role == RESPONSIBLE and item.stage]
        self._from: dict[str, list[str]] = defaultdict(list)
        self._to: dict[str, list[str]] = defaultdict(list)
        for item in self._items:
            self._from[item.successor].append(item.unit)
            self._to[item.unit].append(item.successor)

    def of(self, stage_id: str) -> Iterator[tuple[str, str]]:
        """(the unit before, the one after), the newest first."""
        return ((item.unit, item.successor) for item in reversed(self._items) if item.stage == stage_id)

    def forebears(self, unit: str) -> list[str]:
        """The units whose tasks this one took over, and those before them."""
        return _reached(self._from, unit)

    def heirs(self, unit: str) -> list[str]:
        """The units that took this one's tasks over, and those after them."""
        return _reached(self._to, unit)


def _reached(links: Mapping[str, Sequence[str]], unit: str) -> list[str]:
    found: dict[str, None] = {}
    ahead = list(links.get(unit, ()))
    while ahead:
        one = ahead.pop(0)
        if one != unit and one not in found:
            found[one] = None
            ahead += links.get(one, ())
    return list(found)


class _Turn(NamedTuple):
    """One unit's part goes to others: the stand-ins that came for it together."""

    stage: str
    role: str
    unit: str
    successors: tuple[str, ...]


def played(plan: Plan, items: Sequence[StandIn], members: Members) -> Plan:
    """The plan as it runs with the stand-ins in it, applied in the order they came."""
    turns = [
        _Turn(stage, role, unit, tuple(item.successor for item in some))
        for (stage, role, unit), some in groupby(items, lambda item: (item.stage, item.role, item.unit))
    ]
    bearers = {"coordinator": plan.coordinator, "issuer": plan.document.issuer, "accept_by": plan.accept_by}
    for turn in turns:
        if not turn.stage and bearers.get(turn.role) == turn.unit:
            bearers[turn.role] = turn.successors[0]
    return plan.model_copy(update={
        "coordinator": bearers["coordinator"], "accept_by": bearers["accept_by"],
        "document": plan.document.model_copy(update={"issuer": bearers["issuer"]}),
        "stages": {
            name: _stage(plan, stage, [turn for turn in turns if turn.stage in ("", name)], members)
            for name, stage in plan.stages.items()
        },
    })  # fmt: skip


def _stage(plan: Plan, stage: Stage, turns: Sequence[_Turn], members: Members) -> Stage:
    """A stage with those in it that stand in for somebody there."""
    for turn in turns:
        if turn.role in _SINGLE:
            own = getattr(stage, turn.role)
            default = plan.accept_by if turn.role == "accept_by" and turn.stage else None
            changes: dict[str, Any] = {turn.role: turn.successors[0]} if turn.unit == (own or default) else {}
        elif turn.role in _SEVERAL:
            field = _SEVERAL[turn.role]
            changes = _replaced(field, members(getattr(stage, field)), turn.unit, turn.successors)
        else:
            changes = _partners(stage, turn, members) if turn.role == RESPONSIBLE else {}
        stage = stage.model_copy(update=changes) if changes else stage
    return stage


def _replaced(field: str, units: Sequence[str], unit: str, successors: tuple[str, ...]) -> dict[str, Any]:
    """A list in which one unit gives way to others; its groups are written out only where that unit is in it."""
    if unit not in units:
        return {}
    return {field: tuple(dict.fromkeys(one for old in units for one in (successors if old == unit else (old,))))}


def _partners(stage: Stage, turn: _Turn, members: Members) -> dict[str, Any]:
    """A joint task has several units; of all other tasks their own rows say whose they are."""
    holder = stage.holder
    if holder is None or not (holder.mode == "joint" or stage.type == "event"):
        return {}
    found = _replaced("units", members(holder.units, holder.except_), turn.unit, turn.successors[:1])
    return {stage.holder_key: holder.model_copy(update={**found, "except_": ()})} if found else {}


def parts(stage: Stage) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(role, its units and groups) of one stage, but for its responsible units."""
    for role in _SINGLE:
        if name := getattr(stage, role):
            yield role, (name,)
    for role, field in _SEVERAL.items():
        if names := getattr(stage, field):
            yield role, names
