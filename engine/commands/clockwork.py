"""tick and run."""

from contextlib import nullcontext
from typing import Any

import click

from engine import heartbeats
from engine.commands.app import clock_of, moment, with_office
from engine.commands.output import local, print_json, working
from engine.db import shared, writing
from engine.errors import reason_of
from engine.i18n import _, counted
from engine.office import Office
from engine.reports.metrics import write_metrics
from engine.scheduler import run_forever
from engine.service.ticking import Ticked, tick


def _tick() -> click.Command:
    @click.command("tick", help=_("Do once what is due now: open tasks, decide notices, send them. Good for cron."))
    @click.option("--at", metavar="ISO-TIME", help=_("Run as at this time; earlier than the last tick does nothing."))
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        now = moment(office, options["at"], clock_of(office)())
        with working(_("Deciding and sending")):
            ticked = tick(office, now, as_told=options["at"] is not None)
        leave_metrics(office)
        if options["as_json"]:
            print_json(_as_dict(ticked))
        else:
            say(ticked, office)

    return run


def _as_dict(ticked: Ticked) -> dict[str, Any]:
    sent = ticked.delivered
    return {
        "last": ticked.last, "opened": ticked.opened, "decisions": ticked.decisions,
        "messages": ticked.composed.messages, "deferred": ticked.composed.deferred, "sent": sent.sent,
        "cancelled": sent.cancelled, "later": sent.later, "dead": sent.dead, "waiting": sent.waiting,
        "late": sent.late, "trouble": sent.trouble,
    }  # fmt: skip


def say(ticked: Ticked, office: Office) -> None:
    if ticked.last is not None:
        text = _("Nothing done: the last tick ran as at {last}.")
        click.echo(text.format(last=local(ticked.last, office.zone)))
        return
    sent = ticked.delivered
    click.echo(
        _("opened {opened}, decided {decisions}, composed {messages}, sent {sent}").format(
            opened=ticked.opened, decisions=ticked.decisions, messages=ticked.composed.messages, sent=sent.sent
        )
    )
    if ticked.composed.deferred:
        click.echo(_("{n} put off to the next working morning").format(n=ticked.composed.deferred))
    if sent.waiting:
        text = counted("{n} message waits: {why}", "{n} messages wait: {why}", sent.waiting, why=sent.trouble)
        click.echo(text, err=True)
    if sent.late:
        click.echo(sent.trouble, err=True)
    if sent.later or sent.dead:
        click.echo(
            _("{later} to be tried again, {dead} refused for good ({why})").format(
                later=sent.later, dead=sent.dead, why=sent.trouble
            ),
            err=True,
        )


def tell(ticked: Ticked, office: Office) -> None:
    """What a process that goes on leaves of each tick: its numbers, and a line where something happened."""
    leave_metrics(office)
    sent = ticked.delivered
    if ticked.decisions or ticked.composed.messages or sent.sent or sent.waiting or sent.late:
        say(ticked, office)


def leave_metrics(office: Office) -> None:
    """What the monitoring reads; that it cannot be written stops no tick."""
    if path := office.settings.metrics_file:
        try:
            write_metrics(office, path)
        except OSError as error:
            click.echo(_("cannot write {path}: {reason}").format(path=path, reason=reason_of(error)), err=True)


def be_heard(office: Office) -> None:
    """Where several machines may work: that this one does."""
    if shared(office.engine):
        with writing(office.engine) as connection:
            heartbeats.beat(connection, "run")


def _run() -> click.Command:
    @click.command("run", help=_("Tick every minute until stopped (Ctrl-C or SIGTERM)."))
    @click.option(
        "--every",
        type=click.IntRange(1, 3600),
        default=60,
        show_default=True,
        metavar="SECONDS",
        help=_("Seconds between two ticks."),
    )
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        click.echo(_("Running: a tick every {n} seconds. Ctrl-C stops.").format(n=options["every"]))

        def report(ticked: Ticked) -> None:
            be_heard(office)
            tell(ticked, office)

        with heartbeats.leaving(office.engine) if shared(office.engine) else nullcontext():
            run_forever(office, options["every"], clock_of(office), report)
        click.echo(_("Stopped."))

    return run


commands: dict[str, click.Command] = {"tick": _tick(), "run": _run()}
