"""explain: light on imports, for it is asked a hundred times a day."""

import click

from engine.calendar import Calendar
from engine.clock import local_date, read_day, system_clock
from engine.commands.output import print_json
from engine.deadlines import explain, read
from engine.i18n import _
from engine.reports.explain import Explained, in_words, plan_in_words


def _explain() -> click.Command:
    @click.command("explain", help=_("Say what a deadline phrase means, or every phrase of a plan file."))
    @click.argument("phrase", metavar="PHRASE|FILE")
    @click.option("--issued", metavar="DAY", help=_("The plan's issue date (default: today)."))
    @click.option("--until", metavar="DAY", help=_("List the dates of a recurring phrase up to this day."))
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    def run(phrase: str, issued: str | None, until: str | None, as_json: bool) -> None:
        if phrase.endswith((".yaml", ".yml")):
            _explain_plan(phrase, as_json)
            return
        found = read(phrase, issued=read_day(issued) if issued else local_date(system_clock()))
        calendar = Calendar()
        if as_json:
            print_json(explain(found, calendar))
        else:
            _say(in_words(found, calendar, read_day(until) if until else None))

    return run


def _explain_plan(name: str, as_json: bool) -> None:
    from engine.errors import PlanError
    from engine.plan.files import find_plan
    from engine.plan.loader import load_plan

    source = load_plan(find_plan(name))
    if source.plan is None or source.directory is None or source.broken:
        raise PlanError(source.problems)
    blueprint = source.blueprint
    calendar = source.almanac.of(blueprint.calendar_name)
    rows = plan_in_words(blueprint, calendar)
    if as_json:
        print_json([
            {"stage": stage, "key": key, **explain(blueprint.read_phrase(found.phrase), calendar),
             "sentence": found.sentence, "days": list(found.days)} for stage, key, found in rows
        ])  # fmt: skip
        return
    for stage, key, found in rows:
        click.echo(f"{stage} · {key}")
        _say(found)


def _say(found: Explained) -> None:
    click.echo(f"  “{found.phrase}”: {found.sentence}")
    for text in found.days:
        click.echo("    " + _("last good day: {day}").format(day=text))
    for text in found.inferred:
        click.echo("    " + _("inferred: {text}").format(text=text))
    for warning in found.warnings:
        click.echo("    " + _("warning: {problem}").format(problem=warning))


commands: dict[str, click.Command] = {"explain": _explain()}
