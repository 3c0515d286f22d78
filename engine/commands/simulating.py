"""simulate: every notice a plan will ever send, before it is started."""

from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from engine.assumptions import read_assumption
from engine.clock import local_date, read_day, shown_day, zone
from engine.commands.app import moment, with_office
from engine.commands.output import print_json, print_table, working, write_out
from engine.db import reading
from engine.deadlines import read_span
from engine.errors import PlanError
from engine.forecast import Change, Line, changes, lines, to_csv, to_ics, totals
from engine.i18n import _, first_of
from engine.ladders import label
from engine.office import Office
from engine.periods import with_period
from engine.plan.files import find_plan
from engine.plan.loader import load_plan
from engine.reports.explain import WEEKDAYS
from engine.simulate import Down, Simulated, simulate

MOST_NAMED = 3  # units of one line that are named; the rest is counted
MOST_TOTALS = 20


def _simulate() -> click.Command:
    @click.command("simulate", help=_("Every notice a plan will ever send, on paper, before it is started."))
    @click.argument("files", nargs=-1, required=True, metavar="FILE")
    @click.option(
        "--assume",
        default="none",
        show_default=True,
        metavar="HOW",
        help=_("What people do: none, on-time, late=20% or late=20%:15d."),
    )
    @click.option("--late", multiple=True, metavar="UNIT=10d", help=_("This unit hands everything in so late."))
    @click.option("--random", "seed", metavar="SEED", help=_("People act at random; the same seed gives the same."))
    @click.option("--down", metavar="A..B", help=_("The scheduler is off from day A to day B."))
    @click.option("--at", metavar="ISO-TIME", help=_("When the plan is started (default: the morning of its date)."))
    @click.option("--until", metavar="DAY", help=_("The last day looked at (default: 60 days after the plan's end)."))
    @click.option("--backdate", is_flag=True, help=_("Allow written dates before the start; nothing is sent for them."))
    @click.option(
        "--by",
        type=click.Choice(["day", "recipient"]),
        default="day",
        show_default=True,
        help=_("How to gather the notices."),
    )
    @click.option("--to", metavar="ADDRESS|UNIT", help=_("Only what this recipient gets."))
    @click.option("--diff", is_flag=True, help=_("Two files, OLD NEW: what the edit adds, drops or moves."))
    @click.option("--json", "form", flag_value="json", help=_("Print JSON."))
    @click.option("--csv", "form", flag_value="csv", help=_("Print CSV, one line per item."))
    @click.option("--ics", "form", flag_value="ics", help=_("Print a calendar (iCalendar)."))
    @click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help=_("Write to this file."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        files = options["files"]
        if len(files) != (2 if options["diff"] else 1):
            raise click.UsageError(_("one FILE, or --diff OLD NEW"))
        found = [_live(office, find_plan(name), options) for name in files]
        if options["diff"]:
            _show_changes(changes(found[0].rows, found[1].rows), options)
        else:
            _FORMS[options["form"]](office, found[0], options)

    return run  # fmt: skip


def _live(office: Office, path: Path, options: dict[str, Any]) -> Simulated:
    source = load_plan(path)
    if source.plan is None or source.directory is None:
        raise PlanError(source.problems)
    with reading(office.engine) as connection:
        announced = office.almanac(connection).days
    opening = office.calendar.opening_of(source.plan.document.date)
    with working(_("Living through the plan")):
        found = simulate(
            path, office.settings, office.calendar, announced=announced,
            assumption=read_assumption(options["assume"], options["late"], options["seed"], source.directory.units),
            at=moment(office, options["at"], opening), until=read_day(options["until"]) if options["until"] else None,
            down=Down(*read_span(options["down"])) if options["down"] else None, backdate=options["backdate"],
        )  # fmt: skip
    if options["to"]:
        found.rows[:] = [row for row in found.rows if options["to"] in (row["recipient"], *row["units"])]
    return found


def _as_json(_office: Office, found: Simulated, options: dict[str, Any]) -> None:
    print_json(found.rows, options["output"])


def _as_csv(office: Office, found: Simulated, options: dict[str, Any]) -> None:
    write_out(to_csv(found.rows, office.zone).encode("utf-8-sig" if options["output"] else "utf-8"), options["output"])


def _as_ics(office: Office, found: Simulated, options: dict[str, Any]) -> None:
    title = found.blueprint.plan.title
    write_out(to_ics(lines(found.rows), title, _namer(found), office.zone), options["output"])


def _as_text(office: Office, found: Simulated, options: dict[str, Any]) -> None:
    if options["by"] == "day":
        _by_day(office, found)
    else:
        _by_recipient(office, found)
    _sum_up(found)


_FORMS = {"json": _as_json, "csv": _as_csv, "ics": _as_ics, None: _as_text}


def _namer(found: Simulated) -> Any:
    stages = found.blueprint.plan.stages

    def name(stretch: str) -> str:
        stage, _slash, period = stretch.partition("/")
        return with_period(stages[stage].name, period)

    return name


def _by_day(office: Office, found: Simulated) -> None:
    counts = Counter(row["date"] for row in found.rows)
    cells = []
    for day, some in groupby(lines(found.rows), key=lambda line: local_date(line.at, office.zone)):
        heading = f"{_(WEEKDAYS[day.weekday()])} {shown_day(day)} ({counts[day]})"
        for line in some:
            cells.append((heading, *_cells(office, line), first_of(line.units, MOST_NAMED)))
            heading = ""
    print_table((_("Day (messages)"), *_headings(), _("To")), cells)


def _by_recipient(office: Office, found: Simulated) -> None:
    by_recipient: dict[str, list[Any]] = {item.recipient: [] for item in totals(found.rows)}
    for row in found.rows:
        by_recipient[row["recipient"]].append(row)
    cells = []
    for recipient, rows in by_recipient.items():
        heading = f"{recipient} ({len(rows)})"
        for line in lines(rows):
            cells.append((heading, shown_day(local_date(line.at, office.zone)), *_cells(office, line)))
            heading = ""
    print_table((_("Recipient (messages)"), _("Day"), *_headings()), cells)


def _headings() -> tuple[str, ...]:
    return _("Time"), _("Rung"), _("Notice"), _("Task"), _("Why")


def _cells(office: Office, line: Line) -> tuple[str, ...]:
    clock = line.at.astimezone(zone(office.zone))
    return f"{clock:%H:%M}", f"{line.severity} {line.rung}", label(line.template), line.stage, line.why


def _sum_up(found: Simulated) -> None:
    counted = totals(found.rows)
    print_table((_("Recipient"), _("Messages"), _("Items"), _("From"), _("To")), [
        (item.recipient, item.messages, item.items, shown_day(item.first), shown_day(item.last))
        for item in counted[:MOST_TOTALS]
    ])  # fmt: skip
    if len(counted) > MOST_TOTALS:
        click.echo(_("… and {n} more").format(n=len(counted) - MOST_TOTALS))
    text = _("Messages: {messages}; recipients: {recipients}; until {until}. Assumed: {assumption}.")
    click.echo(text.format(
        messages=len(found.rows), recipients=len(counted), until=shown_day(found.until),
        assumption=found.assumption.in_words(),
    ))  # fmt: skip


def _show_changes(found: list[Change], options: dict[str, Any]) -> None:
    kinds = {"added": [item for item in found if item.old is None], "dropped": [item for item in found if not item.new],
             "moved": [item for item in found if item.old and item.new]}  # fmt: skip
    if options["form"] == "json":
        print_json({kind: [vars(item) for item in some] for kind, some in kinds.items()}, options["output"])
        return
    print_table((_("Recipient"), _("Task"), _("Rung"), _("Before"), _("Now")), [
        (item.recipient, item.task, item.rung, shown_day(item.old) if item.old else "–",
         shown_day(item.new) if item.new else "–") for item in found
    ])  # fmt: skip
    text = _("{added} notices added, {dropped} dropped, {moved} moved")
    click.echo(text.format(**{kind: len(some) for kind, some in kinds.items()}))


commands: dict[str, click.Command] = {"simulate": _simulate()}
