"""Can every notice of the plan be written? Each template is rendered with what the plan says."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from engine.checks.paper import PaperRegister, ladders, paper_task
from engine.checks.timeline import Course
from engine.i18n import _
from engine.ladders import label
from engine.notices import Notice, render_notice
from engine.sections import Section


def rendering(course: Course) -> None:
    """Once for every template and kind of stage: stages with the same keys and kind of date are written alike."""
    seen: set[Any] = set()
    broken: set[str] = set()
    for stage_id, rungs in ladders(course.blueprint):
        stage = course.blueprint.plan.stages[stage_id]
        ladder, date_kind = course.blueprint.ladder_name(stage_id), type(course.blueprint.due(stage_id).deadline)
        alike = ladder, date_kind, stage.type, stage.soft, frozenset(stage.model_fields_set)
        for template, letter in () if alike in seen else dict.fromkeys((rung.template, rung.letter) for rung in rungs):
            if template not in broken and not _can_be_written(course, stage_id, template, letter):
                broken.add(template)
        seen.add(alike)


def _can_be_written(course: Course, stage_id: str, template: str, letter: bool) -> bool:
    failures = render_notice(_notice(course, stage_id, template, letter)).failures
    for failure in failures:
        text = _("the notice “{template}” cannot be written: {error}")
        course.source.report(("stages", stage_id), "KH080", text.format(template=template, error=failure), key=True)
    return not failures


def _notice(course: Course, stage_id: str, template: str, letter: bool) -> Notice:
    """A message about a stage's first task, ten days after it was due (or the plan was issued)."""
    blueprint, calendar = course.blueprint, course.calendar
    dates = next(found for (name, _period), found in course.dates.items() if name == stage_id)
    register = PaperRegister(course.directory, course.source.directory_name)
    plan = blueprint.plan
    today = (dates.last_day or plan.document.date) + timedelta(days=10)
    unit = blueprint.holders(stage_id)[0][0]
    task = paper_task(blueprint, stage_id, unit, dates, overdue_at=dates.overdue_at(calendar))
    section = Section.about(
        template=template, heading=label(template), severity=0, blueprint=blueprint, register=register,
        stage_id=stage_id, tasks=[task], progress=(0, 1), received=[unit], undeliverable=False, letter=letter,
        now=calendar.opening_of(today), calendar=calendar,
    )  # fmt: skip
    name = register.name(plan.coordinator, today)
    return Notice((name,), (section, replace(section, undeliverable=True)), plan.language, name, "", today)
