"""remind and silence: speaking out of turn, and keeping quiet."""

from functools import partial
from typing import Any

import click

from engine.clock import read_day, system_clock
from engine.commands.app import DefaultGroup, act_of, acting, moment, selecting, selection_of, viewing, with_office
from engine.commands.output import day, print_json, print_table
from engine.i18n import _, counted
from engine.office import Office
from engine.service.reminders import lift, remind, silence, silenced
from engine.silences import last_quiet_day


def _remind() -> click.Command:
    @click.command("remind", help=_("Remind now, out of turn, of all that is still to be handed in: SELECTOR..."))
    @selecting
    @click.option(
        "--to", multiple=True, metavar="ROLE|UNIT", help=_("Whom: head, parent, a unit … (default: responsible).")
    )
    @acting
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        dry_run, to = options.pop("dry_run"), options.pop("to")
        act, selection = act_of(office, options), selection_of(options)
        tasks = remind(office, selection, to, act, dry_run=dry_run)
        n = len(tasks)
        would = counted("{n} task would be reminded of", "{n} tasks would be reminded of", n)
        done = counted(
            "{n} task is reminded of with the next tick in working hours (kh tick)",
            "{n} tasks are reminded of with the next tick in working hours (kh tick)",
            n,
        )
        click.echo(would if dry_run else done)

    return run


def _silence() -> click.Group:
    group = DefaultGroup(
        "silence", "add", help=_("Keep quiet about tasks for a time: SELECTOR... --until DAY --reason TEXT.")
    )

    @group.command("add", help=_("Send nothing about these tasks to the end of a day; then the highest rung speaks."))
    @selecting
    @click.option("--until", required=True, metavar="DAY", help=_("The last quiet day."))
    @acting
    @with_office
    def adding(office: Office, options: dict[str, Any]) -> None:
        dry_run, until = options.pop("dry_run"), read_day(options.pop("until"))
        act, selection = act_of(office, options), selection_of(options)
        tasks = silence(office, selection, until, act, dry_run=dry_run)
        n = len(tasks)
        would = counted("{n} task would be silenced", "{n} tasks would be silenced", n)
        done = counted("{n} task silenced", "{n} tasks silenced", n)
        click.echo(would if dry_run else done)

    @group.command("list", help=_("The silences in force."))
    @partial(selecting, required=False)
    @viewing
    @with_office
    def listing(office: Office, options: dict[str, Any]) -> None:
        now, as_json = moment(office, options.pop("at"), system_clock()), options.pop("as_json")
        rows = silenced(office, selection_of(options), now)
        if as_json:
            print_json(rows)
            return
        print_table((_("Task"), _("Until"), _("By"), _("Reason")), [
            (row["task"], day(last_quiet_day(row["until"], office.zone)), row["author"], row["reason"]) for row in rows
        ])  # fmt: skip

    @group.command("lift", help=_("End silences now."))
    @selecting
    @acting
    @with_office
    def lifting(office: Office, options: dict[str, Any]) -> None:
        dry_run = options.pop("dry_run")
        act, selection = act_of(office, options), selection_of(options)
        n = lift(office, selection, act, dry_run=dry_run)
        would = counted("{n} silence would be lifted", "{n} silences would be lifted", n)
        done = counted("{n} silence lifted", "{n} silences lifted", n)
        click.echo(would if dry_run else done)

    return group


commands: dict[str, click.Command] = {"remind": _remind(), "silence": _silence()}
