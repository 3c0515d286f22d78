"""report."""

from pathlib import Path
from typing import Any

import click

from engine.clock import system_clock
from engine.commands.app import moment, viewing, with_office
from engine.commands.output import print_json, print_table, write_out
from engine.db import reading
from engine.errors import BadValue
from engine.i18n import _
from engine.office import Office
from engine.plan.directory import LEVEL_LABELS
from engine.reports.forms import FORMS
from engine.reports.kinds import KINDS, made
from engine.reports.sheet import Report


def _report() -> click.Command:
    kinds = "; ".join(f"{kind}: {_(text)}" for kind, (_make, text) in KINDS.items())
    endings = ", ".join(f".{form}" for form in FORMS)

    @click.command("report", help=_("A report to be filed. {kinds}.").format(kinds=kinds))
    @click.argument("kind", type=click.Choice(list(KINDS)))
    @click.argument("instances", nargs=-1, metavar="[INSTANCE]...")
    @click.option(
        "--period",
        metavar="PERIOD",
        help=_("2020-03, 2020-Q1, 2020-H1, 2020 by their data-closing days (Decree 09/2019/NĐ-CP), or as of a day."),
    )
    @click.option("--unit", "units", multiple=True, metavar="UNIT", help=_("Only this unit or group."))
    @click.option(
        "--level",
        "levels",
        multiple=True,
        metavar="LEVEL",
        help=_("Only this level: {levels}.").format(levels=", ".join(LEVEL_LABELS)),
    )
    @click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=_("Write to this file, in the form its name ends with: {endings}.").format(endings=endings),
    )
    @click.option(
        "--format", "form", type=click.Choice(["table", *FORMS]), help=_("By default a table, or as FILE ends.")
    )
    @viewing
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        report = _made(office, options)
        form = options["form"] or _form_of(options["output"])
        if options["as_json"]:
            print_json(report.plain(), options["output"])
        elif form == "table":
            _print(report)
        else:
            write_out(FORMS[form](report), options["output"])

    return run


def _made(office: Office, options: dict[str, Any]) -> Report:
    now = moment(office, options["at"], system_clock())
    narrowed = {name: options[name] for name in ("period", "units", "levels")}
    with reading(office.engine) as connection:
        return made(office, connection, options["kind"], options["instances"], now, **narrowed)


def _form_of(output: Path | None) -> str:
    if output is None:
        return "table"
    form = output.suffix.lower().removeprefix(".")
    if form not in FORMS:
        raise BadValue(_("{path}: which --format? one of {formats}").format(path=output, formats=", ".join(FORMS)))
    return form


def _print(report: Report) -> None:
    for line in (report.title, report.subtitle, *report.lines):
        click.secho(line, bold=line == report.title)
    for sheet in report.sheets:
        click.echo()
        if len(report.sheets) > 1:
            click.secho(sheet.name, bold=True)
        if not sheet.rows:
            click.echo(sheet.empty)
            continue
        headings = [column.heading for column in sheet.columns]
        print_table(headings, [sheet.printed(row, report.zone) for row in sheet.every_row])
    for note in report.notes:
        click.echo(f"\n{note}")


commands: dict[str, click.Command] = {"report": _report()}
