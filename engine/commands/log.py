"""log: who did what, who was told what, and a task's story."""

from collections.abc import Iterable
from typing import Any

import click
from sqlalchemy import Connection

from engine import store
from engine.clock import system_clock
from engine.commands.app import with_office
from engine.commands.output import local, print_json, print_table
from engine.db import reading
from engine.i18n import _
from engine.office import Office
from engine.reports.plans import entry_view
from engine.reports.story import story
from engine.reports.told import told_views
from engine.rows import TaskRow
from engine.service.select import Selection, select
from engine.states import state_label


def _log() -> click.Command:
    @click.command("log", help=_("The audit log of an instance or a task; --told: who was told what, when, why."))
    @click.argument("selector", required=False)
    @click.option("--task", metavar="SELECTOR", help=_("The story of one task."))
    @click.option("--told", is_flag=True, help=_("The notices sent, with their text."))
    @click.option("--unit", metavar="UNIT", help=_("Only what concerns this unit."))
    @click.option("--last", type=click.IntRange(1, 10**9), metavar="N", help=_("Only the last N lines."))
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        selector = options["task"] or options["selector"]
        with reading(office.engine) as connection:
            if options["task"] and not options["told"] and not options["as_json"]:
                print_story(office, connection, select(office, connection, Selection([selector]), system_clock()))
                return
            if options["told"]:
                told = told_views(office, connection, selector, options["unit"])
            else:
                rows = _entries(office, connection, selector, options)
        if options["told"]:
            _print_told(told, office, options["as_json"])
        else:
            _print_log(rows, office, options["as_json"])

    return run


def _entries(office: Office, connection: Any, selector: str | None, options: dict[str, Any]) -> list[dict[str, Any]]:
    conditions: list[Any] = []
    if selector and "/" in selector:
        tasks = select(office, connection, Selection([selector]), system_clock())
        conditions.append(store.ENTRY.c.task_id.in_([task.id for task in tasks]))
    elif selector:
        conditions.append(store.ENTRY.c.instance_id == office.instance(connection, selector).id)
    if options["unit"]:
        conditions.append(store.TASK.c.unit == options["unit"])
    return [entry_view(row) for row in store.entries(connection, *conditions, limit=options["last"])]


def print_story(office: Office, connection: Connection, tasks: Iterable[TaskRow]) -> None:
    """What happened to each of the tasks, in sentences."""
    for task in tasks:
        click.echo(task.selector)
        for item in story(office, connection, task):
            number = f" [{item['entry']}]" if item["entry"] else ""
            click.echo(f"  {local(item['at'], office.zone)}  {item['who']}: {item['text']}{number}")


def _print_told(rows: list[dict[str, Any]], office: Office, as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{local(row['at'], office.zone)}  {row['recipient']}  {row['message_id']}")
        click.echo(f"{row['subject']}\n{row['text']}\n{'-' * 72}")


def _print_log(rows: list[dict[str, Any]], office: Office, as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    headings = (
        _("No."),
        _("Happened"),
        _("Who"),
        _("What"),
        _("Task"),
        _("Before"),
        _("After"),
        _("Paper"),
        _("Reason"),
    )
    print_table(headings, [
        (row["entry"], local(row["happened_at"], office.zone) + ("*" if row["backdated"] else ""),
         row["actor"], row["trigger"], row["task"], _state(row["before"]), _state(row["after"]), row["doc"],
         row["reason"] or row["data"].get("text", "")) for row in rows
    ])  # fmt: skip
    if any(row["backdated"] for row in rows):
        click.echo(_("* recorded later than it happened"))


def _state(state: str | None) -> str:
    return state_label(state) if state else ""


commands: dict[str, click.Command] = {"log": _log()}
