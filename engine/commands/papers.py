"""letter and feed: what leaves as a file."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from engine.clock import read_day, system_clock
from engine.commands.app import moment, selecting, selection_of, with_office
from engine.commands.output import write_out
from engine.db import reading
from engine.i18n import _, counted
from engine.letters import KINDS
from engine.office import Office
from engine.reports.feed import plan_feed
from engine.reports.letters import letter_about
from engine.service.select import Selection, select_some
from engine.states import OPEN

ABOUT_THE_LATE = ("cv", "bc")


def _letter() -> click.Command:
    kinds = ", ".join(f"{kind}: {_(text)}" for kind, (_template, text) in KINDS.items())

    @click.command("letter", help=_("Write an official letter about tasks, in the layout of Decree 30/2020/NĐ-CP."))
    @selecting
    @click.option(
        "--kind",
        type=click.Choice(list(KINDS)),
        default="cv",
        show_default=True,
        help=_("{kinds}. cv and bc take the late tasks unless --state or --due-within says which.").format(kinds=kinds),
    )
    @click.option("--date", "asked", metavar="DAY", help=_("The new day it sets; left open where none is given."))
    @click.option("--at", metavar="ISO-TIME", help=_("As seen at this time."))
    @click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE.docx", help=_("Write to this file."))
    @click.option("--dry-run", is_flag=True, help=_("Print the text; write no file."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        output, dry_run, kind = options.pop("output"), options.pop("dry_run"), options.pop("kind")
        if output is None and not dry_run:
            raise click.UsageError(_("where to? -o FILE.docx, or --dry-run to read it here"))
        now, asked = moment(office, options.pop("at"), system_clock()), options.pop("asked")
        chosen = selection_of(options)
        with reading(office.engine) as connection:
            tasks = select_some(office, connection, _meant(kind, chosen), now)
            letter = letter_about(office, connection, tasks, kind, now, read_day(asked) if asked else None)
        if dry_run:
            click.echo(letter.text, nl=False)
        else:
            write_out(letter.docx(), output)
            n = len(letter.parts["rows"])
            done = counted(
                "{file}: a draft about {n} task; number, date and signature stay open",
                "{file}: a draft about {n} tasks; number, date and signature stay open", n, file=output,
            )  # fmt: skip
            click.echo(done)

    return run


def _meant(kind: str, chosen: Selection) -> Selection:
    """Letters that chase speak of the late tasks, all others of the open ones, unless the user says which."""
    if chosen.states or chosen.due_within is not None:
        return chosen
    if kind in ABOUT_THE_LATE:
        return replace(chosen, overdue=True)
    return replace(chosen, states=sorted(OPEN))


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


commands: dict[str, click.Command] = {"letter": _letter(), "feed": _feed()}
