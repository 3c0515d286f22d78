"""board."""

import secrets
import socket
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import click

from engine.clock import system_clock
from engine.commands.app import moment, until_the_end, with_office
from engine.commands.output import write_out
from engine.db import open_read_only, reading
from engine.i18n import _, language
from engine.office import Office, office_of
from engine.reports.pages import board_page
from engine.reports.scene import Scene, running

LOOPBACK = "127.0.0.1"
PORT = 8765


def _board() -> click.Command:
    @click.command("board", help=_("A picture of how plans stand: one page that can be sent by mail, or served live."))
    @click.argument("instances", nargs=-1, metavar="[INSTANCE]...")
    @click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE.html", help=_("Write to this file."))
    @click.option("--at", metavar="ISO-TIME", help=_("As seen at this time."))
    @click.option("--serve", is_flag=True, help=_("Show it live in a browser, read-only, behind a token."))
    @click.option("--bind", default=LOOPBACK, show_default=True, metavar="ADDRESS", help=_("The address to listen at."))
    @click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help=_("0: any free port."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        names = list(dict.fromkeys(options["instances"]))
        if options["serve"]:
            if options["output"] or options["at"]:
                raise click.UsageError(_("--serve shows what is now: without -o and --at"))
            _serve(office, names, options["bind"], options["port"])
            return
        now = moment(office, options["at"], system_clock())
        with reading(office.engine) as connection:
            names = names or running(connection)
            text = board_page([Scene.of(office, connection, name, now) for name in names])
        write_out(text.encode(), options["output"])

    return run


def _serve(office: Office, names: list[str], bind: str, port: int) -> None:
    from engine.web import Server, application

    with reading(office.engine) as connection:
        for name in names:
            office.instance(connection, name)
    given = office.settings.board_token
    token = given or secrets.token_urlsafe(32)
    looking = office_of(until_the_end(open_read_only(office.settings.database_url)), office.settings)
    app = application(Server(looking, names, token, system_clock, language()))
    with socket.create_server((bind, port), family=socket.AF_INET6 if ":" in bind else socket.AF_INET) as listening:
        host = f"[{bind}]" if ":" in bind else bind
        shown = "KH_BOARD_TOKEN" if given else token
        click.echo(f"http://{host}:{listening.getsockname()[1]}/?token={shown}")
        if not _is_loopback(bind):
            click.echo(_("Others can reach it, unencrypted: put it behind a server that speaks HTTPS."), err=True)
        _run(app, listening)


def _is_loopback(bind: str) -> bool:
    try:
        return ip_address(bind).is_loopback
    except ValueError:
        return bind == "localhost"


def _run(app: Any, listening: socket.socket) -> None:
    """Until stopped. Nothing is logged but failures: addresses hold secrets."""
    import uvicorn

    config = uvicorn.Config(app, access_log=False, log_level="error", server_header=False)
    with suppress(KeyboardInterrupt):  # raised once more when it has stopped
        uvicorn.Server(config).run(sockets=[listening])


commands: dict[str, click.Command] = {"board": _board()}
