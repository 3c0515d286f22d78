"""Can everybody be reached who will be written to?"""

from dataclasses import replace
from typing import Any

from engine.checks.paper import PaperRegister, ladders, paper_task
from engine.checks.timeline import Course
from engine.escalation import recipients
from engine.i18n import _
from engine.plan.loader import Source


def contacts(course: Course) -> None:
    """Each unit once, at the first stage that writes to it; a head without an address gets nothing anyway."""
    source, blueprint, directory = course.source, course.blueprint, course.directory
    register = PaperRegister(directory, source.directory_name)
    asked: set[tuple[Any, ...]] = set()
    told: set[str] = set()
    for stage_id, rungs in ladders(blueprint):
        stage = blueprint.plan.stages[stage_id]
        to = tuple(dict.fromkeys(target for rung in rungs for target in rung.to if target != "head"))
        if not to:
            continue
        everybody = replace(rungs[0], severity=0, to=to)  # all rungs in one: who is written to at all?
        some = paper_task(blueprint, stage_id, "")
        for units in blueprint.holders(stage_id):
            asking = (to, units, stage.with_, stage.submit_to, stage.through, stage.chair, stage.attend)
            if asking in asked:
                continue
            asked.add(asking)
            task = some._replace(unit=units[0])
            found = recipients(everybody, blueprint, task, register, blueprint.plan.document.date)
            for name in found.keys() - told:
                told.add(name)
                if name in directory.units and not directory.units[name].contact.addresses:
                    _report(source, stage_id, name, coordinator=name == blueprint.plan.coordinator)


def _report(source: Source, stage_id: str, name: str, *, coordinator: bool) -> None:
    if coordinator:
        text = _("the coordinator, {name}, has no contact: nobody gets what cannot be delivered")
        source.report(("coordinator",), "KH041", text.format(name=name))
    else:
        text = _("{name} has no contact: its notices go to the coordinator")
        source.report(("stages", stage_id), "KH041", text.format(name=name), key=True)
