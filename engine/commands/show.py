"""show: a plan or a task with all its facts."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from engine.clock import system_clock
from engine.commands.app import moment, viewing, with_office
from engine.commands.log import print_story
from engine.commands.output import print_facts, print_json, print_table
from engine.db import reading
from engine.i18n import _
from engine.office import Office
from engine.reports.facts import plan_facts, task_facts
from engine.reports.graph import instance_graph
from engine.reports.plans import find_task, plan_view, task_view
from engine.service.handing_in import save_files


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
            if options["as_json"]:
                one = "/" in selector
                print_json(
                    task_view(office, connection, selector, now) if one else plan_view(office, connection, selector)
                )
            elif "/" in selector:
                _print_task(office, connection, selector, now)
            else:
                _print_plan(office, connection, selector, now)

    return run


def _print_task(office: Office, connection: Connection, selector: str, now: datetime) -> None:
    task = find_task(office, connection, selector, now)
    print_facts(task_facts(office, connection, task, now))
    click.echo("")
    print_story(office, connection, [task])


def _print_plan(office: Office, connection: Connection, name: str, now: datetime) -> None:
    print_facts(plan_facts(office, connection, office.instance(connection, name)))
    click.echo("")
    stages = instance_graph(office, connection, name, now).nodes
    headings = (_("Stage"), _("Duty"), _("Responsible"), _("Deadline"), _("Standing"))
    print_table(headings, [(node.stage, node.name, node.who, node.when, node.standing) for node in stages])


commands: dict[str, click.Command] = {"show": _show()}
