"""Can every stage be reached and completed as it is written?"""

from collections.abc import Iterable

from engine.i18n import _, first_of
from engine.plan.blueprint import Blueprint
from engine.plan.directory import Directory
from engine.plan.loader import Source
from engine.plan.model import After


def completion(source: Source, blueprint: Blueprint, directory: Directory) -> None:
    """Stages that wait for nothing or for what has no end, ask for more than there is, or for a superior in vain."""
    without: dict[str, None] = {}  # units whose work their superior would have to accept, and that have none
    for stage_id, stage in blueprint.plan.stages.items():
        units = [units[0] for units in blueprint.holders(stage_id)]
        path = ("stages", stage_id)
        for number, item in enumerate(stage.after if blueprint.waits(stage_id) else ()):
            _waiting(source, blueprint, (*path, "after", number), item, directory, units)
        rule = stage.complete_when
        if rule.isdigit() and int(rule) > len(units) and units:
            text = _("{n} tasks are asked for, and the stage has {total}").format(n=rule, total=len(units))
            source.report((*path, "complete_when"), "KH049", text)
        if stage.accept_by in units:
            text = _("{unit} cannot accept its own work: only the coordinator could").format(unit=stage.accept_by)
            source.report((*path, "accept_by"), "KH057", text)
        orphans = [unit for unit in units if unit in directory.units and not directory.units[unit].parent]
        for key in ("submit_to", "accept_by"):
            if orphans and "parent" in (getattr(stage, key) or ()):
                _no_superior(source, (*path, key), orphans)
        if stage.accept_by is None and blueprint.plan.accept_by == "parent":
            without |= dict.fromkeys(orphans)
    if without:
        _no_superior(source, ("accept_by",), without)


def _no_superior(source: Source, path: tuple[str, ...], units: Iterable[str]) -> None:
    text = _("`parent` leads nowhere: the directory has no superior of {units}").format(units=first_of(units))
    source.report(path, "KH055", text)


def _waiting(
    source: Source, blueprint: Blueprint, path: tuple[str | int, ...], item: After, directory: Directory,
    units: list[str],
) -> None:  # fmt: skip
    stages = blueprint.plan.stages
    if item.how != "any" and (endless := [name for name in item.stages if stages[name].type == "ongoing"]):
        text = _("{stages} is ongoing work and is never done by itself").format(stages=", ".join(endless))
        source.report(path, "KH048", text)
    for name in item.stages:
        theirs = {unit for some_units in blueprint.holders(name) for unit in some_units}
        if item.how == "same" and not theirs & set(units):
            text = _("no unit has a task here and in {stage}: it waits for nothing").format(stage=name)
            source.report(path, "KH047", text)
        if item.how == "below":
            above = {directory.units[unit].parent for unit in theirs if unit in directory.units}
            if alone := [unit for unit in units if unit not in above]:
                text = _("no unit of {stage} stands below {units}: nothing is waited for there")
                source.report(path, "KH047", text.format(stage=name, units=first_of(alone)))
