"""start, list, tasks."""

from functools import partial
from typing import Any

import click

from engine.clock import system_clock
from engine.commands.app import act_of, acting, moment, selecting, selection_of, viewing, with_office
from engine.commands.output import day, local, print_json, print_table, working
from engine.db import reading
from engine.i18n import _
from engine.office import Office
from engine.plan.files import find_plan
from engine.reports.plans import instance_views
from engine.reports.tasks import task_views
from engine.service.select import select
from engine.service.start import start
from engine.states import state_label
from engine.timeliness import label


def _start() -> click.Command:
    @click.command("start", help=_("Start a plan: a file, or the id of a shipped one."))
    @click.argument("plan")
    @click.option("--id", "name", metavar="ID", help=_("The name of the instance (default: the plan's id)."))
    @click.option("--backdate", is_flag=True, help=_("Allow written dates before the start; nothing is sent for them."))
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    @acting
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        dry_run, as_json = options.pop("dry_run"), options.pop("as_json")
        path = find_plan(options.pop("plan"))
        name, backdate = options.pop("name"), options.pop("backdate")
        act = act_of(office, options)
        with working(_("Starting the plan")):
            found = start(office, path, name, act, backdate=backdate, dry_run=dry_run)
        if as_json:
            print_json(
                {
                    "instance": found.name,
                    "tasks": found.tasks,
                    "waiting": found.waiting,
                    "findings": [item.as_dict() for item in found.findings],
                }
            )
            return
        for problem in found.findings:
            if problem.severity == "warning":
                click.echo(_("warning: {problem}").format(problem=problem), err=True)
        if found.kept_units:
            text = _("{n} units differ from the register, which stays as it is: kh units load updates it")
            click.echo(text.format(n=len(found.kept_units)), err=True)
        text = (
            _("{name}: {tasks} tasks would be made ({waiting} waiting)")
            if dry_run
            else _("{name} started: {tasks} tasks, {waiting} of them waiting. Next: kh status {name}; kh tick")
        )
        click.echo(text.format(name=found.name, tasks=found.tasks, waiting=found.waiting))

    return run


def _list() -> click.Command:
    @click.command("list", help=_("List the started plans."))
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        with reading(office.engine) as connection:
            rows = instance_views(office, connection)
        if options["as_json"]:
            print_json(rows)
            return
        headings = (_("Instance"), _("Number"), _("Plan"), _("Started"), _("Closed"), _("Tasks"), _("Done"))
        print_table(headings, [
            (row["instance"], row["number"], row["title"], local(row["started_at"], office.zone),
             local(row["closed_at"], office.zone), row["tasks"], row["done"]) for row in rows
        ])  # fmt: skip

    return run


def _tasks() -> click.Command:
    @click.command("tasks", help=_("List the tasks a selector names: INSTANCE[/STAGE[/PERIOD][/UNIT]]."))
    @partial(selecting, required=False)
    @viewing
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        now = moment(office, options.pop("at"), system_clock())
        with reading(office.engine) as connection:
            tasks = select(office, connection, selection_of(options), now)
            rows = task_views(office, connection, tasks, now)
        if options["as_json"]:
            print_json(rows)
            return
        headings = (_("Task"), _("State"), _("Clock"), _("Last day"), _("Late"), _("As written"), _("Waits for"))
        print_table(headings, [
            (row["task"], state_label(row["state"]), label(row["timeliness"]), _date_of(row),
             row["days_late"] or "", row["phrase"], ", ".join(row["waits_for"])) for row in rows
        ])  # fmt: skip

    return run


def _date_of(row: dict[str, Any]) -> str:
    if row["last_day"] is None and row["from"]:
        return f"{day(row['from'])} … {day(row['to'])}"
    marks = _("(inferred)") if row["inferred"] and row["last_day"] else _("(provisional)") if row["provisional"] else ""
    return f"{day(row['last_day'])} {marks}".strip()


commands: dict[str, click.Command] = {"start": _start(), "list": _list(), "tasks": _tasks()}
