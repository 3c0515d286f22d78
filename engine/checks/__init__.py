"""Semantic checks of a plan: each a function over the loaded source, listed once."""

from engine.checks.phrases import deadlines
from engine.checks.references import cycles, empty_groups, names, units_on_the_day
from engine.checks.timeline import timeline
from engine.errors import Problem
from engine.plan.loader import Source

CHECKS = (names, empty_groups, cycles, deadlines, units_on_the_day, timeline)


def check(source: Source) -> list[Problem]:
    """Every finding about a plan, in the order of its lines. The form comes first: a broken one hides the rest."""
    if source.plan is not None and source.directory is not None:
        for one in CHECKS:
            one(source, source.plan, source.directory)
    return sorted(set(source.problems), key=lambda problem: (problem.file, problem.line, problem.column, problem.code))
