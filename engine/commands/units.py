"""units: list, load, check, members, token."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from engine.clock import local_date, read_day, system_clock
from engine.commands.app import act_of, acting, with_office
from engine.commands.authoring import commands as authoring
from engine.commands.output import print_json, print_table, say_dry, working
from engine.i18n import _, counted
from engine.office import Office
from engine.service.members import list_units, members
from engine.service.units import give_token, load_units, only_directory, take_token


def _units() -> click.Group:
    group = click.Group("units", help=_("The register of units: names, superiors, contacts, validity, successors."))
    group.add_command(authoring["check"], "check")
    for add in (_list, _members, _load, _token):
        add(group)
    return group


def _list(group: click.Group) -> None:
    @group.command("list", help=_("List the units of a directory as the register has them."))
    @click.argument("directory", required=False)
    @click.option("--on", metavar="DAY", help=_("As of this day: names, and who exists (default: today)."))
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        _print(list_units(office, options["directory"], _day(office, options["on"])), options["as_json"])


def _members(group: click.Group) -> None:
    @group.command(
        "members", help=_("Who is in a group, or has a stage: GROUP, INSTANCE/GROUP, INSTANCE/STAGE, a level.")
    )
    @click.argument("what", metavar="GROUP|INSTANCE/STAGE")
    @click.option("--on", metavar="DAY", help=_("As of this day: names, and who exists (default: today)."))
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        _print(members(office, options["what"], _day(office, options["on"])), options["as_json"])


def _day(office: Office, text: str | None) -> date:
    return read_day(text) if text else local_date(system_clock(), office.zone)


def _print(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    headings = (_("Directory"), _("Unit"), _("Name"), _("Level"), _("Superior"), _("E-mail"), _("From"), _("Until"),
                "", _("Successors"))  # fmt: skip
    columns = ("directory", "unit", "name", "level", "parent", "email", "valid_from", "valid_to")
    print_table(headings, [
        [*(row[name] for name in columns), _standing(row), ", ".join(map(_heir, row["successors"]))] for row in rows
    ])  # fmt: skip


def _standing(row: dict[str, Any]) -> str:
    """What is to be known of a unit that does not exist on the day."""
    if row["exists"]:
        return ""
    return _("ended") if row["ended"] else _("not yet")


def _heir(item: dict[str, str]) -> str:
    return item["unit"] + (f" ({item['for']})" if "for" in item else "")


def _load(group: click.Group) -> None:
    @group.command("load", help=_("Load a corrected directory file; each changed unit is an entry."))
    @click.argument("file", type=click.Path(path_type=Path))
    @acting
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        dry_run, file = options.pop("dry_run"), options.pop("file")
        with working(_("Reading the units")):
            found = load_units(office, file, act_of(office, options), dry_run=dry_run)
        for unit in found.added:
            click.echo(_("new: {unit}").format(unit=unit))
        for unit in found.changed:
            click.echo(_("changed: {unit}").format(unit=unit))
        click.echo(
            _("new units: {added}; changed: {changed}").format(added=len(found.added), changed=len(found.changed))
        )
        if found.given_up:
            click.echo(counted(
                "{n} task of a unit that ended waits for a successor (kh transfer)",
                "{n} tasks of units that ended wait for a successor (kh transfer)", len(found.given_up),
            ))  # fmt: skip
        if found.resumed:
            click.echo(counted(
                "{n} task goes on: its unit has not ended after all",
                "{n} tasks go on: their units have not ended after all", len(found.resumed),
            ))  # fmt: skip
        say_dry(dry_run)


def _token(group: click.Group) -> None:
    @group.command("token", help=_("Give a person a secret for KH_TOKEN, shown this once."))
    @click.argument("user")
    @click.option("--directory", metavar="NAME", help=_("The directory (needed where there are several)."))
    @click.option("--revoke", is_flag=True, help=_("Take the secret back instead."))
    @acting
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        dry_run, user, revoke = options.pop("dry_run"), options.pop("user"), options.pop("revoke")
        directory = only_directory(office, options.pop("directory"))
        if revoke:
            take_token(office, directory, user, act_of(office, options), dry_run=dry_run)
            click.echo(_("{user} has no token any more").format(user=user))
        else:
            click.echo(give_token(office, directory, user, act_of(office, options), dry_run=dry_run))
        say_dry(dry_run)


commands: dict[str, click.Command] = {"units": _units()}
