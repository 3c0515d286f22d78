"""doctor."""

from typing import Any

import click

from engine.clock import system_clock
from engine.commands.app import open_office
from engine.commands.output import print_json, print_table
from engine.config import load_settings
from engine.i18n import _
from engine.reports.health import findings


def _doctor() -> click.Command:
    @click.command("doctor", help=_("Show every setting and where it comes from; say what is wrong (exit code 1)."))
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    def run(as_json: bool) -> int:
        settings = load_settings()
        office = open_office(settings)
        found = findings(office, system_clock())
        if as_json:
            print_json(
                {
                    "settings": [
                        {"name": name, "value": value, "source": source} for name, value, source in settings.shown()
                    ],
                    "findings": [item.__dict__ for item in found],
                }
            )
        else:
            rows: list[tuple[Any, ...]] = list(settings.shown())
            print_table((_("Setting"), _("Value"), _("Source")), rows)
            for item in found:
                verdict = _("ok") if item.ok else _("PROBLEM")
                click.echo(f"{verdict}: {item.text}")
        return int(not all(item.ok for item in found))

    return run


commands: dict[str, click.Command] = {"doctor": _doctor()}
