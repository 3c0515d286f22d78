"""Do the names of a plan lead anywhere? Units and groups share one namespace, stages have their own."""

from collections.abc import Iterator
from typing import Any

from engine.errors import PhraseError, nearest
from engine.i18n import _
from engine.ladders import BUILT_IN_NAMES, ROLES
from engine.plan.directory import Directory, LevelGroup
from engine.plan.loader import Source
from engine.plan.model import Plan, Responsible, Stage

Path = tuple[Any, ...]


def names(source: Source, plan: Plan, directory: Directory) -> None:
    """Unknown units, groups, stages and ladders, each with the nearest name."""
    units = _known(source, directory)
    stages = {*plan.stages, *source.written("stages")}
    ladders = {*plan.ladders, *BUILT_IN_NAMES, *source.written("ladders")}
    for path, name, allowed in _unit_references(plan):
        if name not in units and name not in allowed:
            source.report(path, "KH030", _("unknown unit or group: {name}").format(name=name) + nearest(name, units))
    for path, name in _stage_references(plan):
        if name not in stages:
            source.report(path, "KH031", _("unknown stage: {name}").format(name=name) + nearest(name, stages))
        elif name in plan.stages and plan.stages[name].type == "prohibition" and "after" in path:
            source.report(path, "KH036", _("{name} is a prohibition: nothing can wait for it").format(name=name))
    for path, name in _ladder_references(plan):
        if name not in ladders:
            source.report(path, "KH032", _("unknown ladder: {name}").format(name=name) + nearest(name, ladders))
    _directory_names(source, directory)
    services(source, directory)


def _known(source: Source, directory: Directory) -> set[str]:
    """Every unit and group, those with mistakes of their own among them."""
    return {*directory.units, *directory.groups, *source.written("units"), *source.written("groups")}


def _unit_references(plan: Plan) -> Iterator[tuple[Path, str, tuple[str, ...]]]:
    """(where, name, the words that may stand there besides)."""
    yield ("coordinator",), plan.coordinator, ()
    yield ("document", "issuer"), plan.document.issuer, ()
    if plan.accept_by:
        yield ("accept_by",), plan.accept_by, ("parent",)
    for stage_id, stage in plan.stages.items():
        yield from _units_of_stage(("stages", stage_id), stage)
    for number, criterion in enumerate(plan.criteria):
        yield from ((("criteria", number, "for"), name, ()) for name in criterion.for_)
    for ladder, rungs in plan.ladders.items():
        for number, rung in enumerate(rungs):
            yield from ((("ladders", ladder, number, "to"), name, ROLES) for name in rung.to)


def _units_of_stage(path: Path, stage: Stage) -> Iterator[tuple[Path, str, tuple[str, ...]]]:
    for key in ("responsible", "inferred_responsible"):
        holder: Responsible | None = getattr(stage, key)
        if holder:
            inner = () if holder.mode == "one" else (holder.mode,)
            yield from (((*path, key, *inner), name, ()) for name in holder.units)
            yield from (((*path, key, "except"), name, ()) for name in holder.except_)
    for key, name in (
        ("on_behalf_of", stage.on_behalf_of),
        ("through", stage.through),
        ("chair", stage.chair),
        ("accept_by", stage.accept_by),
    ):
        if name:
            yield (*path, key), name, ("parent",) if key == "accept_by" else ()
    for key, several in (("with", stage.with_), ("submit_to", stage.submit_to), ("attend", stage.attend)):
        yield from (((*path, key), name, ("parent",) if key == "submit_to" else ()) for name in several)


def _stage_references(plan: Plan) -> Iterator[tuple[Path, str]]:
    for stage_id, stage in plan.stages.items():
        for number, item in enumerate(stage.after):
            yield from ((("stages", stage_id, "after", number), name) for name in item.stages)
    for quota_id, quota in plan.quotas.items():
        yield ("quotas", quota_id, "stage"), quota.stage
        if quota.nomination:
            yield ("quotas", quota_id, "nomination"), quota.nomination
    for number, question in enumerate(plan.questions):
        yield from ((("questions", number, "about"), name) for name in question.about)


def _ladder_references(plan: Plan) -> Iterator[tuple[Path, str]]:
    yield ("ladder",), plan.ladder
    for stage_id, stage in plan.stages.items():
        if stage.ladder:
            yield ("stages", stage_id, "ladder"), stage.ladder


def _directory_names(source: Source, directory: Directory) -> None:
    known = _known(source, directory)
    report = source.report_directory
    for both in directory.units.keys() & directory.groups.keys():
        report(("groups", both), "KH033", _("{name} is both a unit and a group").format(name=both))
    for unit_id, unit in directory.units.items():
        if unit.parent and unit.parent not in known:
            text = _("unknown superior: {name}").format(name=unit.parent) + nearest(unit.parent, directory.units)
            report(("units", unit_id, "parent"), "KH030", text)
        for successor in unit.succeeded_by:
            if successor.unit not in known:
                text = _("unknown successor: {name}").format(name=successor.unit)
                report(("units", unit_id, "succeeded_by"), "KH030", text + nearest(successor.unit, directory.units))
    for group_id, group in directory.groups.items():
        for name in () if isinstance(group, LevelGroup) else group:
            if name not in known:
                text = _("unknown unit or group: {name}").format(name=name) + nearest(name, known)
                report(("groups", group_id), "KH030", text)
    for number, person in enumerate(directory.people):
        if person.unit not in known:
            text = _("unknown unit or group: {name}").format(name=person.unit) + nearest(person.unit, directory.units)
            report(("people", number, "unit"), "KH030", text)


def services(source: Source, directory: Directory) -> None:
    """Addresses of chat and message services that nothing here can write to."""
    for unit_id, unit in directory.units.items():
        if address := unit.contact.apprise:
            from engine.channels.apprise import known  # only now: few plans need it, and it brings every channel

            place = ("units", unit_id, "contact", "apprise")
            match known(address):
                case None:
                    text = _("{name} cannot be checked or written to: pip install 'kh-engine[channels]'")
                    source.report_directory(place, "KH042", text.format(name=unit_id), "warning")
                case False:
                    text = _("apprise knows no such service: {address}").format(address=address.partition(":")[0])
                    source.report_directory(place, "KH043", text)


def empty_groups(source: Source, plan: Plan, directory: Directory) -> None:
    """A stage that nobody is left to do."""
    blueprint = source.blueprint
    known = {*directory.units, *directory.groups}
    for stage_id, stage in plan.stages.items():
        holder = stage.holder
        if holder and stage.type != "prohibition" and set(holder.units) <= known and not blueprint.holders(stage_id):
            message = _("nobody is left under `responsible`: the group has no unit on {day}")
            path = ("stages", stage_id, "responsible" if stage.responsible else "inferred_responsible")
            source.report(path, "KH034", message.format(day=plan.document.date))


def cycles(source: Source, plan: Plan, _directory: Directory) -> None:
    """Stages that wait for one another in a circle; dates that hang on one another in a circle.

    The two are apart: a conference may wait for papers that are due before it.
    """
    blueprint = source.blueprint
    waits: dict[str, set[str]] = {}
    hangs: dict[str, set[str]] = {}
    for stage_id in plan.stages:
        try:
            waits[stage_id] = {name for item in blueprint.predecessors(stage_id) for name in item.stages}
            hangs[stage_id] = {blueprint.anchor(stage_id) or ""}
        except PhraseError:  # the phrase check reports it
            continue
    for leads in (waits, hangs):
        for stage_id, others in leads.items():
            for name in others:
                if name in plan.stages and plan.stages[name].type == "prohibition" and leads is hangs:
                    message = _("{name} is a prohibition: nothing can wait for it").format(name=name)
                    source.report(("stages", stage_id), "KH036", message, key=True)
        for stage_id in _in_circles(leads):
            message = _("{stage} waits for itself, over {others}").format(
                stage=stage_id, others=", ".join(sorted(leads[stage_id]))
            )
            source.report(("stages", stage_id), "KH035", message, key=True)


def _in_circles(leads: dict[str, set[str]]) -> list[str]:
    """Take away what leads nowhere, again and again; what stays is in a circle or leads into one."""
    left = {name: set(others) for name, others in leads.items()}
    while free := [name for name, others in left.items() if not others & left.keys()]:
        for name in free:
            del left[name]
    back = {name for others in left.values() for name in others}
    return [name for name in left if name in back]


def units_on_the_day(source: Source, plan: Plan, directory: Directory) -> None:
    """Units that do not exist on the plan's date, or that nobody can write to: warnings."""
    day = plan.document.date
    blueprint = source.blueprint
    silent: dict[str, Path] = {}
    for path, name, _allowed in _unit_references(plan):
        unit = directory.units.get(name)
        if unit and not unit.exists_on(day):
            message = _("{name} does not exist on {day}").format(name=name, day=day)
            source.report(path, "KH040", message, "warning")
    for stage_id, stage in plan.stages.items():
        for holder in blueprint.holders(stage_id) if stage.holder else []:
            unit = directory.units.get(holder[0])
            if unit and not unit.contact.addresses and not source.broken:
                silent.setdefault(holder[0], ("stages", stage_id))
    for name, path in silent.items():
        message = _("{name} has no contact: its notices go to the coordinator").format(name=name)
        source.report(path, "KH041", message, "warning", key=True)
