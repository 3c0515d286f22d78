"""A plan's whole future on paper: the very same engine under a virtual clock, on a database in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from engine import outbox, people, stand_ins, store
from engine.almanac import AnnouncedDay
from engine.announced import add_days
from engine.assumptions import Assumption, Deed, fixed_day, next_deed
from engine.calendar import Calendar
from engine.clock import day_after, instant_of, local_date
from engine.config import Settings
from engine.db import in_memory, reading, writing
from engine.delivery import Delivered
from engine.escalation import find_rung
from engine.i18n import N_, _
from engine.machine import Act
from engine.office import Office, Register
from engine.plan.blueprint import Blueprint
from engine.plan.loader import load_plan
from engine.reports.notices import message_views
from engine.reports.rungs import in_words
from engine.rows import TaskRow
from engine.service.facts import fix_date
from engine.service.moves import move_tasks
from engine.service.select import Selection
from engine.service.start import start
from engine.service.ticking import HEARTBEAT, tick
from engine.states import FINAL, State, Trigger

AFTERWARDS = timedelta(days=60)  # how long after its last day a plan is watched
A_MINUTE = timedelta(minutes=1)  # `kh run` looks once a minute
ON_PAPER = N_("on paper")
_TRIGGERS = {Deed.ACK: Trigger.ACK, Deed.SUBMIT: Trigger.SUBMIT, Deed.ACCEPT: Trigger.ACCEPT}


@dataclass(frozen=True)
class Down:
    """The days on which the scheduler is off, both ends in them."""

    first: date
    last: date


@dataclass(frozen=True)
class Simulated:
    """Every notice, as `notices list` shows them, each item with its template and why; and under what it was made."""

    blueprint: Blueprint
    rows: list[dict[str, Any]]
    assumption: Assumption
    start: datetime
    until: date  # the last day looked at


def simulate(
    path: Path,
    settings: Settings,
    calendar: Calendar,
    *,
    announced: Sequence[AnnouncedDay] = (),
    assumption: Assumption | None = None,
    at: datetime | None = None,
    until: date | None = None,
    down: Down | None = None,
    backdate: bool = False,
) -> Simulated:
    """Start a plan on paper, by default on the morning of its date, and live through it.

    Raises what `start` raises. Nothing is sent, and nothing outside this process changes.
    """
    office = Office(in_memory(), settings, calendar)
    with writing(office.engine) as connection:
        add_days(connection, announced)
    moment = at or _first_morning(path, calendar)
    name = start(office, path, None, Act("simulation", moment, moment), backdate=backdate).name
    course = _Course(office, name, assumption or Assumption(), down)
    last = until or course.last_day()
    course.live(moment, instant_of(day_after(last), time(0), calendar.zone))
    return Simulated(course.blueprint, course.rows(), course.assumption, moment, last)


def _first_morning(path: Path, calendar: Calendar) -> datetime:
    plan = load_plan(path).plan
    return calendar.opening_of(plan.document.date if plan else date(2000, 1, 1))


class _Course:
    """One instance, lived through from moment to moment."""

    def __init__(self, office: Office, name: str, assumption: Assumption, down: Down | None):
        self.office, self.assumption, self.down = office, assumption, down
        with writing(office.engine) as connection:
            people.forget(connection)  # on paper nobody is refused
            self.instance = office.instance(connection, name)
            self.blueprint = office.blueprint(connection, self.instance)
            self.almanac = office.almanac(connection)

    def rows(self) -> list[dict[str, Any]]:
        """Every notice in order of time."""
        with reading(self.office.engine) as connection:
            rows = message_views(connection, outbox.messages(connection))
        for row in rows:
            for item in row["items"]:
                rung = find_rung(self.blueprint, item["task"].split("/")[1], item["rung"])
                item |= {"template": rung.template, "why": in_words(rung, item["occurrence"])} if rung else {}
            row["reason"] = row["items"][0]["why"] if row["items"] else row["reason"]
        return rows

    def last_day(self) -> date:
        """Some time after the plan's end, or its last deadline where that is later."""
        with reading(self.office.engine) as connection:
            days = [task.last_day for task in store.tasks(connection) if task.last_day]
        return max([self.blueprint.plan.span_days[1], *days]) + AFTERWARDS

    def live(self, now: datetime, end: datetime) -> None:
        began = now
        while now < end:
            self.act(now)
            if not self.is_down(now):
                self.beat(now, began)
                tick(self.office, now, deliver=self.hand_over)
            following = self.following(now)
            if following is None:
                return
            now = max(following, now + A_MINUTE)

    def hand_over(self, office: Office, now: datetime) -> Delivered:
        with writing(office.engine) as connection:
            return Delivered(sent=outbox.send_all(connection, now, _(ON_PAPER)))

    def beat(self, now: datetime, began: datetime) -> None:
        """`kh run` was here a minute ago; but for the first time after a downtime, which is over with that."""
        seen = now - A_MINUTE
        if self.down is not None and now >= self.back_at:
            seen, self.down = self.midnight(self.down.first) - A_MINUTE, None
        if seen >= began:
            with writing(self.office.engine) as connection:
                store.beat(connection, HEARTBEAT, seen)

    def is_down(self, now: datetime) -> bool:
        return self.down is not None and self.down.first <= local_date(now, self.office.zone) <= self.down.last

    def following(self, now: datetime) -> datetime | None:
        """The next moment at which the engine has something to do (not before it is back), or somebody acts."""
        with reading(self.office.engine) as connection:
            due = [
                store.next_action_at(connection),
                outbox.next_decision_at(connection),
                self.next_end(connection, now),
            ]
            deeds = [moment for moment, _deed, _task in self.deeds(connection, now)]
        moments = [self.back(max(moment, now)) for moment in due if moment]
        return min([*moments, *deeds, *([self.back_at] if self.down else [])], default=None)

    def next_end(self, connection: Connection, now: datetime) -> datetime | None:
        """The morning after the next last day of a unit: its tasks wait for a successor from then on."""
        last = stand_ins.next_unit_end(connection, local_date(now, self.office.zone))
        return self.office.calendar.opening_of(day_after(last)) if last else None

    def back(self, moment: datetime) -> datetime:
        return self.back_at if self.is_down(moment) else moment

    @property
    def back_at(self) -> datetime:
        """When the scheduler runs again; long ago where it is never off."""
        return self.midnight(day_after(self.down.last)) if self.down else datetime.min.replace(tzinfo=UTC)

    def midnight(self, day: date) -> datetime:
        return instant_of(day, time(0), self.office.zone)

    def deeds(self, connection: Connection, now: datetime) -> list[tuple[datetime, Deed, TaskRow]]:
        """What people will do about the tasks as they stand, not before now."""
        if self.assumption.nobody_acts:
            return []
        register = Register(connection, self.instance.directory)
        open_now = store.TASK.c.state.not_in([*FINAL, State.WAITING])
        found = []
        for task in store.tasks(connection, open_now):
            if self.blueprint.plan.stages[task.stage].type == "ongoing":
                continue
            calendar = self.almanac.of(self.blueprint.calendar_name, register, task.unit)
            if deed := next_deed(task, self.assumption, calendar):
                found.append((max(deed[0], now), deed[1], task))
        return found

    def act(self, now: datetime) -> None:
        """What people do at this moment, through the same functions as the command line."""
        with reading(self.office.engine) as connection:
            due = [(deed, task) for moment, deed, task in self.deeds(connection, now) if moment <= now]
        paper = f"1, {local_date(now, self.office.zone)}"  # what is handed in bears number and date
        act = Act("simulation", now, now, doc=paper)
        for deed, trigger in _TRIGGERS.items():
            if tasks := [task for other, task in due if other is deed]:
                with writing(self.office.engine) as connection:
                    move_tasks(self.office, connection, tasks, trigger, act)
        for task in (task for deed, task in due if deed is Deed.FIX_DATE):
            calendar = self.almanac.of(self.blueprint.calendar_name)
            fix_date(self.office, Selection([task.selector]), fixed_day(task, calendar), act)
