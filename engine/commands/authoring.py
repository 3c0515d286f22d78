"""check."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from engine.checks import check
from engine.commands.findings import print_findings
from engine.commands.output import print_json
from engine.errors import Problem
from engine.i18n import _
from engine.plan.files import find_plan, yaml_files
from engine.plan.loader import Source, load
from engine.plan.tree import Tree
from engine.plan.yamltree import MAX_BYTES
from engine.reports.sarif import sarif

FORMATS = ("text", "json", "sarif")


def _check() -> click.Command:
    @click.command("check", help=_("Find every mistake in plans and directories; exit code 1 where there is an error."))
    @click.argument("files", nargs=-1, required=True, metavar="FILE|FOLDER|-...")
    @click.option("--format", "style", type=click.Choice(FORMATS), default="text", help=_("How to print the findings."))
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    @click.option("--strict", is_flag=True, help=_("Warnings count as errors."))
    def run(files: tuple[str, ...], style: str, as_json: bool, strict: bool) -> int:
        sources = [source for name in files for source in _sources(name)]
        found = _once(sources)
        problems = [problem for _source, problem in found]
        if as_json or style == "json":
            print_json([problem.as_dict() for problem in problems])
        elif style == "sarif":
            print_json(sarif(problems))
        else:
            print_findings(found, len(sources))
        counts = Counter(problem.severity for problem in problems)
        return int(bool(counts["error"] or (strict and counts["warning"])))

    return run


def _sources(name: str) -> Iterator[Source]:
    """What a file, a folder, or `-` for standard input holds."""
    if name == "-":
        yield load(Path(name), sys.stdin.buffer.read(MAX_BYTES + 1) if sys.stdin else b"")
        return
    path = find_plan(name)
    if not path.is_dir():
        yield load(path)
        return
    paths = yaml_files(path)
    yield from (load(inner, named=False) for inner in paths)
    if not paths:
        empty = Problem(name, 1, 1, "KH021", _("there is no .yaml or .yml file in this folder"))
        yield Source(path, Tree(name, ""), problems=[empty])


def _once(sources: list[Source]) -> list[tuple[Source, Problem]]:
    """Every finding once: plans share directories, and a folder holds both."""
    found: dict[tuple[object, ...], tuple[Source, Problem]] = {}
    for source in sources:
        for problem in check(source):
            key = (os.path.realpath(problem.file), problem.line, problem.column, problem.code, problem.message)
            found.setdefault(key, (source, problem))
    return list(found.values())


commands: dict[str, click.Command] = {"check": _check()}
