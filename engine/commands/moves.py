"""ack, submit, accept, return, cancel, exempt, undo."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from engine.clock import read_day
from engine.commands.amending import print_amended
from engine.commands.app import act_of, acting, selecting, selection_of, with_office
from engine.commands.output import print_json, print_table, watched
from engine.i18n import _, counted
from engine.office import Office
from engine.pieces import told
from engine.service.arrivals import read_arrivals
from engine.service.entries import undo_entry
from engine.service.handing_in import ALL, read_handing
from engine.service.moves import Outcome, move
from engine.states import Trigger, state_label

HELP: dict[Trigger, Callable[[], str]] = {
    Trigger.ACK: lambda: _("Record that the units took their tasks up."),
    Trigger.SUBMIT: lambda: _("Record what the units handed in. --at is the arrival; --doc the paper."),
    Trigger.ACCEPT: lambda: _("Accept what was handed in."),
    Trigger.RETURN: lambda: _("Send hand-ins back. Needs --reason; --new-date sets the date from now on in force."),
    Trigger.CANCEL: lambda: _("Drop duties for good. Needs --reason."),
    Trigger.EXEMPT: lambda: _("Free units from a duty. Needs --reason."),
}


# What single moves take besides.
OPTIONS: dict[Trigger, tuple[Callable[[click.Command], click.Command], ...]] = {
    Trigger.RETURN: (click.option("--new-date", metavar="DAY", help=_("The new last day.")),),
    Trigger.SUBMIT: (
        click.option("--output", "outputs", multiple=True, metavar="NAME[=COUNT]",
                     help=_("Only this output came, so many of it (by default as many as the plan asks for).")),
        click.option("--by", metavar="FORM", help=_("It came in this form only, of those the plan names.")),
        click.option("--file", "files", multiple=True, metavar="[NAME=]PATH",
                     help=_("A file that came (of that output), to be kept.")),
        click.option("--count", "counts", multiple=True, metavar="QUOTA=C+I",
                     help=_("So many collectives and individuals are counted against a quota.")),
    ),
}  # fmt: skip


def _make(trigger: Trigger) -> click.Command:
    @selecting
    @acting
    @click.option(
        "--from", "table", metavar="FILE.csv", help=_("Only these: unit, number, date of paper, date of arrival.")
    )
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        as_json, dry_run = options.pop("as_json"), options.pop("dry_run")
        act, selection = act_of(office, options), selection_of(options)
        table, new_date = options.pop("table"), options.pop("new_date", None)
        arrivals = read_arrivals(Path(table), office.zone, office.calendar.work_start) if table else None
        day = read_day(new_date) if new_date else None
        words = [options.pop(name) for name in ("outputs", "by", "files", "counts") if name in options]
        handing = read_handing(office, *words) if words else ALL
        outcomes = move(
            office, selection, trigger, act,
            new_date=day, arrivals=arrivals, handing=handing, watch=watched, dry_run=dry_run,
        )  # fmt: skip
        print_outcomes(outcomes, as_json, dry_run)

    command = click.command(trigger.value, help=HELP[trigger]())(run)
    for option in reversed(OPTIONS.get(trigger, ())):
        command = option(command)
    return command


def print_outcomes(outcomes: list[Outcome], as_json: bool, dry_run: bool) -> None:
    for warning in dict.fromkeys(item.warning for item in outcomes if item.warning):
        click.echo(_("warning: {problem}").format(problem=warning), err=True)
    if as_json:
        print_json(
            [
                {"task": item.task, "before": item.before, "after": item.after,
                 "missing": [piece._asdict() for piece in item.missing]} for item in outcomes
            ]
        )  # fmt: skip
        return
    rows = [(item.task, state_label(item.before), "→", state_label(item.after)) for item in outcomes]
    print_table((_("Task"), _("Before"), "", _("After")), rows)
    for item in outcomes:
        if item.missing:
            text = _("{task}: a part came; still missing: {pieces}")
            click.echo(text.format(task=item.task, pieces=told(item.missing)))
    print_changed(len(outcomes), dry_run)


def print_changed(n: int, dry_run: bool) -> None:
    """How many tasks changed, or would."""
    would = counted("{n} task would change (nothing was changed)", "{n} tasks would change (nothing was changed)", n)
    click.echo(would if dry_run else counted("{n} task changed", "{n} tasks changed", n))


def _undo() -> click.Command:
    @click.command("undo", help=_("Compensate a wrong entry (its number stands in `kh log`). Needs --reason."))
    @click.argument("entry", type=click.IntRange(1, 2**62))
    @acting
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        dry_run = options.pop("dry_run")
        entry = options.pop("entry")
        found = undo_entry(office, entry, act_of(office, options), dry_run=dry_run)
        if found.outcome:
            print_outcomes([found.outcome], False, dry_run)
        elif found.amended:
            print_amended([found.amended], dry_run)
        else:
            text = _("{name} would be open again") if dry_run else _("{name} is open again")
            click.echo(text.format(name=found.instance))
        for message_id in found.sent:
            click.echo(_("sent in the meantime and not to be called back: {id}").format(id=message_id))

    return run


commands = {trigger.value: _make(trigger) for trigger in HELP} | {"undo": _undo()}
