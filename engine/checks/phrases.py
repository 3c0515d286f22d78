"""Are the deadline phrases of a plan understood?"""

from engine.deadlines import Relative
from engine.errors import PhraseError
from engine.i18n import _
from engine.plan.blueprint import DATED_KINDS, Blueprint
from engine.plan.directory import Directory
from engine.plan.loader import Source


def deadlines(source: Source, blueprint: Blueprint, _directory: Directory) -> None:
    """Every phrase is read; what is not understood is an error at its place, doubts are warnings."""
    for stage_id, stage in blueprint.plan.stages.items():
        if source.full():
            return
        for key, phrase in (("deadline", stage.deadline), ("inferred", stage.inferred)):
            if phrase:
                _read(source, blueprint, ("stages", stage_id, key), phrase)


def _read(source: Source, blueprint: Blueprint, path: tuple[str, str, str], phrase: str) -> None:
    inferred = path[-1] == "inferred"
    try:
        found = blueprint.read_phrase(phrase)
    except PhraseError as error:
        source.report_within(path, phrase, error.position, "KH050", str(error))
        return
    for warning in found.warnings:
        source.report(path, "KH052", warning)
    stage = blueprint.plan.stages[path[1]]
    if found.kind not in DATED_KINDS and inferred:
        source.report(path, "KH053", _("`inferred` must give a date; this phrase gives none"))
    elif found.kind not in DATED_KINDS and stage.type == "task" and not stage.inferred:
        source.report(path, "KH069", _("this phrase gives no day"))
    if isinstance(found, Relative) and not found.anchor_is_stage and not found.anchor_day:
        message = _("`{anchor}` is no stage of this plan").format(anchor=found.anchor)
        hint = source.hint(str(found.anchor), blueprint.plan.stages)
        source.report(path, "KH054" if inferred else "KH068", message + hint)
