"""What changes a task or an instance without moving a state: a fixed date, an answer, a note."""

from dataclasses import dataclass, replace
from datetime import date

from engine import machine, store
from engine.deadlines import Day, Period, Recurring
from engine.errors import BadValue, NotFound
from engine.i18n import _
from engine.machine import Act
from engine.office import Office
from engine.plan.blueprint import Blueprint
from engine.rows import TaskRow
from engine.service import rights
from engine.service.moves import checked_moment, new_deadline
from engine.service.reminders import keep_quiet
from engine.service.select import Selection, select_some
from engine.settle import Settling, by_instance, refuse_closed
from engine.states import FINAL


@dataclass(frozen=True)
class Fixed:
    task: str
    day: date
    postponed_from: date | None  # the date fixed before, where this is a second one


def fix_date(office: Office, selection: Selection, day: date, act: Act, *, dry_run: bool = False) -> list[Fixed]:
    """Give tasks with an approximate or open date their day; a second day is a postponement and recorded as one.

    Raises BadValue where the document itself gives the date, or the day lies before the plan's.
    """
    with rights.acting(office, act, dry_run=dry_run) as connection:
        tasks = select_some(office, connection, selection, act.at)
        fixed = []
        for name, some in by_instance(tasks).items():
            instance = office.instance(connection, name)
            blueprint = office.blueprint(connection, instance)
            rights.require_coordinator(connection, blueprint, act)
            for task in some:
                moment = checked_moment(office, task, act.happened_at, act)
                _refuse_fixing(blueprint, task, day)
                before = task.last_day if task.by_hand else None
                columns = new_deadline(office, blueprint, task, day, moment)
                machine.amend(
                    connection,
                    "fix-date",
                    [(task, columns)],
                    replace(act, happened_at=moment),
                    {"postponement": before is not None},
                )
                fixed.append(Fixed(task.selector, day, before))
            settling = Settling(office, connection, instance, act)
            for stage in dict.fromkeys(task.stage for task in some):
                settling.reproject(stage)
    return fixed


def _refuse_fixing(blueprint: Blueprint, task: TaskRow, day: date) -> None:
    if task.state in FINAL:
        raise BadValue(_("{task} is finished: its date stays").format(task=task.selector))
    if day < blueprint.plan.document.date:
        raise BadValue(
            _("{day} lies before the plan's date ({issued})").format(day=day, issued=blueprint.plan.document.date)
        )
    open_till_now = task.last_day is None or task.provisional or task.by_hand
    if blueprint.is_written(task.stage) and (not open_till_now or _is_given(blueprint, task)):
        text = _("{task}: the document gives the date ({phrase}); only a granted extension moves it")
        raise BadValue(text.format(task=task.selector, phrase=blueprint.due(task.stage).phrase))


def _is_given(blueprint: Blueprint, task: TaskRow) -> bool:
    """Does the document say the very day, or the end of a period, whoever has moved it since?"""
    deadline = blueprint.due(task.stage).deadline
    if isinstance(deadline, Recurring):
        turns = blueprint.occurrences(task.stage) or ()
        return any(turn.period == task.period and turn.last_day for turn in turns)
    return isinstance(deadline, Day | Period)


def answer(office: Office, instance_name: str, question: str, text: str, act: Act, *, dry_run: bool = False) -> None:
    """Record what was decided on an open question of the plan. Raises NotFound, BadValue."""
    if not text.strip():
        raise BadValue(_("an answer needs a text"))
    with rights.acting(office, act, dry_run=dry_run) as connection:
        instance = office.instance(connection, instance_name)
        refuse_closed(instance)
        blueprint = office.blueprint(connection, instance)
        rights.require_coordinator(connection, blueprint, act)
        known = [item.id for item in blueprint.plan.questions]
        if question not in known:
            raise NotFound(_("question"), question, known)
        store.add_answer(connection, instance.id, question, text)
        data = {"question": question, "text": text}
        store.add_entries(connection, [machine.entry(act, "answer", instance_id=instance.id, data=data)])


def note(
    office: Office,
    selection: Selection,
    text: str,
    by: str,
    act: Act,
    *,
    quiet_until: date | None = None,
    dry_run: bool = False,
) -> list[str]:
    """Record a telephone call, a promise or anything else that happened about tasks.

    `quiet_until`: what was promised for that day is not chased before its end.
    """
    if not text.strip():
        raise BadValue(_("a note needs a text"))
    with rights.acting(office, act, dry_run=dry_run) as connection:
        tasks = select_some(office, connection, selection, act.at)
        for name, some in by_instance(tasks).items():
            blueprint = office.blueprint(connection, office.instance(connection, name))
            rights.require(connection, blueprint, some, "note", act)
        for task in tasks:
            if act.happened_at > act.at:
                checked_moment(office, task, act.happened_at, act)
        data = {"text": text, "by": by}
        if quiet_until:
            owed = [task for task in tasks if task.state not in FINAL]
            keep_quiet(office, connection, owed, quiet_until, act, text)
            data["quiet_until"] = quiet_until.isoformat()
        store.add_entries(connection, [
            machine.entry(act, "note", task=task, after=task.state, data=data) for task in tasks
        ])  # fmt: skip
    return [task.selector for task in tasks]
