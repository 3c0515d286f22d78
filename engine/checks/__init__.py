"""Semantic checks of a plan and its directory: each a function over what was loaded, listed once."""

from collections.abc import Callable

from engine.checks.circles import circles
from engine.checks.completion import completion
from engine.checks.directories import directory_circles, directory_names, successors, unheard_deputies
from engine.checks.effects import effects, unused
from engine.checks.endings import endings
from engine.checks.groups import empty_groups, groups_for_units
from engine.checks.orders import orders
from engine.checks.outputs import outputs, quotas
from engine.checks.phrases import deadlines
from engine.checks.references import names, questions, units_on_the_day
from engine.checks.services import services
from engine.checks.sizes import fits
from engine.checks.timeline import FINDINGS, Course, lay_out
from engine.errors import BadValue, Problem
from engine.plan.blueprint import Blueprint
from engine.plan.directory import Directory
from engine.plan.loader import Source

PlanCheck = Callable[[Source, Blueprint, Directory], None]

OF_A_DIRECTORY: tuple[Callable[[Source, Directory], None], ...] = (
    directory_names, directory_circles, successors, unheard_deputies, services,
)  # fmt: skip
# Of what is left of a broken file, too; of a plan that has its form; of one that can be run.
OF_ANY_PLAN: tuple[PlanCheck, ...] = (names, questions, deadlines, circles)
OF_A_WHOLE_PLAN: tuple[PlanCheck, ...] = (groups_for_units, empty_groups, units_on_the_day)
OF_A_SOUND_PLAN: tuple[PlanCheck, ...] = (completion, outputs, quotas, effects, unused)
IN_TIME: tuple[Callable[[Course], None], ...] = (*FINDINGS, orders, endings)


def check(source: Source) -> list[Problem]:
    """Every finding about a plan or a directory, in the order of its lines."""
    if source.directory is not None:
        for about_units in OF_A_DIRECTORY:
            about_units(source, source.directory)
    if source.plan is not None:
        _check_plan(source, source.directory or Directory(units={}))
    once = dict.fromkeys(source.problems)
    return sorted(once, key=lambda problem: (problem.file, problem.line, problem.column, problem.code))


def _check_plan(source: Source, directory: Directory) -> None:
    try:
        blueprint = source.blueprint
    except BadValue as error:
        source.report_in_directory(("groups",), "KH056", str(error), key=True)
        return
    for one in OF_ANY_PLAN:
        if source.full():
            return
        one(source, blueprint, directory)
    if source.salvaged or source.directory is None or not fits(source, blueprint):
        return
    for one in OF_A_WHOLE_PLAN:
        one(source, blueprint, directory)
    if source.broken:
        return
    for one in OF_A_SOUND_PLAN:
        one(source, blueprint, directory)
    course = lay_out(source, blueprint, directory, source.almanac.of(blueprint.calendar_name))
    for finding in IN_TIME:
        finding(course)
    _check_notices(course)


def _check_notices(course: Course) -> None:
    """What is written to whom. Its imports take as long as all the rest: a broken plan is answered without them."""
    from engine.checks.contacts import contacts
    from engine.checks.rendering import rendering

    contacts(course)
    rendering(course)
