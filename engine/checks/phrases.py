"""Are the deadline phrases of a plan understood?"""

from engine.deadlines import Relative
from engine.errors import PhraseError, nearest
from engine.i18n import _
from engine.plan.blueprint import DATED_KINDS, Blueprint
from engine.plan.directory import Directory
from engine.plan.loader import Source
from engine.plan.model import Plan


def deadlines(source: Source, plan: Plan, _directory: Directory) -> None:
    """Every phrase is read; what is not understood is an error at its place, doubts are warnings."""
    blueprint = source.blueprint
    for stage_id, stage in plan.stages.items():
        for key, phrase in (("deadline", stage.deadline), ("inferred", stage.inferred)):
            if phrase:
                _read(source, blueprint, stage_id, key, phrase)
    first, last = plan.span_days
    if last < first:
        source.report(("span",), "KH051", _("the span ends before it begins"))


def _read(source: Source, blueprint: Blueprint, stage_id: str, key: str, phrase: str) -> None:
    path = ("stages", stage_id, key)
    try:
        found = blueprint.read_phrase(phrase, {*blueprint.plan.stages, *source.written("stages")})
    except PhraseError as error:
        source.report(path, "KH050", str(error))
        return
    for warning in found.warnings:
        source.report(path, "KH052", warning, "warning")
    if key == "inferred" and found.kind not in DATED_KINDS:
        source.report(path, "KH053", _("`inferred` must give a date; this phrase gives none"))
    if key == "inferred" and isinstance(found, Relative) and not found.anchor_is_stage:
        stages = blueprint.plan.stages
        message = _("`{anchor}` is no stage of this plan").format(anchor=found.anchor)
        source.report(path, "KH054", message + nearest(str(found.anchor), stages))
