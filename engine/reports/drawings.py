"""A graph as text for drawing programs: Mermaid, DOT, SVG by graphviz. Nothing of a plan is syntax in any of them."""

import json
import shutil
import subprocess
import textwrap

from engine.errors import Unavailable
from engine.i18n import _
from engine.reports.graph import LOOKS, Edge, Graph, Node

SECONDS = 60  # what graphviz may take
WIDTH = 36  # characters of a line in a box
MANY = 200  # stages; from here on graphviz draws straight lines, which it finds in seconds

MERMAID_SHAPES = {
    "task": ("[", "]"),
    "event": ("{{", "}}"),
    "ongoing": ("([", "])"),
    "prohibition": ("[[", "]]"),
}
MERMAID_ARROWS = {"stage": "-->", "below": "==>", "same": "--o", "any": "-.->", "date": "-.-o"}
DOT_SHAPES = {"task": "box", "event": "hexagon", "ongoing": "ellipse", "prohibition": "octagon"}
DOT_ARROWS = {
    "stage": "",
    "below": "penwidth=2",
    "same": "arrowhead=normalodot",
    "any": "style=dashed",
    "date": "style=dotted, arrowhead=odot, constraint=false",
}


def mermaid(graph: Graph) -> str:
    """A flowchart. Nodes are numbered: a stage may be called `end` or `style`."""
    numbers = {node.stage: f"s{number}" for number, node in enumerate(graph.nodes, start=1)}
    lines = ["---", f"title: {json.dumps(graph.title, ensure_ascii=False)}", "---", "flowchart LR"]
    lines += [_mermaid_node(node, numbers[node.stage]) for node in graph.nodes]
    for edge in graph.edges:
        label = f'|"{_entities(edge.label)}"|' if edge.label else ""
        lines.append(f"    {numbers[edge.source]} {MERMAID_ARROWS[edge.how]}{label} {numbers[edge.target]}")
    lines.append("    classDef soft stroke-dasharray: 5 5")
    lines += [f"    classDef {state} fill:{look.colour}22,stroke:{look.colour}" for state, look in LOOKS.items()]
    return "\n".join(lines) + "\n"


def _mermaid_node(node: Node, number: str) -> str:
    opening, closing = MERMAID_SHAPES[node.kind]
    text = "<br/>".join(map(_entities, (node.name, *node.lines)))
    classes = ["soft"] * node.soft + ([node.progress.state] if node.progress else [])
    line = f'    {number}{opening}"{text}"{closing}'
    return "\n".join([line, *(f"    class {number} {name}" for name in classes)])


def _entities(text: str) -> str:
    """Mermaid's own escapes for all but letters, digits and harmless marks."""
    return "".join(char if char.isalnum() or char in " .,-/()" else f"#{ord(char)};" for char in text)


def dot(graph: Graph) -> str:
    lines = [
        "digraph plan {",
        *["  graph [splines=line, nslimit=2, mclimit=0.2]"] * (len(graph.nodes) >= MANY),
        f"  graph [rankdir=LR, labelloc=t, fontsize=18, label={_quoted(graph.title, WIDTH * 3)}]",
        '  graph [fontname="Helvetica,Arial,sans-serif"]',
        '  node [shape=box, style="rounded", fontsize=11, fontname="Helvetica,Arial,sans-serif"]',
        '  edge [fontsize=10, fontname="Helvetica,Arial,sans-serif"]',
        *map(_dot_node, graph.nodes),
        *map(_dot_edge, graph.edges),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _dot_node(node: Node) -> str:
    style = ["rounded"] + ["dashed"] * node.soft + ["filled"] * bool(node.progress)
    found = [f"shape={DOT_SHAPES[node.kind]}", f'style="{",".join(style)}"']
    if node.progress:
        colour = LOOKS[node.progress.state].colour
        found += [f'color="{colour}"', f'fillcolor="{colour}22"', "penwidth=2"]
    label = r"\n".join(_escaped(line, WIDTH) for line in (node.name, *node.lines))
    return f'  "{node.stage}" [{", ".join(found)}, label="{label}"]'


def _dot_edge(edge: Edge) -> str:
    found = ", ".join(filter(None, (DOT_ARROWS[edge.how], f"label={_quoted(edge.label, WIDTH)}" if edge.label else "")))
    return f'  "{edge.source}" -> "{edge.target}" [{found}]'


def _quoted(text: str, width: int) -> str:
    return f'"{_escaped(text, width)}"'


def _escaped(text: str, width: int) -> str:
    """Wrapped, with what DOT and the entities of its labels would read as something else taken literally."""
    lines = [
        line.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in textwrap.wrap(text, width)
    ]
    return r"\n".join(lines)


def svg(graph: Graph) -> str:
    """Drawn by graphviz. Raises Unavailable where it is missing, fails or takes too long."""
    program = shutil.which("dot")
    if program is None:
        raise Unavailable(_("an SVG is drawn by graphviz, which is not here: install the package graphviz"))
    try:
        ran = subprocess.run(
            [program, "-Tsvg"], input=dot(graph), capture_output=True, timeout=SECONDS, check=True,
            encoding="utf-8", errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise Unavailable(_("graphviz took more than {n} seconds").format(n=SECONDS)) from error
    except (OSError, subprocess.CalledProcessError) as error:
        reason = ((getattr(error, "stderr", None) or "").strip() or str(error)).splitlines()[-1]
        raise Unavailable(_("graphviz failed: {reason}").format(reason=reason)) from error
    return ran.stdout
