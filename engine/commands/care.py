"""doctor and backup."""

from pathlib import Path
from typing import Any

import click

from engine.clock import system_clock
from engine.commands.app import look_in, until_the_end
from engine.commands.output import print_json, print_table, working
from engine.config import Settings, load_settings
from engine.db import connect
from engine.i18n import _
from engine.reports.health import Finding, findings
from engine.service.backups import Verified, back_up, verify


def _doctor() -> click.Command:
    @click.command("doctor", help=_("Show every setting and where it comes from; say what is wrong (exit code 1)."))
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    def run(as_json: bool) -> int:
        settings = load_settings()
        found = findings(look_in(settings), system_clock())
        if as_json:
            print_json(_as_dict(settings, found))
        else:
            rows = [(name, value, _(source)) for name, value, source in settings.shown()]
            print_table((_("Setting"), _("Value"), _("Source")), rows)
            for item in found:
                verdict = _("ok") if item.ok else _("PROBLEM")
                click.echo(f"{verdict}: {item.text}")
        return int(not all(item.ok for item in found))

    return run


def _as_dict(settings: Settings, found: list[Finding]) -> dict[str, Any]:
    shown = [{"name": name, "value": value, "source": source} for name, value, source in settings.shown()]
    return {"settings": shown, "findings": [item.__dict__ for item in found]}


def _backup() -> click.Command:
    @click.command("backup", help=_("Copy the database to a new file while the office works on, and prove the copy."))
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--verify", "only_verify", is_flag=True, help=_("Only prove that FILE is a sound backup."))
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    def run(file: Path, only_verify: bool, as_json: bool) -> int:
        with working(_("Copying the database")):
            found = verify(file) if only_verify else back_up(until_the_end(connect(load_settings().database_url)), file)
        if as_json:
            print_json(found.__dict__)
        else:
            _say(found)
        return int(bool(found.problems))

    return run


def _say(found: Verified) -> None:
    for problem in found.problems:
        click.echo(_("PROBLEM") + f": {problem}")
    if not found.problems:
        counts = ", ".join(f"{name} {number}" for name, number in found.counts.items())
        click.echo(_("{file} is sound: schema {schema}; {counts}").format(
            file=found.file, schema=found.schema, counts=counts))  # fmt: skip


commands: dict[str, click.Command] = {"doctor": _doctor(), "backup": _backup()}
