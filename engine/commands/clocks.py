"""extend, suspend, resume: more time, and time that does not count."""

from collections.abc import Callable
from functools import partial
from typing import Any

import click

from engine.clock import read_day, system_clock
from engine.commands.app import DefaultGroup, act_of, acting, moment, selecting, selection_of, viewing, with_office
from engine.commands.moves import print_changed, print_outcomes
from engine.commands.output import day, local, print_json, print_table
from engine.db import reading
from engine.i18n import _
from engine.office import Office
from engine.reports.extensions import extension_views
from engine.service import extensions
from engine.service.extensions import Extended, outcome_label
from engine.service.moves import Outcome
from engine.service.suspensions import resume, suspend


def _extend() -> click.Group:
    group = DefaultGroup("extend", "request", help=_("More time: what was asked for, granted and refused."))
    group.add_command(_request())
    group.add_command(_decision("grant"))
    group.add_command(_decision("refuse"))
    group.add_command(_listing())
    return group


def _request() -> click.Command:
    @click.command("request", help=_("Record a request for more time; needs --doc (the paper) and --reason."))
    @selecting
    @click.option("--until", required=True, metavar="DAY", help=_("The last day asked for."))
    @acting
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        dry_run, as_json, until = options.pop("dry_run"), options.pop("as_json"), read_day(options.pop("until"))
        act, selection = act_of(office, options), selection_of(options)
        _print(extensions.request(office, selection, until, act, dry_run=dry_run), as_json, dry_run)

    return run


def _decision(name: str) -> click.Command:
    granting = name == "grant"
    text = (
        _("Grant what was asked for, or an earlier day: then that is the date in force.")
        if granting
        else _("Refuse what was asked for; needs --reason. The date in force stays.")
    )

    @click.command(name, help=text)
    @selecting
    @click.option("--by", metavar="NAME", help=_("Who decided (default: the person acting)."))
    @acting
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        dry_run, as_json, by = options.pop("dry_run"), options.pop("as_json"), options.pop("by")
        until = options.pop("until", None)
        act, selection = act_of(office, options), selection_of(options)
        if granting:
            granted = read_day(until) if until else None
            done = extensions.grant(office, selection, granted, act, by=by, dry_run=dry_run)
        else:
            done = extensions.refuse(office, selection, act, by=by, dry_run=dry_run)
        _print(done, as_json, dry_run)

    if granting:
        option = click.option("--until", metavar="DAY", help=_("The last day granted (default: as asked for)."))
        run = option(run)
    return run


def _print(done: list[Extended], as_json: bool, dry_run: bool) -> None:
    if as_json:
        print_json([vars(item) for item in done])
        return
    headings = (_("Task"), _("In force"), _("New day"), "")
    print_table(headings, [
        (item.task, day(item.last_day), day(item.day), _("asked for too late: stays late") if item.late else "")
        for item in done
    ])  # fmt: skip
    print_changed(len(done), dry_run)


def _listing() -> click.Command:
    @click.command("list", help=_("What was asked for, and what became of it."))
    @partial(selecting, required=False)
    @click.option("--open", "only_open", is_flag=True, help=_("Only what is still to be decided."))
    @viewing
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        as_json, only_open = options.pop("as_json"), options.pop("only_open")
        now = moment(office, options.pop("at"), system_clock())
        with reading(office.engine) as connection:
            rows = extension_views(office, connection, selection_of(options), now)
        rows = [row for row in rows if row["outcome"] == "requested" or not only_open]
        if as_json:
            print_json(rows)
            return
        words = _("Task"), _("Requested"), _("Paper"), _("In force"), _("Asked"), _("Outcome"), _("Granted"), _("By")
        print_table(words, [
            (row["task"], local(row["requested_at"], office.zone), row["doc"], day(row["last_day"]), day(row["asked"]),
             outcome_label(row["outcome"]), day(row["granted"]), row["decided_by"]) for row in rows
        ])  # fmt: skip

    return run


Change = Callable[..., list[Outcome]]


def _clock(name: str, text: str, change: Change) -> click.Command:
    @click.command(name, help=text)
    @selecting
    @acting
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        as_json, dry_run = options.pop("as_json"), options.pop("dry_run")
        act, selection = act_of(office, options), selection_of(options)
        print_outcomes(change(office, selection, act, dry_run=dry_run), as_json, dry_run)

    return run


commands: dict[str, click.Command] = {
    "extend": _extend(),
    "suspend": _clock("suspend", _("Stop the clock by a written decision; needs --doc and --reason."), suspend),
    "resume": _clock("resume", _("Let the clock run again; the paused days are not counted."), resume),
}
