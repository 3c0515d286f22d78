"""schema."""

from pathlib import Path

import click

from engine.commands.output import print_json
from engine.errors import BadValue
from engine.i18n import _
from engine.plan.schema import KINDS, json_schema, save


def _schema() -> click.Command:
    @click.command("schema", help=_("Print the JSON Schema of a plan, in the language in force (--lang)."))
    @click.option("--directory", "kind", flag_value="directory", help=_("That of a directory instead."))
    @click.option("--calendar", "kind", flag_value="calendar", help=_("That of a file of announced days instead."))
    @click.option(
        "--save", "folder", metavar="FOLDER", help=_("Write all where editors look: beside the plans of a folder.")
    )
    def run(kind: str | None, folder: str | None) -> None:
        if folder is None:
            print_json(json_schema(KINDS[kind or "plan"]))
        elif kind:
            raise click.UsageError(_("--save writes all schemas: leave --directory and --calendar away"))
        elif not Path(folder).is_dir():
            raise BadValue(_("{path} is not a folder").format(path=folder))
        else:
            for path in save(Path(folder)):
                click.echo(path)

    return run


commands: dict[str, click.Command] = {"schema": _schema()}
