"""Letters on demand: the tasks a selection names, as one letter of their plan."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from engine.clock import local_date
from engine.desk import Desk
from engine.errors import BadValue
from engine.i18n import _
from engine.letters import Letter, write_letter
from engine.office import Office, Register
from engine.plan.blueprint import Blueprint
from engine.rows import TaskRow
from engine.sections import Section


def letter_about(
    office: Office, connection: Connection, tasks: Sequence[TaskRow], kind: str, now: datetime, asked: date | None
) -> Letter:
    """Raises BadValue where the tasks are of several plans, or an invitation is not to just one event."""
    names = sorted({task.instance for task in tasks})
    if len(names) > 1:
        raise BadValue(_("a letter speaks of one plan, not of {names}").format(names=", ".join(names)))
    instance = office.instance(connection, names[0])
    blueprint = office.blueprint(connection, instance)
    if kind == "gm":
        _require_one_event(blueprint, tasks)
    if kind == "cv":
        tasks = _to_others(tasks, blueprint.plan.coordinator)
    register = Register(connection, instance.directory)
    register.load({task.unit for task in tasks})
    desk = Desk(office, connection, now)
    by_stage: dict[tuple[str, str], list[TaskRow]] = {}
    for task in tasks:
        by_stage.setdefault((task.stage, task.period), []).append(task)
    sections = [
        Section.about(
            template="don-doc", heading="", severity=0, blueprint=blueprint, register=register, stage_id=stage,
            tasks=some, progress=desk.progress(some[0]), received=(), undeliverable=False, letter=True, now=now,
            calendar=desk.almanac.of(blueprint.calendar_name),
        ).plain()
        for (stage, _period), some in by_stage.items()
    ]  # fmt: skip
    language, own = blueprint.plan.language, office.settings.templates
    return write_letter(kind, sections, language, local_date(now, office.zone), asked=asked, own=own)


def _to_others(tasks: Sequence[TaskRow], coordinator: str) -> list[TaskRow]:
    """Nobody chases itself by letter."""
    found = [task for task in tasks if task.unit != coordinator]
    if not found:
        raise BadValue(_("all these tasks are {unit}'s own: it writes no letter to itself").format(unit=coordinator))
    return found


def _require_one_event(blueprint: Blueprint, tasks: Sequence[TaskRow]) -> None:
    events = [name for name, stage in blueprint.stages.items() if stage.type == "event"]
    if len(tasks) != 1 or tasks[0].stage not in events:
        known = ", ".join(events) or _("none")
        raise BadValue(_("an invitation is to one event; the events of this plan: {events}").format(events=known))
