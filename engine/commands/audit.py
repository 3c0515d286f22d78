"""audit: is the log as it was written, and a copy of it for an inspector."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from engine.clock import system_clock, zone
from engine.commands.app import with_office
from engine.commands.output import print_json, working, write_out
from engine.csvfile import csv_bytes
from engine.db import reading
from engine.i18n import _
from engine.office import Office
from engine.reports.plans import log_views
from engine.service.audit import anchor_of, read_anchor, verify

COLUMNS = (
    "entry", "at", "happened_at", "actor", "for", "task", "trigger", "before", "after", "doc", "reason", "data",
)  # fmt: skip


def _audit() -> click.Group:
    group = click.Group("audit", help=_("The log's seals: verify them, anchor them elsewhere, copy the log out."))
    for command in (_verify(), _anchor(), _export()):
        group.add_command(command)
    return group


def _verify() -> click.Command:
    @click.command("verify", help=_("Compute every seal again; exit code 1 where anything was changed."))
    @click.option("--anchor", type=click.Path(path_type=Path), metavar="FILE", help=_("An anchor kept elsewhere."))
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> int:
        with working(_("Reading the log")):
            found = verify(office, read_anchor(options["anchor"]) if options["anchor"] else None)
        if options["as_json"]:
            print_json({**vars(found), "ok": not found.problems})
        else:
            for problem in found.problems:
                click.echo(_("Error: {text}").format(text=problem), err=True)
            text = _("{entries} entries in {links} seals; {unsealed} not sealed yet")
            click.echo(text.format(entries=found.entries, links=found.links, unsealed=found.unsealed))
        return 1 if found.problems else 0

    return run


def _anchor() -> click.Command:
    @click.command("anchor", help=_("Seal all; the end of the chain, to be kept where nobody here can change it."))
    @click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help=_("Write to this file."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        print_json(anchor_of(office, system_clock()), options["output"])

    return run


def _export() -> click.Command:
    @click.command("export", help=_("The log as CSV, of all instances or of one."))
    @click.argument("instance", required=False)
    @click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help=_("Write to this file."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        with reading(office.engine) as connection:
            rows = log_views(office, connection, options["instance"])
        table = ([_cell(row[name], office) for name in COLUMNS] for row in rows)
        write_out(csv_bytes(COLUMNS, table), options["output"])

    return run


def _cell(value: Any, office: Office) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=value.tzinfo or UTC).astimezone(zone(office.zone)).isoformat(timespec="seconds")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


commands: dict[str, click.Command] = {"audit": _audit()}
