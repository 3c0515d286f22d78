"""feed."""

from pathlib import Path
from typing import Any

import click

from engine.commands.app import with_office
from engine.commands.output import write_out
from engine.db import reading
from engine.i18n import _
from engine.office import Office
from engine.reports.feed import plan_feed


def _feed() -> click.Command:
    @click.command("feed", help=_("The dates of a plan as a calendar (iCalendar), whole or for one unit."))
    @click.argument("instance")
    @click.option("--unit", metavar="UNIT", help=_("Only what this unit or group does or attends."))
    @click.option("--todo", is_flag=True, help=_("To-dos instead of events; Outlook and Google do not show them."))
    @click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help=_("Write to this file."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        with reading(office.engine) as connection:
            content = plan_feed(office, connection, options["instance"], options["unit"], todo=options["todo"])
        write_out(content, options["output"])

    return run


commands: dict[str, click.Command] = {"feed": _feed()}
