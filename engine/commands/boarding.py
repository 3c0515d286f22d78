"""board."""

from pathlib import Path
from typing import Any

import click

from engine import store
from engine.clock import system_clock
from engine.commands.app import moment, with_office
from engine.commands.output import write_out
from engine.db import reading
from engine.i18n import _
from engine.office import Office
from engine.reports.pages import board_page
from engine.reports.scene import Scene


def _board() -> click.Command:
    @click.command("board", help=_("A picture of how plans stand: one page that can be sent by mail, or served live."))
    @click.argument("instances", nargs=-1, metavar="[INSTANCE]...")
    @click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE.html", help=_("Write to this file."))
    @click.option("--at", metavar="ISO-TIME", help=_("As seen at this time."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        now = moment(office, options["at"], system_clock())
        with reading(office.engine) as connection:
            names = options["instances"] or [row.name for row in store.instances(connection) if row.closed_at is None]
            scenes = [Scene.of(office, connection, name, now) for name in dict.fromkeys(names)]
            text = board_page(scenes)
        write_out(text.encode(), options["output"])

    return run


commands: dict[str, click.Command] = {"board": _board()}
