"""Is there anything without effect: a key beside the wrong others, a ladder or an occasion nobody uses?"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from engine.deadlines import Deadline, Recurring, Relative, Window
from engine.i18n import N_, _
from engine.plan.blueprint import Blueprint
from engine.plan.directory import Directory
from engine.plan.loader import Source
from engine.plan.model import Stage

# What a prohibition is shown with; it makes no task, so that nothing else can count.
OF_A_PROHIBITION = frozenset(
    {"name", "clause", "type", "responsible", "inferred_responsible", "who", "note", "content"}
)


class _Case(NamedTuple):
    blueprint: Blueprint
    name: str
    stage: Stage

    @property
    def deadline(self) -> Deadline | None:
        return self.blueprint.due(self.name).deadline

    @property
    def dateless(self) -> bool:
        """Is there no date when the plan starts?"""
        it = self.deadline
        later = isinstance(it, Relative) and it.direction == "after" and it.anchor_day is None
        some_day = isinstance(it, Recurring) and it.first is None
        return it is None or isinstance(it, Window) or later or some_day

    @property
    def forwards(self) -> bool:
        """Is there anything to forward, or a rung that tells who forwards?"""
        return bool(self.stage.submit_to) or any("through" in rung.to for rung in self.blueprint.ladder(self.name))


# (key, when it is without effect, why); the first reason counts.
_RULES: tuple[tuple[str, Callable[[_Case], bool], str], ...] = (
    ("gate", lambda it: not it.blueprint.predecessors(it.name), N_("there is nothing to wait for (`after`)")),
    ("grace", lambda it: it.stage.never_overdue, N_("this work is never overdue")),
    ("grace", lambda it: not it.blueprint.ladder(it.name), N_("its ladder sends no notices")),
    ("opens", lambda it: it.dateless, N_("there is no date to count back from when the plan starts")),
    ("roll", lambda it: it.deadline is None, N_("there is no date to move")),
    ("inferred", lambda it: it.blueprint.is_written(it.name), N_("the deadline itself gives the date")),
    ("through", lambda it: not it.forwards, N_("there is no recipient to forward to (`submit_to`)")),
    ("complete_when", lambda it: it.stage.type == "event", N_("an event is one task")),
)


def effects(source: Source, blueprint: Blueprint, _directory: Directory) -> None:
    """Keys of a stage that nothing comes of."""
    for stage_id, stage in blueprint.plan.stages.items():
        for key, why in dict(reversed([*_idle(_Case(blueprint, stage_id, stage))])).items():
            text = _("`{key}` has no effect here: {why}").format(key=key, why=_(why))
            source.report(("stages", stage_id, key), "KH070", text, key=True)


def _idle(case: _Case) -> Iterator[tuple[str, str]]:
    written = {Stage.model_fields[name].alias or name for name in case.stage.model_fields_set}
    if case.stage.type == "prohibition":
        yield from ((key, N_("a prohibition makes no task")) for key in written - OF_A_PROHIBITION)
        return
    yield from ((key, why) for key, idle, why in _RULES if key in written and idle(case))


def unused(source: Source, blueprint: Blueprint, _directory: Directory) -> None:
    """Ladders and occasions of the plan that no stage uses."""
    plan = blueprint.plan
    used = {plan.ladder, *(stage.ladder for stage in plan.stages.values())}
    for name in plan.ladders.keys() - used:
        text = _("no stage uses the ladder {name}").format(name=name)
        source.report(("ladders", name), "KH071", text, key=True)
    deadlines = [blueprint.due(stage_id).deadline for stage_id in plan.stages]
    named = {deadline.anchor for deadline in deadlines if isinstance(deadline, Recurring)}
    for name in plan.occasions.keys() - named:
        text = _("no deadline uses the occasion {name}").format(name=name)
        source.report(("occasions", name), "KH071", text, key=True)
