"""calendar: a year's working days; loading what was announced."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from engine.clock import local_date, shown_day, system_clock
from engine.commands.app import DefaultGroup, act_of, acting, with_office
from engine.commands.output import print_json, print_table
from engine.db import reading
from engine.i18n import N_, _
from engine.office import Office
from engine.recount import DEADLINE, OPENING, Shift, Shifted
from engine.reports.calendar import special_days, warnings
from engine.reports.explain import WEEKDAYS
from engine.service.calendars import load

MANY = 12  # more units than this are counted, not named
WHAT = {DEADLINE: N_("last day"), OPENING: N_("opening")}


def _calendar() -> click.Group:
    group = DefaultGroup(
        "calendar", "year", help=_("The working calendar: a year (kh calendar 2026), or load what is announced.")
    )
    group.add_command(_year())
    group.add_command(_load())
    return group


def _year() -> click.Command:
    @click.command("year", help=_("The days of a year off or worked out of turn, and where each comes from."))
    @click.argument("year", type=int, required=False)
    @click.option("--calendar", "name", default="", metavar="NAME", help=_("The calendar that a plan names."))
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        with reading(office.engine) as connection:
            almanac = office.almanac(connection)
        year = local_date(system_clock(), office.zone).year if options["year"] is None else options["year"]
        found = special_days(almanac, year, options["name"])
        if options["as_json"]:
            print_json([
                {"day": item.day, "works": item.works, "name": item.name, "source": item.source} for item in found
            ])  # fmt: skip
        else:
            print_table((_("Day"), _("Weekday"), "", _("Name"), _("Source")), [
                (shown_day(item.day), _(WEEKDAYS[item.day.weekday()]), _("works") if item.works else _("off"),
                 item.name, item.source) for item in found
            ])  # fmt: skip
        for text in warnings(almanac, year):
            click.echo(_("warning: {problem}").format(problem=text), err=True)

    return run


def _load() -> click.Command:
    @click.command("load", help=_("Take in a file of announced days; what is counted in working days moves with them."))
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    @acting
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        dry_run, as_json = options.pop("dry_run"), options.pop("as_json")
        found = load(office, options.pop("file"), act_of(office, options), dry_run=dry_run)
        if as_json:
            print_json({"days": [_as_dict(day) for day in found.days], "moved": [_moved(one) for one in found.shifted]})
            return
        print_table((_("Task"), _("What moves"), _("From"), _("To")), [
            (task, _(WHAT[what]) if what in WHAT else what, shown_day(old), shown_day(new))
            for task, (what, old, new) in _grouped(found.shifted)
        ])  # fmt: skip
        text = (
            _("days that would be announced: {days}; tasks that would move: {tasks}")
            if dry_run
            else _("days announced: {days}; tasks moved: {tasks}")
        )
        click.echo(text.format(days=len(found.days), tasks=len(found.shifted)))

    return run


def _grouped(shifted: list[Shifted]) -> Iterator[tuple[str, Shift]]:
    """What moves, tasks of one stage that move alike in one line."""
    groups: dict[tuple[str, Shift], list[str]] = {}
    for one in shifted:
        stage, _slash, unit = one.task.rpartition("/")
        for shift in one.shifts:
            groups.setdefault((stage, shift), []).append(unit)
    for (stage, shift), units in groups.items():
        if len(units) > MANY:
            yield _("{stage}/… ({n} tasks)").format(stage=stage, n=len(units)), shift
        else:
            yield f"{stage}/" + (units[0] if len(units) == 1 else "{" + ",".join(units) + "}"), shift


def _as_dict(day: Any) -> dict[str, Any]:
    return {**{name: word or None for name, word in day.scope._asdict().items()}, "day": day.day, "works": day.works,
            "source": day.source}  # fmt: skip


def _moved(one: Shifted) -> dict[str, Any]:
    return {"task": one.task, "moved": [{"what": what, "from": old, "to": new} for what, old, new in one.shifts]}


commands: dict[str, click.Command] = {"calendar": _calendar()}
