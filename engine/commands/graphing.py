"""graph."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine import store
from engine.clock import system_clock
from engine.commands.app import moment, open_office
from engine.commands.output import console
from engine.db import reading
from engine.errors import BadValue, NotFound
from engine.i18n import _
from engine.plan.files import find_plan, shipped_plans
from engine.reports.drawings import dot, mermaid, svg
from engine.reports.graph import LOOKS, Graph, Node, instance_graph, plan_graph
from engine.service.start import load_sound

if TYPE_CHECKING:
    from rich.text import Text

SIGNS = {"task": "●", "event": "◆", "ongoing": "∞", "prohibition": "⊘"}


def tree(graph: Graph) -> str:
    """Each stage once, under the last thing it waits for; in colour where the output is a terminal."""
    from rich.tree import Tree

    parents = graph.parents()
    followers: dict[str | None, list[Node]] = {}
    for node in graph.nodes:
        followers.setdefault(parents[node.stage], []).append(node)

    def grow(branch: Tree, stage: str | None) -> Tree:
        for node in followers.get(stage, ()):
            grow(branch.add(_entry(node, graph)), node.stage)
        return branch

    out = console()
    with out.capture() as captured:
        out.print(grow(Tree(graph.title, guide_style="dim"), None), markup=False)
    return captured.get()


def _entry(node: Node, graph: Graph) -> "Text":
    from rich.text import Text

    colour = LOOKS[node.progress.state].colour if node.progress else "default"
    entry = Text(f"{SIGNS[node.kind]} {node.name}", style=f"bold {colour}").append(f" ({node.stage})", style="not bold")
    edges = graph.leading(node.stage)
    waits = [f"{edge.source} ({edge.label})" if edge.label else edge.source for edge in edges if edge.how != "date"]
    dates = [edge.source for edge in edges if edge.how == "date"]
    lines = [
        " · ".join(node.lines),
        _("after: {stages}").format(stages="; ".join(waits)) if waits else "",
        _("date from: {stages}").format(stages="; ".join(dates)) if dates else "",
    ]
    return entry.append("".join(f"\n  {line}" for line in lines if line), style=f"not bold {colour}")


# A format: what draws it, and the endings of files that hold it.
FORMATS: dict[str, tuple[Callable[[Graph], str], tuple[str, ...]]] = {
    "tree": (tree, (".txt",)),
    "mermaid": (mermaid, (".mmd", ".mermaid")),
    "dot": (dot, (".dot", ".gv")),
    "svg": (svg, (".svg",)),
}


def _graph() -> click.Command:
    @click.command("graph", help=_("Draw the stages of a plan and their order; of an instance, also how each stands."))
    @click.argument("name", metavar="FILE|INSTANCE")
    @click.option("--format", "form", type=click.Choice(list(FORMATS)), help=_("By default a tree, or as FILE ends."))
    @click.option("-o", "--output", metavar="FILE", type=Path, help=_("Write to a file."))
    @click.option("--at", metavar="ISO-TIME", help=_("An instance as seen at this time."))
    def run(name: str, form: str | None, output: Path | None, at: str | None) -> None:
        draw, _endings = FORMATS[form or _format_of(output)]
        text = draw(_find(name, at))
        if output is None:
            click.echo(text, nl=False)
        else:
            output.write_text(click.unstyle(text), encoding="utf-8")

    return run


def _format_of(output: Path | None) -> str:
    if output is None:
        return "tree"
    for form, (_draw, endings) in FORMATS.items():
        if output.suffix.lower() in endings:
            return form
    raise BadValue(_("{path}: which --format? one of {formats}").format(path=output, formats=", ".join(FORMATS)))


def _find(name: str, at: str | None) -> Graph:
    """The instance of that name, else the plan."""
    path = Path(name)
    if not path.is_file() and path.suffix not in (".yaml", ".yml"):
        office = open_office()
        with reading(office.engine) as connection:
            started = [row.name for row in store.instances(connection)]
            if name in started:
                return instance_graph(office, connection, name, moment(office, at, system_clock()))
        shipped = shipped_plans()
        if name not in shipped:
            raise NotFound(_("plan or instance"), name, [*started, *shipped])
        path = find_plan(name)
    if at is not None:
        raise BadValue(_("--at is for an instance; {path} is a plan").format(path=path))
    source, _findings = load_sound(path)
    assert source.directory is not None
    return plan_graph(source.blueprint, source.directory, source.almanac.of(source.blueprint.calendar_name))


commands: dict[str, click.Command] = {"graph": _graph()}
