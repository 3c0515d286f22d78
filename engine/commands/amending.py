"""amend, close: a plan changes under way, and ends."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from engine.commands.app import act_of, acting, with_office
from engine.commands.output import day, print_json, print_table, working, write_out
from engine.db import reading
from engine.i18n import _, first_of
from engine.office import Office
from engine.plan.files import find_plan
from engine.reports.archive import archive_bytes
from engine.service.adjusting import Choices
from engine.service.amend import WHAT, Amended, Change, amend, restaff
from engine.service.closing import close
from engine.service.reverting import take_back

LONGEST = 60  # characters of a value that is shown


def _amend() -> click.Command:
    @click.command("amend", help=_(
        "Bring running plans over to another version of their file: INSTANCE... FILE. Shows the difference; --apply "
        "carries it out. --add-unit, --drop-unit (at once; with --reason) are for the small cases."
    ))  # fmt: skip
    @click.argument("names", nargs=-1, required=True, metavar="INSTANCE... [FILE]")
    @click.option("--apply", is_flag=True, help=_("Carry it out."))
    @click.option("--keep-timers/--re-anchor", default=False,
                  help=_("Leave every date in force as it is, or count the dates anew (default)."))  # fmt: skip
    @click.option("--backdate", is_flag=True, help=_("Allow new dates that are over already."))
    @click.option("--add-unit", "add", multiple=True, metavar="STAGE/UNIT", help=_("A unit (or group) more."))
    @click.option("--drop-unit", "drop", multiple=True, metavar="STAGE/UNIT", help=_("A unit (or group) less."))
    @click.option("--undo", is_flag=True, help=_("Take the last amendment back; needs --reason."))
    @acting
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        as_json, apply, undo = (options.pop(name) for name in ("as_json", "apply", "undo"))
        dry_run, names = options.pop("dry_run"), options.pop("names")
        act = act_of(office, options)
        choices = Choices(options.pop("keep_timers"), options.pop("backdate"))
        if apply and dry_run:
            raise click.UsageError(_("--apply or --dry-run, not both"))
        if undo and (options["add"] or options["drop"]):
            raise click.UsageError(_("--undo stands alone"))
        if undo:
            found = take_back(office, names, act, dry_run=dry_run)
        elif options["add"] or options["drop"]:
            found = restaff(office, names, options["add"], options["drop"], act, choices, dry_run=dry_run)
        else:
            *names, file = names
            if not names:
                raise click.UsageError(_("amend takes instances and a file: kh amend X plan.yaml"))
            dry_run = not apply
            with working(_("Comparing the versions")):
                found = amend(office, names, find_plan(file), act, choices, dry_run=dry_run)
        if as_json:
            print_json([{"task": change.task, **asdict(change)} for one in found for change in one.changes])
            return
        print_amended(found, dry_run)
        if dry_run and any(one.changes for one in found):
            click.echo(_("Nothing was changed: --apply carries it out.") if not undo else _("Nothing was changed."))

    return run


def print_amended(found: Sequence[Amended], dry_run: bool) -> None:
    """One line for what is alike, stage by stage."""
    for one in found:
        if not one.changes:
            click.echo(_("{name}: nothing differs").format(name=one.instance))
            continue
        text = _("{name} would be amended:") if dry_run else _("{name} amended:")
        click.echo(text.format(name=one.instance))
        headings = (_("Stage"), _("Key or units"), _("What"), _("Before"), _("After"))
        print_table(headings, [_row(alike) for alike in _alike(one.changes)])
        for message_id in one.sent:
            click.echo(_("sent in the meantime and not to be called back: {id}").format(id=message_id))


def _alike(changes: Iterable[Change]) -> Iterable[list[Change]]:
    order = list(WHAT)

    def key(change: Change) -> tuple[Any, ...]:
        rank = order.index(change.what)
        place = change.stage, change.period
        return (place, rank, change.key, str(change.old), str(change.new))

    for _key, alike in groupby(sorted(changes, key=key), key=key):
        yield list(alike)


def _row(alike: Sequence[Change]) -> tuple[str, ...]:
    first = alike[0]
    where = "/".join(part for part in (first.stage, first.period) if part)
    who = first.key or first_of([change.unit for change in alike])
    count = f" ({len(alike)})" if len(alike) > 1 else ""
    return where, who, _(WHAT[first.what]) + count, _shown(first.old), _shown(first.new)


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, date):
        return day(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _close() -> click.Command:
    @click.command("close", help=_(
        "Close plans that are done with: nothing is sent, nothing moves any more. Where work is still owed --reason "
        "is needed. `kh undo` of the entry opens a plan again."
    ))  # fmt: skip
    @click.argument("names", nargs=-1, required=True, metavar="INSTANCE...")
    @click.option("--archive", type=click.Path(path_type=Path), metavar="FILE.zip",
                  help=_("Also write the plan, its tasks and its log into this file."))  # fmt: skip
    @acting
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        dry_run, names, archive = (options.pop(name) for name in ("dry_run", "names", "archive"))
        act = act_of(office, options)
        for one in close(office, names, act, dry_run=dry_run):
            text = _("{name} would be closed") if dry_run else _("{name} is closed")
            click.echo(text.format(name=one.instance))
            if one.left_open:
                text = _("not finished: {n} ({tasks})")
                click.echo(text.format(n=len(one.left_open), tasks=first_of(one.left_open)))
        if archive and not dry_run:
            with reading(office.engine) as connection:
                write_out(archive_bytes(office, connection, names, act.at), archive)
            click.echo(_("{path} written").format(path=archive))

    return run


commands: dict[str, click.Command] = {"amend": _amend(), "close": _close()}
