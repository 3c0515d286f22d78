"""new: asks for what a plan is called and writes it out; every question is an option too."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from engine.clock import local_date, read_day, system_clock
from engine.errors import BadValue, Conflict, KhError, NotFound
from engine.i18n import N_, _, language
from engine.service.draft import KINDS, Draft, Order, bare, draft, suggested_id

KIND_LABELS = {
    "summary": N_("summary (tổng kết)"),
    "mid-term": N_("mid-term review (giữa kỳ)"),
    "interim": N_("interim review (sơ kết)"),
    "emulation": N_("emulation movement (thi đua)"),
    "other": N_("other"),
}


def _new() -> click.Command:
    @click.command("new", help=_("Write a new plan with comments, by its kind or from a list of duties."))
    @click.argument("file", required=False, type=Path, metavar="[FILE]")
    @click.option("-o", "--output", type=Path, metavar="FILE", help=_("Where to write it (as FILE; default: ID.yaml)."))
    @click.option("--title", metavar="TEXT", help=_("What the plan is called."))
    @click.option("--number", metavar="NUMBER", help=_("Its number, such as 58/KH-UBND; empty where it has none."))
    @click.option("--date", "day", metavar="DAY", help=_("The day it was issued, such as 2020-03-04."))
    @click.option("--province", metavar="NAME", help=_("The province, such as Đồng Tháp."))
    @click.option("--kind", type=click.Choice(list(KINDS)), help=_("The kind of plan."))
    @click.option("--lang", "tongue", type=click.Choice(["vi", "en"]), help=_("Its language and that of its comments."))
    @click.option("--id", "name", metavar="ID", help=_("The plan's id (default: province, year and kind)."))
    @click.option("--coordinator", metavar="NAME", help=_("The department that coordinates."))
    @click.option("--directory", type=Path, metavar="FILE", help=_("A directory of units (default: the usual ones)."))
    @click.option(
        "--from-table", "duties", type=Path, metavar="FILE.csv|.xlsx",
        help=_("Make the stages of a list: unit, task, deadline, output, recipient, clause."),
    )  # fmt: skip
    @click.option("--dry-run", is_flag=True, help=_("Print the plan; write nothing."))
    def run(file: Path | None, output: Path | None, dry_run: bool, **said: Any) -> None:
        if file and output:
            raise click.UsageError(_("give the file once: FILE or --output"))
        order = _order(file or output, may_exist=dry_run, **said)
        found = draft(order)
        _report(found)
        if dry_run:
            click.echo(found.text, nl=False)
            return
        _write(order.path, found.text)
        text = _("{path}: {n} stages. Edit it, then: kh check {path}; kh graph {path}; kh start {path}")
        click.echo(text.format(path=order.path, n=found.stages))

    return run


def _order(
    path: Path | None, *, may_exist: bool, title: str | None, number: str | None, day: str | None, province: str | None,
    kind: str | None, tongue: str | None, name: str | None, directory: Path | None, **rest: Any,
) -> Order:  # fmt: skip
    """Asks for what was not said."""
    if path and not may_exist:
        _refuse_taken(path)
    title = _ask(_("Title"), title, _something)
    number = _ask(_("Number (empty where it has none)"), number, str, default="")
    today = local_date(system_clock()).isoformat()
    issued = _ask(_("Issued on"), day, read_day, default=today)
    province = _ask(_("Province"), province, _something)
    if kind is None:
        click.echo("\n".join(f"  {word:10}{_(label)}" for word, label in KIND_LABELS.items()), err=True)
        kind = _ask(_("Kind"), None, _kind, default="other")
    name = name or suggested_id(province, issued, kind)
    path = path or Path(f"{name}.yaml")
    if not may_exist:
        _refuse_taken(path)
    beside = path.parent / "directories" / f"{bare(province)}.yaml"
    return Order(
        id=name, kind=kind, title=title, number=number, issued=issued, province=province, path=path,
        language=tongue or language(), directory=directory or (beside if beside.is_file() else None), **rest,
    )  # fmt: skip


def _ask(question: str, said: str | None, read: Callable[[str], Any], default: str | None = None) -> Any:
    """The answer given as an option; else asked for at the terminal, or read from what is piped in."""

    def tried(text: str) -> Any:
        try:
            return read(text)
        except KhError as error:
            raise click.UsageError(str(error)) from error  # click asks again

    if said is not None:
        return read(said)
    try:
        return click.prompt(question, default=default, value_proc=tried, show_default=bool(default), err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        if default is None:
            text = _("no answer to “{question}”: give it as an option")
            raise click.UsageError(text.format(question=question)) from None
        return read(default)


def _something(text: str) -> str:
    if not text.strip():
        raise BadValue(_("it must not be blank"))
    return text


def _kind(text: str) -> str:
    if text not in KINDS:
        raise NotFound(_("kind"), text, KINDS)
    return text


def _refuse_taken(path: Path) -> None:
    if os.path.lexists(path):
        raise Conflict(_("{path} is there already and is not overwritten: name another file").format(path=path))


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:  # since we looked
        _refuse_taken(path)
        raise


def _report(found: Draft) -> None:
    """What the author should look at, on stderr."""
    for duty in found.duties.rows:
        for problem in duty.problems:
            click.echo(_("row {n} is kept as a comment: {problem}").format(n=duty.row, problem=problem), err=True)
    for heading in found.duties.ignored:
        click.echo(_("column ignored: {heading}").format(heading=heading), err=True)
    for finding in found.findings:
        if finding.severity == "warning":
            click.echo(_("warning: {problem}").format(problem=finding), err=True)


commands: dict[str, click.Command] = {"new": _new()}
