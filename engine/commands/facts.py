"""fix-date, answer, note."""

from typing import Any

import click

from engine.clock import read_day
from engine.commands.app import act_of, acting, selecting, selection_of, with_office
from engine.commands.output import day, say_dry
from engine.i18n import _, counted
from engine.office import Office
from engine.service.facts import answer, fix_date, note


def _fix_date() -> click.Command:
    @click.command("fix-date", help=_("Fix the day of tasks whose date is approximate or open: SELECTOR... DAY."))
    @selecting
    @acting
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        dry_run = options.pop("dry_run")
        *selectors, last = options["selectors"]
        if not selectors:
            raise click.UsageError(_("fix-date takes a selector and a day: kh fix-date X/hoi-nghi 2020-04-24"))
        options["selectors"] = tuple(selectors)
        act, selection = act_of(office, options), selection_of(options)
        for item in fix_date(office, selection, read_day(last), act, dry_run=dry_run):
            text = (
                _("{task}: fixed on {day}") if item.postponed_from is None else _("{task}: moved from {old} to {day}")
            )
            click.echo(text.format(task=item.task, day=day(item.day), old=day(item.postponed_from)))
        say_dry(dry_run)

    return run


def _answer() -> click.Command:
    @click.command("answer", help=_("Record what was decided on an open question of the plan."))
    @click.argument("instance")
    @click.argument("question")
    @click.argument("text")
    @acting
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        instance, question, text = options.pop("instance"), options.pop("question"), options.pop("text")
        dry_run = options.pop("dry_run")
        answer(office, instance, question, text, act_of(office, options), dry_run=dry_run)
        click.echo(_("Answer to {question} recorded.").format(question=question))
        say_dry(dry_run)

    return run


def _note() -> click.Command:
    @click.command("note", help=_("Record a call, a promise or anything else about tasks: SELECTOR... TEXT."))
    @selecting
    @click.option("--quiet-until", metavar="DAY", help=_("Do not chase these tasks before the end of this day."))
    @click.option("--by", default="phone", show_default=True, metavar="HOW", help=_("How: phone, e-mail, visit …"))
    @acting
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        dry_run, by, quiet = options.pop("dry_run"), options.pop("by"), options.pop("quiet_until")
        *selectors, text = options["selectors"]
        if not selectors:
            raise click.UsageError(_('note takes a selector and a text: kh note X/bao-cao/tp-a "…"'))
        options["selectors"] = tuple(selectors)
        act, selection = act_of(office, options), selection_of(options)
        quiet_until = read_day(quiet) if quiet else None
        tasks = note(office, selection, text, by, act, quiet_until=quiet_until, dry_run=dry_run)
        click.echo(counted("Noted on {n} task.", "Noted on {n} tasks.", len(tasks)))
        say_dry(dry_run)

    return run


commands: dict[str, click.Command] = {
    "fix-date": _fix_date(), "answer": _answer(), "note": _note(),
}  # fmt: skip
