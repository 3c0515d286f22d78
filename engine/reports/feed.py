"""A plan as a calendar: an entry per task on its last good day, ringing on the days of its reminders."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from engine import store
from engine.calendar import Calendar
from engine.clock import instant_of
from engine.decisions import is_too_early
from engine.errors import NotFound
from engine.escalation import agenda, rungs_of, timeline
from engine.i18n import _, in_language
from engine.ics import Entry, calendar_bytes
from engine.office import Office, Register
from engine.periods import with_period
from engine.plan.blueprint import Blueprint
from engine.rows import InstanceRow, TaskRow
from engine.states import DROPPED, FINAL, State, state_label

A_DAY = timedelta(days=1)
_TODO_STATUS = {
    State.WAITING: "NEEDS-ACTION", State.ASSIGNED: "NEEDS-ACTION", State.COMPLETED: "COMPLETED",
    State.CANCELLED: "CANCELLED", State.EXEMPT: "CANCELLED",
}  # fmt: skip


def plan_feed(office: Office, connection: Connection, name: str, unit: str | None, *, todo: bool = False) -> bytes:
    """The same plan in the same state gives the same bytes. `unit` is a unit or group: what it does or attends.

    Events by default, because Outlook and Google pass over to-dos; only to-dos can lack a date.
    Raises NotFound, and Unavailable without the `ics` extra.
    """
    instance = office.instance(connection, name)
    feed = _Feed(office, connection, instance, unit)
    with in_language(feed.blueprint.plan.language):
        return calendar_bytes(feed.title, "feed", feed.entries(todo), todo=todo)


class _Feed:
    """One instance as it stands."""

    def __init__(self, office: Office, connection: Connection, instance: InstanceRow, unit: str | None):
        self.instance, self.zone = instance, office.zone
        self.blueprint: Blueprint = office.blueprint(connection, instance)
        self.register = Register(connection, instance.directory)
        self.almanac = office.almanac(connection)
        self.tasks = store.tasks(connection, store.TASK.c.instance_id == instance.id)
        self.register.load({task.unit for task in self.tasks})
        self.unit = unit
        if unit and unit not in self.blueprint.groups and self.register.find(unit) is None:
            raise NotFound(_("unit"), unit, store.unit_facts(connection, instance.directory))

    @property
    def title(self) -> str:
        plan = self.blueprint.plan
        return f"{plan.number} – {self._name(self.unit)}" if self.unit else f"{plan.number} – {plan.title}"

    def _name(self, unit: str) -> str:
        return self.register.name(unit, self.blueprint.plan.document.date)

    def entries(self, todo: bool) -> Iterator[Entry]:
        wanted = set(self.blueprint.members((self.unit,))) if self.unit else None
        for task in self.tasks:
            if wanted is not None and not wanted & self._present(task):
                continue
            if task.last_day or task.from_on or todo:
                yield self._entry(task, todo)

    def _present(self, task: TaskRow) -> set[str]:
        """Who does a task, or is there when it happens."""
        stage = self.blueprint.plan.stages[task.stage]
        chair = (stage.chair,) if stage.chair else ()
        return {*self.blueprint.partners(task.stage, task.unit), *self.blueprint.members((*stage.attend, *chair))}

    def _entry(self, task: TaskRow, todo: bool) -> Entry:
        first, last = self._span(task)
        properties = {
            "uid": self._uid(task), "sequence": task.deadline_version, "dtstamp": task.touched_at,
            "summary": self._summary(task), "description": self._description(task),
        }  # fmt: skip
        if todo:
            done = task.completed_at if task.state == State.COMPLETED else None
            properties |= {"dtstart": first if first != last else None, "due": last, "completed": done,
                           "status": _TODO_STATUS.get(State(task.state), "IN-PROCESS")}  # fmt: skip
        else:
            timed = isinstance(last, datetime)
            properties |= {"dtstart": first, "dtend": None if timed or last is None else last + A_DAY,
                           "status": _event_status(task), "transp": "TRANSPARENT"}  # fmt: skip
        return Entry(properties, [] if task.state in FINAL else self._alarms(task))

    def _span(self, task: TaskRow) -> tuple[date | datetime | None, date | datetime | None]:
        """The last good day (with its time of day an instant), or the window while no day is fixed."""
        if task.last_day is None:
            return task.from_on, task.to_on
        when = instant_of(task.last_day, task.due_time, self.zone) if task.due_time else task.last_day
        return when, when

    def _uid(self, task: TaskRow) -> str:
        """The same for as long as the task lives, and not that of another office's task of this name."""
        key = f"{task.selector}|{self.instance.started_at.isoformat()}"
        return f"{hashlib.sha256(key.encode()).hexdigest()[:32]}@kh.invalid"

    def _summary(self, task: TaskRow) -> str:
        stage = self.blueprint.plan.stages[task.stage]
        name = with_period(stage.name, task.period)
        units = ", ".join(map(self._name, self.blueprint.partners(task.stage, task.unit)))
        text = name if self.unit else f"{name} – {units}"
        return f"{state_label(task.state)}: {text}" if task.state in FINAL else text

    def _description(self, task: TaskRow) -> list[str]:
        plan, due = self.blueprint.plan, self.blueprint.due(task.stage)
        stage = plan.stages[task.stage]
        to = [self._name(unit) for unit in stage.submit_to if unit != "parent"]
        lines = {
            _("Plan {number}, {clause}").format(number=plan.number, clause=stage.clause): True,
            _("As written: “{phrase}”").format(phrase=due.phrase): due.phrase and not due.inferred,
            _("To be sent to: {units}").format(units=", ".join(to)): to,
            _("State: {state}").format(state=state_label(task.state)): True,
            task.selector: True,
        }
        return [text for text, said in lines.items() if said]

    def _alarms(self, task: TaskRow) -> list[timedelta]:
        """How long before the entry each reminder of the task's ladder is due."""
        _first, last = self._span(task)
        if task.last_day is None or last is None:
            return []
        start = last if isinstance(last, datetime) else instant_of(last, time(0), self.zone)
        calendar: Calendar = self.almanac.of(self.blueprint.calendar_name, self.register, task.unit)
        reminders = tuple(
            rung for rung in rungs_of(self.blueprint, task.stage)
            if rung.when.anchor == "deadline" and rung.when.direction == "before" and rung.when.amount
        )  # fmt: skip
        end = instant_of(task.last_day + A_DAY, time(0), self.zone)
        due, _next = agenda(reminders, timeline(self.blueprint, task), calendar, None, end)
        opened = task.opened_at is not None
        return [start - item.at for item in due if not (opened and is_too_early(item.rung, item.at, task, calendar))]


def _event_status(task: TaskRow) -> str:
    if task.state in DROPPED:
        return "CANCELLED"
    return "TENTATIVE" if task.last_day is None or task.provisional else "CONFIRMED"
