"""worker and workers."""

from typing import Any

import click

from engine.commands.app import clock_of, with_office
from engine.commands.clockwork import tell
from engine.commands.output import local, print_json, print_table
from engine.db import reading, shared
from engine.heartbeats import Peer, everybody
from engine.i18n import _
from engine.office import Office
from engine.worker import work


def _worker() -> click.Command:
    @click.command("worker", help=_("Work for an office on PostgreSQL, together with other machines, until stopped."))
    @with_office
    def run(office: Office, _options: dict[str, Any]) -> None:
        click.echo(_("Working. Ctrl-C stops, after the job under way."))
        work(office, clock_of(office), lambda ticked: tell(ticked, office))
        click.echo(_("Stopped."))

    return run


def _workers() -> click.Command:
    @click.command("workers", help=_("Which processes work for this office: last heard of when, holding what."))
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        peers = _peers(office)
        if options["as_json"]:
            print_json([{**peer._asdict(), "alive": peer.alive} for peer in peers])
        elif not peers:
            click.echo(_("Nobody: kh worker on PostgreSQL, or kh run, does the work."))
        else:
            heads = _("Process"), _("Kind"), _("Since"), _("Last heard of"), _("Alive"), _("Does"), _("Messages held")
            print_table(heads, [_row(office, peer) for peer in peers])

    return run


def _peers(office: Office) -> list[Peer]:
    if not shared(office.engine):
        return []
    with reading(office.engine) as connection:
        return everybody(connection)


def _row(office: Office, peer: Peer) -> tuple[Any, ...]:
    since, heard = (local(moment, office.zone) for moment in (peer.started_at, peer.seen_at))
    return peer.name, peer.kind, since, heard, _("yes") if peer.alive else _("no"), peer.doing, peer.holds


commands: dict[str, click.Command] = {"worker": _worker(), "workers": _workers()}
