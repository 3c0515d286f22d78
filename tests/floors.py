"""The map of the engine as its files tell it: the floors of pyproject.toml, each file with its first sentence.

`python tests/floors.py` brings docs/ARCHITECTURE.md up to date.
"""

import ast
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "ARCHITECTURE.md"
SECTION = re.compile(r"(<!-- floors -->\n).*?(<!-- /floors -->)", re.DOTALL)


def floors() -> str:
    """A table, the highest floor first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    lines = ["| floor | file | what it is for |", "|---|---|---|"]
    for number, layer in zip(range(len(layers), 0, -1), layers, strict=True):
        lines += [f"| {number} | `{name}` | {_purpose(name)} |" for name in layer.split(" | ")]
    return "\n".join(lines) + "\n"


def _purpose(name: str) -> str:
    file = ROOT / "engine" / f"{name}.py"
    text = file if file.exists() else ROOT / "engine" / name / "__init__.py"
    first = (ast.get_docstring(ast.parse(text.read_text("utf-8"))) or "").split("\n")[0]
    return first.replace("|", "\\|").rstrip(".")


def written(page: str) -> str:
    """The page with the map as it is."""
    return SECTION.sub(lambda found: found[1] + floors() + found[2], page)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), encoding="utf-8")
