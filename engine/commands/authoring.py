"""check and explain."""

from datetime import date
from pathlib import Path

import click

from engine.checks import check
from engine.commands.app import read_day
from engine.commands.output import print_json
from engine.deadlines import explain, read
from engine.errors import SEVERITIES, Problem
from engine.i18n import _
from engine.plan.files import find_plan
from engine.plan.loader import Source, load_plan

MOST_SHOWN = 200


def _check() -> click.Command:
    @click.command("check", help=_("Find every mistake in plan files; exit code 1 where there is an error."))
    @click.argument("files", nargs=-1, required=True, metavar="FILE...")
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    def run(files: tuple[str, ...], as_json: bool) -> int:
        sources = [load_plan(path) for name in files for path in _plans_of(name)]
        found = [(source, problem) for source in sources for problem in check(source)]
        if as_json:
            print_json([problem.as_dict() for _source, problem in found])
        else:
            for source, problem in found[:MOST_SHOWN]:
                _print(source, problem)
            if len(found) > MOST_SHOWN:
                click.echo(_("… and {n} more").format(n=len(found) - MOST_SHOWN))
            _print_sum(sources, [problem for _source, problem in found])
        return int(any(problem.severity == "error" for _source, problem in found))

    return run


def _plans_of(name: str) -> list[Path]:
    path = find_plan(name)
    return sorted(path.glob("*.yaml")) if path.is_dir() else [path]


def _print(source: Source, problem: Problem) -> None:
    severity = _(SEVERITIES[problem.severity])
    click.echo(f"{problem.file}:{problem.line}:{problem.column}: {severity} {problem.code}: {problem.message}")
    trees = [tree for tree in (source.tree, source.directory_tree) if tree and tree.file == problem.file]
    line = trees[0].line(problem.line) if trees else ""
    if line and len(line) <= 500:
        click.echo(f"    {line}")
        click.echo("    " + " " * (problem.column - 1) + "^")


def _print_sum(sources: list[Source], problems: list[Problem]) -> None:
    counts = {
        severity: sum(problem.severity == severity for problem in problems) for severity in ("error", "warning", "note")
    }
    text = _("{files} files: {errors} errors, {warnings} warnings, {notes} notes")
    click.echo(
        text.format(files=len(sources), errors=counts["error"], warnings=counts["warning"], notes=counts["note"])
    )


def _explain() -> click.Command:
    @click.command("explain", help=_("Say what a deadline phrase means, as read on the plan's issue date."))
    @click.argument("phrase")
    @click.option("--issued", metavar="DAY", help=_("The plan's issue date (default: today)."))
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    def run(phrase: str, issued: str | None, as_json: bool) -> None:
        found = explain(read(phrase, issued=read_day(issued) if issued else _today()))
        if as_json:
            print_json(found)
            return
        for name, value in found.items():
            if value not in (None, [], False):
                click.echo(f"{name}: {value if not isinstance(value, list) else ', '.join(map(str, value))}")

    return run


def _today() -> date:
    from engine.clock import local_date, system_clock

    return local_date(system_clock())


commands: dict[str, click.Command] = {"check": _check(), "explain": _explain()}
