"""Does the plan's time add up? Findings, never errors: a document may contradict itself and still be carried out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.calendar import Calendar
from engine.clock import shown_day
from engine.dates import Dates, project
from engine.deadlines import Window
from engine.i18n import _
from engine.ladders import Rung, Timeline, days_due
from engine.plan.blueprint import Blueprint
from engine.plan.directory import Directory
from engine.plan.loader import Source
from engine.plan.model import read_data

ENOUGH = 3  # working days an aggregator needs strictly between the units' last day and its own


@dataclass(frozen=True)
class Course:
    """A plan laid out in time."""

    source: Source
    blueprint: Blueprint
    directory: Directory
    calendar: Calendar
    dates: dict[tuple[str, str], Dates]
    days: dict[tuple[Any, ...], list[tuple[Rung, date]]] = field(default_factory=dict)
    said: set[tuple[str, str]] = field(default_factory=set)  # a recurring stage is warned about once

    def warn(self, stage: str, code: str, message: str, *, where: tuple[str | int, ...] = ()) -> None:
        """Report at a place in the stage, by default at its deadline; once where the stage recurs."""
        if self.blueprint.recurrence(stage) and (stage, code) in self.said:
            return
        self.said.add((stage, code))
        key = "deadline" if self.blueprint.is_written(stage) else "inferred"
        self.source.report(("stages", stage, *(where or (key,))), code, message)

    def dated(self) -> Iterator[tuple[str, str, Dates, date]]:
        """(stage, period, dates, last day) of what has one and is not provisional."""
        for (stage, period), dates in self.dates.items():
            if dates.last_day and not dates.provisional and self.blueprint.plan.stages[stage].type != "prohibition":
                yield stage, period, dates, dates.last_day

    def leaders(self, stage: str, period: str, *, gathering: bool = False) -> Iterator[tuple[str, Dates]]:
        """The dated stages that a stage comes after, in the same period; only those it gathers from, if asked."""
        for item in self.blueprint.predecessors(stage):
            if gathering and item.how == "same":
                continue
            for name in item.stages:
                found = self.dates.get((name, period)) or self.dates.get((name, ""))
                if found and found.last_day and not found.provisional:
                    yield name, found


def lay_out(source: Source, blueprint: Blueprint, directory: Directory, calendar: Calendar) -> Course:
    """A plan without errors in time; a broken one has no course."""
    dates = {key: found for key, (_occurrence, found) in project(blueprint, calendar).items()}
    return Course(source, blueprint, directory, calendar, dates)


def _outside_the_span(course: Course) -> None:
    plan = course.blueprint.plan
    issued, end = plan.document.date, plan.span_days[1]
    for stage, _period, _dates, last in course.dated():
        if last < issued:
            text = _("the last day ({day}) lies before the plan's date ({issued})")
            course.warn(stage, "KH060", text.format(day=shown_day(last), issued=shown_day(issued)))
        elif last > end:
            text = _("the last day ({day}) lies after the plan's end ({end})")
            course.warn(stage, "KH061", text.format(day=shown_day(last), end=shown_day(end)))


def _before_the_data(course: Course) -> None:
    """A report due before the data it is made of are closed."""
    for stage, _period, _dates, last in course.dated():
        for number, output in enumerate(course.blueprint.plan.stages[stage].outputs):
            closes = read_data(output.data, last) if output.data else last
            if closes > last:
                text = _("due on {last}, before its data close on {closes}")
                message = text.format(last=shown_day(last), closes=shown_day(closes))
                course.warn(stage, "KH062", message, where=("outputs", number, "data"))


def _too_little_time(course: Course) -> None:
    """An aggregator needs some days between what it gathers and its own deadline."""
    for stage, period, _dates, last in course.dated():
        for leader, found in course.leaders(stage, period, gathering=True):
            assert found.last_day is not None
            between = course.calendar.working_days_between(found.last_day, last)
            between -= course.calendar.is_working(last)
            if between < ENOUGH:
                text = _("working days between the last day of {leader} ({first}) and its own ({last}): {n}")
                days = {"first": shown_day(found.last_day), "last": shown_day(last)}
                course.warn(stage, "KH063", text.format(n=max(between, 0), leader=leader, **days))


def _hanging_on_a_window(course: Course) -> None:
    for stage, followers in course.blueprint.followers.items():
        if isinstance(course.blueprint.due(stage).deadline, Window):
            hanging = [name for name in followers if course.blueprint.anchor(name) == stage]
            if hanging:
                text = _("the day is open and others hang on it ({stages}): fix it early (kh fix-date)")
                course.warn(stage, "KH064", text.format(stages=", ".join(hanging)))


def _on_a_day_off(course: Course) -> None:
    for stage, _period, _dates, last in course.dated():
        why = course.calendar.day_off_name(last)
        if why:
            before = course.calendar.previous_working(last)
            text = _("the last day, {day}, is a day off ({why}); the last working day before it is {before}")
            course.warn(stage, "KH065", text.format(day=shown_day(last), why=why, before=shown_day(before)))


def days_of_rungs(course: Course, stage: str, dates: Dates) -> list[tuple[Rung, date]]:
    """The office days of the rungs that hang on the deadline, the first time each; worked out once for equal dates."""
    key = course.blueprint.ladder_name(stage), dates.last_day, dates.named
    if key not in course.days:
        times = Timeline(
            opened_at=None, last_day=dates.last_day, counts_from=dates.named or dates.last_day, window_from=None,
            submitted_at=None, returned_at=None,
        )  # fmt: skip
        rungs = [rung for rung in course.blueprint.ladder(stage) if rung.when.anchor == "deadline"]
        first = [(rung, next(days_due(rung, times, course.calendar), None)) for rung in rungs]
        course.days[key] = [(rung, found[0]) for rung, found in first if found]
    return course.days[key]


def _rungs_before_the_opening(course: Course) -> None:
    issued = course.blueprint.plan.document.date
    for stage, period, dates, last in course.dated():
        if period or last < issued:
            continue
        early = [rung.id for rung, day in days_of_rungs(course, stage, dates) if day < issued]
        if early:
            text = _("these rungs would fall before the plan's date and are dropped: {rungs}")
            course.warn(stage, "KH066", text.format(rungs=", ".join(early)))


def _rungs_after_the_next_deadline(course: Course) -> None:
    """Chasing that starts when the next stage is due already comes too late to help it."""
    for stage, period, dates, last in course.dated():
        for leader, found in course.leaders(stage, period):
            due = dates.named or last
            late = [(rung.id, day) for rung, day in days_of_rungs(course, leader, found) if day > due]
            if late:
                text = _("rung {rung} would come on {day}, after {stage} is due ({due})")
                rung, day = late[0]
                course.warn(
                    leader, "KH067", text.format(rung=rung, day=shown_day(day), stage=stage, due=shown_day(due))
                )


FINDINGS: tuple[Callable[[Course], None], ...] = (
    _outside_the_span,
    _before_the_data,
    _too_little_time,
    _hanging_on_a_window,
    _on_a_day_off,
    _rungs_before_the_opening,
    _rungs_after_the_next_deadline,
)
