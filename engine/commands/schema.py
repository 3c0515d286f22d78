"""schema."""

from pathlib import Path

import click

from engine.commands.output import print_json
from engine.errors import BadValue
from engine.i18n import _
from engine.plan.directory import Directory
from engine.plan.model import Plan
from engine.plan.schema import json_schema, save


def _schema() -> click.Command:
    @click.command("schema", help=_("Print the JSON Schema of a plan, in the language in force (--lang)."))
    @click.option("--directory", is_flag=True, help=_("That of a directory instead."))
    @click.option(
        "--save", "folder", metavar="FOLDER", help=_("Write both where editors look: beside the plans of a folder.")
    )
    def run(directory: bool, folder: str | None) -> None:
        if folder is None:
            print_json(json_schema(Directory if directory else Plan))
        elif directory:
            raise click.UsageError(_("--save writes both schemas: leave --directory away"))
        elif not Path(folder).is_dir():
            raise BadValue(_("{path} is not a folder").format(path=folder))
        else:
            for path in save(Path(folder)):
                click.echo(path)

    return run


commands: dict[str, click.Command] = {"schema": _schema()}
