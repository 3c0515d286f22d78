"""Does the plan keep within what the system carries?"""

from engine.errors import PhraseError
from engine.i18n import _, number
from engine.plan.blueprint import Blueprint
from engine.plan.loader import Source

MOST_YEARS = 50
MOST_TASKS = 1_000_000


def fits(source: Source, blueprint: Blueprint) -> bool:
    """Is the span short enough, and are the tasks of all stages and periods few enough? Reports where not."""
    first, last = blueprint.plan.span_days
    if last.year - first.year > MOST_YEARS:
        source.report(("span",), "KH056", _("the span is longer than {n} years").format(n=MOST_YEARS))
        return False
    room = MOST_TASKS
    for stage_id in blueprint.plan.stages:
        room -= len(blueprint.holders(stage_id)) * _periods(blueprint, stage_id)
        if room < 0:
            text = _("up to this stage the plan makes more than {n} tasks").format(n=number(MOST_TASKS))
            source.report(("stages", stage_id), "KH056", text, key=True)
            return False
    return True


def _periods(blueprint: Blueprint, stage_id: str) -> int:
    try:
        return len(blueprint.occurrences(stage_id) or [None])
    except PhraseError:  # the phrase check reports it
        return 1
