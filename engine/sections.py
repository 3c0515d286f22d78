"""What a notice says of one stage: its tasks and all that the plan and the register know of it, as plain data."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.absent import Absent, proposed
from engine.calendar import Calendar
from engine.clock import local_date
from engine.office import Register
from engine.plan.blueprint import Blueprint
from engine.rows import TaskRow
from engine.states import State
from engine.timeliness import standing


@dataclass(frozen=True)
class Line:
    """One task in a section."""

    unit: str
    task: str
    period: str
    phrase: str
    last_day: date | None
    named: date | None
    from_on: date | None
    to_on: date | None
    due_time: str
    days_late: int
    own: bool = True  # the recipient's own duty
    level: str = ""
    superior: str = ""
    taken_from: str = ""  # the unit that handed it over
    heirs: str = ""  # who could take it over, where its unit has ended


@dataclass(frozen=True)
class Section:
    """The tasks of one stage that one rung speaks of."""

    template: str
    heading: str
    severity: int
    undeliverable: bool
    letter: bool
    plan: dict[str, Any]
    stage: dict[str, Any]
    lines: tuple[Line, ...]
    received: tuple[str, ...]
    done: int
    total: int
    stood_from: str = ""
    left_out: int = 0  # of its tasks, in a message about many: not among the lines, but in the list attached to it
    absent: tuple[dict[str, str], ...] = ()  # the roles in the stage whose units have ended, and what to do about them
    groups: tuple[dict[str, Any], ...] = ()  # then what all its tasks amount to, by superior or level

    @classmethod
    def about(
        cls,
        *,
        template: str,
        heading: str,
        severity: int,
        blueprint: Blueprint,
        register: Register,
        stage_id: str,
        tasks: Sequence[TaskRow],
        progress: tuple[int, int],
        received: Sequence[str],
        undeliverable: bool,
        letter: bool,
        now: datetime,
        calendar: Calendar,
        own: Collection[int] | None = None,
        stood_from: str = "",
        absent: Sequence[Absent] = (),
    ) -> "Section":
        """`own`: the ids of the recipient's own tasks; all of them where none are named."""
        phrase, day = worded(blueprint, stage_id), blueprint.plan.document.date
        lines = (
            _line(blueprint, register, task, phrase, now, calendar, own is None or task.id in own) for task in tasks
        )
        return cls(
            template, heading, severity, undeliverable, letter,
            plan_facts(blueprint, register, local_date(now, calendar.zone)),
            stage_facts(blueprint, register, stage_id, tasks), tuple(lines),
            tuple(register.name(unit, day) for unit in received), *progress, stood_from,
            absent=tuple({"text": item.in_words(), "command": item.command} for item in absent),
        )  # fmt: skip

    def plain(self) -> dict[str, Any]:
        """As plain data, all the templates ever see."""
        return {**vars(self), "lines": [vars(line) for line in self.lines]}


def _line(
    blueprint: Blueprint, register: Register, task: TaskRow, phrase: str, now: datetime, calendar: Calendar, own: bool
) -> Line:
    day, today = blueprint.plan.document.date, local_date(now, calendar.zone)
    units = blueprint.partners(task.stage, task.unit)
    parent = register.parent(task.unit)
    return Line(
        unit=", ".join(_named(blueprint, register, task, unit, today) for unit in units), task=task.selector,
        period=task.period, phrase=phrase, last_day=task.last_day, named=task.named, from_on=task.from_on,
        to_on=task.to_on, due_time=task.due_time.strftime("%H:%M") if task.due_time else "",
        days_late=standing(task, blueprint.plan.stages[task.stage], now, calendar).days_late,
        own=own, level=register.level(task.unit) or "", superior=register.name(parent, day) if parent else "",
        taken_from=register.name(task.taken_from, day) if task.taken_from else "",
        heirs=proposed(register.heirs(task.unit, today)) if task.state == State.TRANSFERRING else "",
    )  # fmt: skip


def _named(blueprint: Blueprint, register: Register, task: TaskRow, unit: str, today: date) -> str:
    """Units bear the name they had on the plan's day; who took a task over its own, with the old one in brackets."""
    day = blueprint.plan.document.date
    if unit != task.unit or not task.taken_from:
        return register.name(unit, day)
    return f"{register.name(unit, today)} ({register.name(task.taken_from, day)})"


def worded(blueprint: Blueprint, stage_id: str) -> str:
    """The phrase for those who know the document only: the stage it hangs on by its name, not its id."""
    phrase, anchor = blueprint.due(stage_id).phrase or "", blueprint.anchor(stage_id)
    if anchor is None:
        return phrase
    name = f"‘{blueprint.plan.stages[anchor].name}’"
    return re.sub(rf"(?<![\w-]){re.escape(anchor)}(?![\w-])", lambda _found: name, phrase, flags=re.IGNORECASE)


def plan_facts(blueprint: Blueprint, register: Register, today: date) -> dict[str, Any]:
    plan = blueprint.plan
    document = plan.document
    return {
        "number": plan.number, "document_number": document.number or "", "title": plan.title,
        "issued": document.issued, "as_of": document.as_of,
        "issuer": register.name(document.issuer, document.date), "basis": document.basis,
        "secondary": document.source.kind == "news", "sender": _sender(register, plan.coordinator, today),
    }  # fmt: skip


def _sender(register: Register, name: str, today: date) -> dict[str, str]:
    """Whose letters these are, as far as the directory tells: what it does not say is left open in a letter."""
    unit = register.find(name)
    parent = unit.parent if unit else None
    above = [unit, register.find(parent) if parent else None]
    province = next((one.name_on(today) for one in above if one and one.level == "province"), "")
    place = _PLACE.search(province)
    return {
        "name": register.name(name, today), "superior": register.name(parent, today) if parent else "",
        "abbreviation": next((one for one in (unit.aliases if unit else ()) if one.isupper() and " " not in one), ""),
        "place": place[1] or place[2] if place else "", "head": (unit and unit.head and unit.head.name) or "",
    }  # fmt: skip


# A place named after a person is written in full.
_PLACE = re.compile(r"(Thành phố Hồ Chí Minh)|(?:tỉnh|thành phố) (.+)", re.IGNORECASE)


def stage_facts(blueprint: Blueprint, register: Register, stage_id: str, tasks: Sequence[TaskRow]) -> dict[str, Any]:
    """What the plan says of a stage to the units of these tasks, whoever plays a part in it by name."""
    stage, due, day = blueprint.plan.stages[stage_id], blueprint.due(stage_id), blueprint.plan.document.date
    superiors = sorted({parent for task in tasks if (parent := register.parent(task.unit))})

    def names(units: Sequence[str | None]) -> list[str]:
        meant = [unit for name in units if name for unit in (superiors if name == "parent" else [name])]
        return [register.name(unit, day) for unit in meant]

    def name(unit: str | None) -> str:
        return ", ".join(names([unit]))

    return {
        "id": stage_id, "name": stage.name, "clause": stage.clause, "type": stage.type, "soft": stage.soft,
        "who": stage.who or "", "note": stage.note or "", "content": stage.content, "inferred": due.inferred,
        "outputs": [output.model_dump() for output in stage.outputs], "submit_to": names(stage.submit_to),
        "through": name(stage.through), "accept_by": name(blueprint.accept_by(stage)),
        "with": names(blueprint.members(stage.with_)), "on_behalf_of": name(stage.on_behalf_of),
        "chair": name(stage.chair), "attend": names(blueprint.members(stage.attend)), "guests": stage.guests,
        "form": stage.form or "", "venue": stage.venue or "", "session": stage.session or "",
        **_beside(blueprint, stage_id, tasks),
    }  # fmt: skip


def _beside(blueprint: Blueprint, stage_id: str, tasks: Sequence[TaskRow]) -> dict[str, Any]:
    """What the plan prints beside its stages and these units have to know."""
    plan = blueprint.plan
    acting = {unit for task in tasks for unit in blueprint.partners(stage_id, task.unit)}
    acting |= {other for unit in acting for other in blueprint.handed.forebears(unit)}
    return {
        "criteria": [
            {"name": item.name or "", "who": item.who or "", "clause": item.clause or "", "entries": item.items}
            for item in plan.criteria
            if acting & set(blueprint.members(item.for_)) or not (item.for_ or item.who)
        ],
        "quotas": [
            {"name": name, "collective": quota.collective, "individual": quota.individual, "note": quota.note or ""}
            for name, quota in plan.quotas.items() if stage_id in (quota.stage, quota.nomination)
        ],
        "prohibitions": [
            other.name for other in blueprint.stages.values()
            if other.type == "prohibition" and other.holder
            and acting & set(blueprint.members(other.holder.units, other.holder.except_))
        ],
        "questions": [item.text for item in plan.questions if stage_id in item.about],
    }  # fmt: skip
