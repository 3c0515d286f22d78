"""check."""

from pathlib import Path

import click

from engine.checks import check
from engine.commands.output import print_json
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


commands: dict[str, click.Command] = {"check": _check()}
