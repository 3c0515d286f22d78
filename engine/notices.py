"""What a notice says: plain data for the templates, and the text they make of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from engine.absent import Absent, proposed
from engine.calendar import Calendar
from engine.clock import local_date
from engine.i18n import _, in_language
from engine.letters import attachment, write_letter
from engine.office import Register
from engine.plan.blueprint import Blueprint
from engine.rows import TaskRow
from engine.states import State
from engine.templates import header_text, render
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
    taken_from: str = ""  # the unit that it was handed over by
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
    absent: tuple[dict[str, str], ...] = ()  # the roles in the stage whose units have ended, and what to do about them

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
        stood_from: str = "",
        absent: Sequence[Absent] = (),
    ) -> "Section":
        stage = blueprint.plan.stages[stage_id]
        phrase = _worded(blueprint, stage_id)
        day, today = blueprint.plan.document.date, local_date(now, calendar.zone)
        lines = tuple(
            Line(
                unit=", ".join(_named(blueprint, register, task, unit, today)
                               for unit in blueprint.partners(stage_id, task.unit)),
                task=task.selector, period=task.period, phrase=phrase, last_day=task.last_day, named=task.named,
                from_on=task.from_on, to_on=task.to_on,
                due_time=task.due_time.strftime("%H:%M") if task.due_time else "",
                days_late=standing(task, stage, now, calendar).days_late,
                taken_from=register.name(task.taken_from, day) if task.taken_from else "",
                heirs=proposed(register.heirs(task.unit, today)) if task.state == State.TRANSFERRING else "",
            )
            for task in tasks
        )  # fmt: skip
        return cls(
            template,
            heading,
            severity,
            undeliverable,
            letter,
            _plan_facts(blueprint, register, today),
            _stage_facts(blueprint, register, stage_id, tasks),
            lines,
            tuple(register.name(unit, day) for unit in received),
            *progress,
            stood_from,
            tuple({"text": item.in_words(), "command": item.command} for item in absent),
        )

    def plain(self) -> dict[str, Any]:
        """As plain data, all the templates ever see."""
        return {**vars(self), "lines": [vars(line) for line in self.lines]}


@dataclass(frozen=True)
class Notice:
    recipients: tuple[str, ...]
    sections: tuple[Section, ...]
    language: str
    coordinator: str
    contact: str
    today: date


@dataclass(frozen=True)
class Rendered:
    subject: str
    body: str
    html: str = ""
    attachments: list[dict[str, str]] = field(default_factory=list)
    failures: frozenset[str] = frozenset()  # what templates raised before these texts came out


def _plain(notice: Notice) -> dict[str, Any]:
    """A notice as plain data, all the templates ever see."""
    return {**vars(notice), "sections": [section.plain() for section in notice.sections]}


def render_notice(notice: Notice, own_templates: Path | None = None) -> Rendered:
    """By the office's own templates, else the shipped ones, else without any: a notice goes out whatever they do."""
    failures: list[str] = []
    for own in dict.fromkeys((own_templates, None)):
        try:
            return _rendered(notice, own, frozenset(failures))
        except Exception as error:  # a template may raise anything
            failures.append(f"{own or 'templates'}: {type(error).__name__}: {error}"[:500])
    with in_language(notice.language):
        return Rendered(_first_line(notice), "\n".join(_bare_lines(notice)) + "\n", failures=frozenset(failures))


def _rendered(notice: Notice, own: Path | None, failures: frozenset[str]) -> Rendered:
    context = _plain(notice)

    def text(name: str, **more: Any) -> str:
        return render(name, notice.language, {**context, **more}, own)

    for section in context["sections"]:
        section["text"] = text(f"{section['template']}.txt.j2", section=section)
    letters = [section for section in context["sections"] if section["letter"]]
    return Rendered(
        subject=header_text(text("subject.txt.j2")),
        body=text("digest.txt.j2"),
        html=text("digest.html.j2"),
        attachments=[
            attachment(
                write_letter("cv", [section], notice.language, notice.today, own=own), f"du-thao-cong-van-{number}"
            )
            for number, section in enumerate(letters, start=1)
        ],
        failures=failures,
    )  # fmt: skip


def _named(blueprint: Blueprint, register: Register, task: TaskRow, unit: str, today: date) -> str:
    """Units bear the name they had on the plan's day; who took a task over its own, with the old one in brackets."""
    day = blueprint.plan.document.date
    if unit != task.unit or not task.taken_from:
        return register.name(unit, day)
    return f"{register.name(unit, today)} ({register.name(task.taken_from, day)})"


def _worded(blueprint: Blueprint, stage_id: str) -> str:
    """The phrase for those who know the document only: the stage it hangs on by its name, not its id."""
    phrase, anchor = blueprint.due(stage_id).phrase or "", blueprint.anchor(stage_id)
    if anchor is None:
        return phrase
    name = f"‘{blueprint.plan.stages[anchor].name}’"
    return re.sub(rf"(?<![\w-]){re.escape(anchor)}(?![\w-])", lambda _found: name, phrase, flags=re.IGNORECASE)


def _first_line(notice: Notice) -> str:
    first = notice.sections[0]
    return header_text(f"[{first.plan['number']}] {first.heading}: {first.stage['name']}")


def _bare_lines(notice: Notice) -> Iterator[str]:
    """The facts alone, for when no template will do."""
    yield _("To: {names}").format(names="; ".join(notice.recipients))
    for section in notice.sections:
        yield f"\n{section.heading}: {section.stage['name']} ({section.plan['number']}, {section.stage['clause']})"
        for line in section.lines:
            day = f"{line.last_day:%d/%m/%Y}" if line.last_day else line.phrase
            yield _("- {unit}: due {day}").format(unit=line.unit, day=day or "…")
    yield "\n" + _("Coordinator: {name} ({contact})").format(name=notice.coordinator, contact=notice.contact or "…")


def _plan_facts(blueprint: Blueprint, register: Register, today: date) -> dict[str, Any]:
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


def _stage_facts(blueprint: Blueprint, register: Register, stage_id: str, tasks: Sequence[TaskRow]) -> dict[str, Any]:
    plan, stage = blueprint.plan, blueprint.plan.stages[stage_id]
    day = plan.document.date

    def names(units: Sequence[str]) -> list[str]:
        return [register.name(unit, day) for unit in units]

    parents = {register.parent(task.unit) for task in tasks}
    submit_to = [
        unit for name in stage.submit_to for unit in (sorted(p for p in parents if p) if name == "parent" else [name])
    ]
    acting = {unit for task in tasks for unit in blueprint.partners(stage_id, task.unit)}
    acting |= {other for unit in acting for other in blueprint.handed.forebears(unit)}
    due = blueprint.due(stage_id)
    accepting = blueprint.accept_by(stage)
    return {
        "id": stage_id, "name": stage.name, "clause": stage.clause, "type": stage.type, "soft": stage.soft,
        "who": stage.who or "", "note": stage.note or "", "content": stage.content, "inferred": due.inferred,
        "outputs": [output.model_dump() for output in stage.outputs], "submit_to": names(submit_to),
        "through": names([stage.through])[0] if stage.through else "",
        "accept_by": ", ".join(names(sorted(p for p in parents if p) if accepting == "parent" else [accepting]))
        if accepting else "",
        "with": names(blueprint.members(stage.with_)),
        "on_behalf_of": names([stage.on_behalf_of])[0] if stage.on_behalf_of else "",
        "chair": names([stage.chair])[0] if stage.chair else "", "attend": names(blueprint.members(stage.attend)),
        "guests": stage.guests, "form": stage.form or "", "venue": stage.venue or "", "session": stage.session or "",
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
            other.name for name, other in plan.stages.items()
            if other.type == "prohibition" and other.holder
            and acting & set(blueprint.members(other.holder.units, other.holder.except_))
        ],
        "questions": [item.text for item in plan.questions if stage_id in item.about],
    }  # fmt: skip
