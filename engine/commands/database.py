"""db: the schema of the store."""

import click

from engine.clock import system_clock
from engine.commands.app import until_the_end
from engine.config import load_settings
from engine.db import bring_up_to_date, connect, head_version, usable_version
from engine.i18n import _
from engine.service.copying import copy


def _upgrade() -> click.Command:
    @click.command("upgrade", help=_("Bring the database's schema up to date (take a backup first)."))
    @click.option("--dry-run", is_flag=True, help=_("Show what would change; change nothing."))
    def run(dry_run: bool) -> None:
        engine = until_the_end(connect(load_settings().database_url))
        before, known = usable_version(engine), head_version()
        if before == known:
            click.echo(_("The schema is up to date: {version}").format(version=known))
            return
        if not dry_run:
            bring_up_to_date(engine)
        click.echo(_("schema {before} → {after}").format(before=before or "–", after=known))

    return run


def _copy() -> click.Command:
    @click.command("copy", help=_("Copy an office into an empty database: from an SQLite file to PostgreSQL, or back."))
    @click.argument("source", metavar="FROM")
    @click.argument("target", metavar="TO")
    def run(source: str, target: str) -> None:
        copied = copy(source, target, load_settings(), system_clock())
        for name, number in sorted(copied.counts.items()):
            if number:
                click.echo(f"{name}: {number}")
        click.echo(_("Copied: {rows} rows, {files} files; the log's seals hold.").format(
            rows=sum(copied.counts.values()), files=copied.files))  # fmt: skip

    return run


def _db() -> click.Group:
    group = click.Group("db", help=_("The database and its schema."))
    group.add_command(_upgrade())
    group.add_command(_copy())
    return group


commands: dict[str, click.Command] = {"db": _db()}
