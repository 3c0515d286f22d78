"""Do the rungs of a ladder go out in the order of their severity?"""

from datetime import date

from engine.checks.timeline import Course, days_of_rungs
from engine.clock import shown_day
from engine.i18n import _
from engine.ladders import Rung


def orders(course: Course) -> None:
    """Once a ladder, at the first dates that show it: days and working days part over a weekend or a holiday."""
    said: set[str] = set()
    for stage, _period, dates, _last in course.dated():
        name = course.blueprint.ladder_name(stage)
        if name not in said and (pair := _wrong_way(days_of_rungs(course, stage, dates))):
            said.add(name)
            _report(course, stage, name, *pair)


def _wrong_way(rungs: list[tuple[Rung, date]]) -> tuple[tuple[Rung, date], tuple[Rung, date]] | None:
    """The first graver rung before a milder one, with that."""
    in_time = sorted(rungs, key=lambda item: item[1])
    for place, grave in enumerate(in_time):
        for mild in in_time[place + 1 :]:
            if mild[0].severity < grave[0].severity and mild[1] > grave[1]:
                return grave, mild
    return None


def _report(course: Course, stage: str, name: str, grave: tuple[Rung, date], mild: tuple[Rung, date]) -> None:
    text = _(
        "for {stage} rung {grave} of severity {high} goes out on {first}, before rung {mild} of severity {low} on {day}"
    )
    message = text.format(
        stage=stage, grave=grave[0].id, high=grave[0].severity, first=shown_day(grave[1]),
        mild=mild[0].id, low=mild[0].severity, day=shown_day(mild[1]),
    )  # fmt: skip
    own = [rung.id for rung in course.blueprint.ladder(stage)]
    if name in course.blueprint.plan.ladders:
        course.source.report(("ladders", name, own.index(grave[0].id)), "KH072", message)
    else:
        course.warn(stage, "KH072", message)
