"""start, list, status, tasks, show."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import click

from engine.clock import local_date, shown_day, system_clock
from engine.commands.app import act_of, acting, moment, selecting, selection_of, viewing, with_office
from engine.commands.output import console, day, local, print_json, print_table
from engine.db import reading
from engine.i18n import _
from engine.office import Office
from engine.plan.files import find_plan
from engine.reports.plans import find_task, instance_views, plan_view, task_view
from engine.reports.standing import status_view
from engine.reports.tasks import task_views
from engine.service.handing_in import save_files
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


def _status() -> click.Command:
    @click.command("status", help=_("How a plan stands: the four cells, each stage, what is missing, open questions."))
    @click.argument("instance")
    @viewing
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        now = moment(office, options["at"], system_clock())
        with reading(office.engine) as connection:
            view = status_view(office, connection, options["instance"], now)
        if options["as_json"]:
            print_json(view)
        else:
            print_status(view)

    return run


def print_status(view: dict[str, Any]) -> None:
    number = view["number"] or _("no number")
    dated = day(view["date"]) + (" " + _("(inferred)") if view["date_inferred"] else "")
    console().print(f"{view['instance']} · {number} · {dated}", markup=False, style="bold")
    console().print(view["title"], markup=False)
    if view["closed_at"]:
        closed = shown_day(local_date(view["closed_at"]))
        click.echo(_("Closed on {day}: nothing is sent, nothing moves any more.").format(day=closed))
    if view["source"] == "news":
        click.echo(_("Secondary source: a news article about the plan, not the plan itself."))
    print_table(("", _("on time / in time"), _("late / overdue")), [
        (_("done"), view["done_on_time"], view["done_late"]),
        (_("open"), view["open_in_time"], view["open_overdue"]),
        (_("no date yet"), view["undated"], ""),
    ])  # fmt: skip
    click.echo()
    headings = (_("Stage"), _("Done"), _("Due"), _("Missing"))
    print_table(headings, [
        ("/".join(part for part in (row["stage"], row["period"]) if part), f"{row['done']}/{row['tasks']}",
         day(row["last_day"]), _shortened(row["missing_names"]))
        for row in view["stages"]
    ])  # fmt: skip
    for text in (*_arrivals(view["stages"]), *_quotas(view["quotas"])):
        click.echo(text)
    for text in view["prohibitions"]:
        click.echo(_("Not to be done: {text}").format(text=text))
    if view["questions"]:
        click.echo()
        click.echo(_("Open questions of the plan (kh answer {instance} ID TEXT):").format(instance=view["instance"]))
        for item in view["questions"]:
            clause = f" ({item['clause']})" if item["clause"] else ""
            click.echo(f"  {item['id']}{clause}: {item['text']}")


def _arrivals(stages: list[dict[str, Any]]) -> Iterator[str]:
    """Of what began to come, how much is there and what is missing; in each form, where they differ."""
    for row in stages:
        stage = "/".join(part for part in (row["stage"], row["period"]) if part)
        if 0 < row["received"] < row["active"]:
            text = _("{stage}: received {n}/{total}, still missing: {names}")
            yield text.format(stage=stage, n=row["received"], total=row["active"], names=_named(row))
        for item in row["forms"]:
            if row["received"] < item["received"] or any(row["received"] < other["received"] for other in row["forms"]):
                full = _("{stage}: received {n}/{total} by {form}")
                text = _("{stage}: received {n}/{total} by {form}, still missing: {names}") if item["missing"] else full
                form = item["form"] or "–"
                yield text.format(stage=stage, n=item["received"], total=row["active"], form=form, names=_named(item))


def _named(row: dict[str, Any]) -> str:
    return _shortened(row["missing_names"], 40)


def _quotas(quotas: dict[str, Any]) -> Iterator[str]:
    for name, view in quotas.items():
        if view["nominated"]:
            text = _("Quota {name} (collectives + individuals): {decided} of {limit} decided on, {nominated} nominated")
        else:
            text = _("Quota {name} (collectives + individuals): {decided} of {limit} decided on")
        counts = {key: "{collective}+{individual}".format(**view[key]) for key in view if isinstance(view[key], dict)}
        yield text.format(name=name, **counts)


def _shortened(names: list[str], most: int = 5) -> str:
    shown = "; ".join(names[:most])
    return shown + (" " + _("and {n} more").format(n=len(names) - most) if len(names) > most else "")


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


def _show() -> click.Command:
    @click.command("show", help=_("Show a plan (INSTANCE) or a task (its selector) with all its facts."))
    @click.argument("selector")
    @click.option("--save", metavar="FOLDER", help=_("Copy the files that were handed in for the task to this folder."))
    @viewing
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        now = moment(office, options["at"], system_clock())
        selector, into = options["selector"], options["save"]
        with reading(office.engine) as connection:
            if into is not None:
                task = find_task(office, connection, selector, now)
                for path in save_files(office, connection, task, Path(into)):
                    click.echo(_("saved: {path}").format(path=path), err=options["as_json"])
            if "/" in selector:
                view = task_view(office, connection, selector, now)
            else:
                view = plan_view(office, connection, selector)
        if options["as_json"]:
            print_json(view)
        else:
            _print_facts(view)

    return run


def _print_facts(view: Any, indent: int = 0) -> None:
    """Facts as nested lines; what is empty is left out."""
    margin = "  " * indent
    for name, value in view.items():
        if value in (None, "", [], {}, ()):
            continue
        if isinstance(value, dict):
            click.echo(f"{margin}{name}:")
            _print_facts(value, indent + 1)
        elif isinstance(value, list | tuple):
            click.echo(f"{margin}{name}:")
            for item in value:
                click.echo(f"{margin}  - " + (_one_line(item) if isinstance(item, dict) else str(item)))
        else:
            click.echo(f"{margin}{name}: {value}")


def _one_line(item: dict[str, Any]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in item.items() if value not in (None, "", [], ()))


commands: dict[str, click.Command] = {
    "start": _start(), "list": _list(), "status": _status(), "tasks": _tasks(), "show": _show(),
}  # fmt: skip
