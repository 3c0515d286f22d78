"""The table, as text and as JSON, with all that is needed to read it later."""

import importlib.metadata
import json
import os
import platform
import sqlite3
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.measure import Row

RESULTS = Path(__file__).with_name("RESULTS.md")
LIBRARIES = ("sqlalchemy", "sqlmodel", "pydantic", "jinja2", "pyyaml", "click", "transitions")


def circumstances(rounds: int) -> dict[str, Any]:
    """What was measured, and on what."""
    return {
        "commit": _git("rev-parse", "--short=12", "HEAD") + ("+" if _git("status", "--porcelain", "engine") else ""),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "rounds": rounds,
        "load": ", ".join(f"{one:.1f}" for one in os.getloadavg()),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: importlib.metadata.version(name) for name in LIBRARIES},
        "system": f"{platform.system()} {platform.release()}, {platform.machine()}, {os.cpu_count()} processors",
    }


def _git(*words: str) -> str:
    try:
        return subprocess.run(["git", *words], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def line(row: Row) -> str:
    low, high = (_number(value) for value in (min(row.figures), max(row.figures)))
    met = {None: " ", True: "✓", False: "✗"}[row.met]
    spread = f"{_number(row.figure)} ({low} – {high})" if len(row.figures) > 1 else _number(row.figure)
    return f"| {row.work} | {row.place} | {spread} {row.unit} | {row.goal or ''} | {met} | {row.detail} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def table(rows: Sequence[Row]) -> str:
    head = ["| work | where | median (spread) | goal | | times |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *map(line, rows)])


def save(rows: Sequence[Row], facts: dict[str, Any], part: str = "table") -> None:
    """Put a table between its marks in RESULTS.md, with what it was measured on."""
    told = ", ".join(f"{name} {value}" for name, value in facts.items())
    begin, end = f"<!-- {part} -->", f"<!-- /{part} -->"
    head, _begin, rest = RESULTS.read_text("utf-8").partition(begin)
    tail = rest.partition(end)[2]
    RESULTS.write_text(f"{head}{begin}\n{told}.\n\n{table(rows)}\n{end}{tail}", "utf-8")


def as_json(rows: Sequence[Row], facts: dict[str, Any]) -> str:
    return json.dumps({**facts, "rows": [row.plain() for row in rows]}, ensure_ascii=False, indent=1)
