"""Does anybody take what is handed in, and is there anything to count a quota by?"""

from engine.i18n import _
from engine.plan.blueprint import Blueprint
from engine.plan.directory import Directory
from engine.plan.loader import Source


def outputs(source: Source, blueprint: Blueprint, _directory: Directory) -> None:
    """An output without a consumer: nobody receives, forwards or accepts it, and nothing comes after it.

    What the issuer of the plan decides itself needs no recipient.
    """
    issuer = blueprint.plan.document.issuer
    for stage_id, stage in blueprint.plan.stages.items():
        taken = stage.submit_to or stage.through or stage.on_behalf_of or blueprint.accept_by(stage)
        if not stage.outputs or taken or blueprint.followers.get(stage_id):
            continue
        if any(units != (issuer,) for units in blueprint.holders(stage_id)):
            text = _("nobody takes the output of {stage}: name a recipient (submit_to) or a stage that comes after it")
            source.report(("stages", stage_id, "outputs"), "KH044", text.format(stage=stage_id), key=True)


def quotas(source: Source, blueprint: Blueprint, _directory: Directory) -> None:
    """A quota bounds outputs."""
    for name, quota in blueprint.plan.quotas.items():
        if not blueprint.plan.stages[quota.stage].outputs:
            text = _("the quota bounds the outputs of {stage}, which has none").format(stage=quota.stage)
            source.report(("quotas", name, "stage"), "KH045", text)
