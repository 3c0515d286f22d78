"""What a person wants to know of a task or a plan, line by line: a label and what stands beside it."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine import store
from engine.clock import shown, shown_day
from engine.i18n import _, counted, first_of
from engine.office import Office, Register
from engine.plan.blueprint import Blueprint
from engine.plan.model import Document, Output, Plan
from engine.reports.handed_in import hand_in_views
from engine.reports.tasks import task_views
from engine.rows import InstanceRow, TaskRow
from engine.sections import stage_facts
from engine.states import state_label
from engine.timeliness import label

Line = tuple[str, str]
Names = Callable[[Iterable[str | None]], str]


def task_facts(office: Office, connection: Connection, task: TaskRow, now: datetime) -> list[Line]:
    """One task: its duty, its unit, how it stands, its dates, for whom it is done, what came and what is missing."""
    instance = office.instance(connection, task.instance)
    blueprint = office.blueprint(connection, instance)
    register = Register(connection, instance.directory)
    names = _names(register, blueprint)
    stage, (view,) = blueprint.plan.stages[task.stage], task_views(office, connection, [task], now)
    cited = ", ".join(filter(None, (stage.clause, task.period)))
    return _filled([
        (_("Duty"), f"{stage.name} ({cited})"),
        (_("Unit"), names([task.unit])),
        (_("Contact"), ", ".join(_contact(register, task.unit))),
        (_("Taken over from"), names([task.taken_from])),
        (_("State"), _standing(view)),
        (_("Deadline"), "; ".join(_dates(view))),
        (_("Waits for"), ", ".join(view["waits_for"])),
        *_roles(stage_facts(blueprint, register, task.stage, [task])),
        (_("Outputs"), "; ".join(_counted(item) for item in stage.outputs)),
        (_("Arrived"), "; ".join(_arrived(connection, task, office.zone))),
        (_("Missing"), "; ".join(" – ".join(filter(None, piece.values())) for piece in view["missing"])),
        (_("Note"), stage.note or ""),
    ])  # fmt: skip


def plan_facts(office: Office, connection: Connection, instance: InstanceRow) -> list[Line]:
    """A started plan: its document, who coordinates it, its days, and what it leaves open with the answers given."""
    blueprint = office.blueprint(connection, instance)
    plan, names = blueprint.plan, _names(Register(connection, instance.directory), blueprint)
    return _filled([
        (_("Plan"), plan.title),
        (_("Document"), _cited(plan.document, names)),
        (_("Signed by"), plan.document.signed_by or ""),
        (_("Basis"), "; ".join(plan.document.basis)),
        (_("Copies to"), "; ".join(plan.document.copies_to)),
        (_("Coordinator"), names([plan.coordinator])),
        (_("From … to"), " – ".join(map(shown_day, plan.span_days))),
        (_("Started"), shown(instance.started_at, office.zone)),
        (_("Closed"), shown(instance.closed_at, office.zone) if instance.closed_at else ""),
        *_questions(plan, store.answers(connection, instance.id)),
        (_("Snapshot"), instance.snapshot),
    ])  # fmt: skip


def _filled(lines: Iterable[Line]) -> list[Line]:
    return [(name, text) for name, text in lines if text]


def _names(register: Register, blueprint: Blueprint) -> Names:
    day = blueprint.plan.document.date
    return lambda units: "; ".join(register.name(unit, day) for unit in units if unit)


def _contact(register: Register, unit_id: str) -> Iterator[str]:
    unit = register.find(unit_id)
    if unit is not None:
        yield from (address for _channel, address in unit.contact.addresses)
        if unit.contact.phone:
            yield unit.contact.phone


def _standing(view: dict[str, Any]) -> str:
    late = counted("{n} day late", "{n} days late", view["days_late"]) if view["days_late"] else ""
    return " · ".join(filter(None, (state_label(view["state"]), label(view["timeliness"]), late)))


def _dates(view: dict[str, Any]) -> Iterator[str]:
    if view["last_day"]:
        yield shown_day(view["last_day"]) + (f" {_('(provisional)')}" if view["provisional"] else "")
    elif view["from"]:
        yield f"{shown_day(view['from'])} … {shown_day(view['to'])}"
    if view["phrase"]:
        inferred = f" {_('(inferred)')}" if view["inferred"] else ""
        yield _("the plan says “{phrase}”").format(phrase=view["phrase"]) + inferred
    if view["original_last_day"] and view["original_last_day"] != view["last_day"]:
        yield _("originally {day}").format(day=shown_day(view["original_last_day"]))


def _roles(facts: dict[str, Any]) -> list[Line]:
    return [
        (_("With"), first_of(facts["with"], separator="; ")),
        (_("On behalf of"), facts["on_behalf_of"]),
        (_("Submitted to"), "; ".join(facts["submit_to"])),
        (_("Through"), facts["through"]),
        (_("Accepted by"), facts["accept_by"]),
        (_("Chair"), facts["chair"]),
        (_("Attending"), first_of((*facts["attend"], *facts["guests"]), separator="; ")),
        (_("Place"), "; ".join(filter(None, (facts["session"], facts["form"], facts["venue"])))),
    ]


def _counted(output: Output) -> str:
    return f"{output.name} × {output.count}" if output.count > 1 else output.name


def _arrived(connection: Connection, task: TaskRow, zone: str) -> Iterator[str]:
    for row in hand_in_views(connection, task):
        words = (row["output"], row["form"], row["doc"], row["file"], shown(row["arrived_at"], zone))
        void = _("(returned or undone)") if row["void_at"] else ""
        yield " ".join(filter(None, (", ".join(filter(None, words)), void)))


def _cited(document: Document, names: Names) -> str:
    issued = shown_day(document.date) + ("" if document.issued else f" {_('(inferred)')}")
    return " · ".join(filter(None, (document.number, issued, names([document.issuer]))))


def _questions(plan: Plan, answers: dict[str, str]) -> Iterator[Line]:
    for item in plan.questions:
        answer = answers.get(item.id)
        yield item.id, f"{item.text} ({item.clause})" + (f" → {answer}" if answer else "")
