"""transfer."""

from typing import Any

import click

from engine.commands.app import act_of, acting, selecting, selection_of, with_office
from engine.commands.output import print_json, print_table, say_dry
from engine.i18n import _, counted
from engine.office import Office
from engine.plan.stand_ins import ROLE_LABELS
from engine.service.parts import Recast, recast
from engine.service.transfer import HandedOver, transfer
from engine.states import state_label


def _transfer() -> click.Command:
    @click.command(
        "transfer",
        help=_(
            "Hand tasks over to another unit, or (--role) a role in a plan. Without --to: to the only successor the "
            "register knows. Needs --doc or --reason."
        ),
    )
    @selecting
    @click.option("--to", multiple=True, metavar="UNIT", help=_("Who takes over; several share the work."))
    @click.option(
        "--role",
        metavar="ROLE",
        help=_("Hand over this role in INSTANCE[/STAGE]: {roles}.").format(roles=", ".join(ROLE_LABELS)),
    )
    @click.option(
        "--from", "giver", metavar="UNIT", help=_("Who has the role so far (by default: the one that ended).")
    )
    @acting
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        as_json, dry_run = options.pop("as_json"), options.pop("dry_run")
        to, role, giver = options.pop("to"), options.pop("role"), options.pop("giver")
        act = act_of(office, options)
        if role:
            selectors = options["selectors"]
            if len(selectors) != 1:
                raise click.UsageError(_("--role takes one INSTANCE or INSTANCE/STAGE"))
            _print_roles(recast(office, selectors[0], role, to, act, unit=giver, dry_run=dry_run), as_json)
        else:
            if giver:
                raise click.UsageError(_("--from goes with --role; tasks are named by their selectors"))
            _print_tasks(transfer(office, selection_of(options), to, act, dry_run=dry_run), as_json)
        say_dry(dry_run and not as_json)

    return run


def _print_tasks(found: list[HandedOver], as_json: bool) -> None:
    if as_json:
        print_json([vars(item) for item in found])
        return
    print_table((_("Task"), _("Before"), "", _("After"), _("Now with")), [
        (item.task, state_label(item.before), "→", state_label(item.after), ", ".join(item.to)) for item in found
    ])  # fmt: skip
    click.echo(counted("{n} task handed over", "{n} tasks handed over", len(found)))


def _print_roles(found: list[Recast], as_json: bool) -> None:
    if as_json:
        print_json([vars(item) for item in found])
        return
    text = _("{instance}: {successors} for {unit} ({role}){stages}")
    for item in found:
        places = f" – {', '.join(item.stages)}" if item.stages else ""
        click.echo(text.format(instance=item.instance, successors=", ".join(item.successors), unit=item.unit,
                               role=_(ROLE_LABELS[item.role]), stages=places))  # fmt: skip


commands: dict[str, click.Command] = {"transfer": _transfer()}
