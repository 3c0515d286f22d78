"""How long a command takes from the shell, beside the least program that imports the same libraries."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Goal, Row, cost, rounds
from benchmarks.world import Bench

BARE = """
import click
@click.group(help="Plans.")
@click.version_option("0.1")
def kh(): pass
for name in ("start", "status", "tasks"):
    kh.command(name, help=name)(lambda: None)
kh()
"""
QUERYING = """
import sys
import click
import sqlmodel
@click.command()
@click.argument("path")
def kh(path):
    engine = sqlmodel.create_engine("sqlite:///" + path)
    with engine.connect() as connection:
        print(connection.exec_driver_sql("SELECT state, count(*) FROM task GROUP BY state").all())
kh()
"""


def rows(bench: Bench) -> Iterator[Row]:
    folder = bench.places["shm"]
    path = bench.copy(bench.started("shm", min(100, bench.units)), "cold")
    bare, querying = _script(folder, "bare", BARE), _script(folder, "querying", QUERYING)
    kh = [str(Path(sys.executable).with_name("kh"))]
    for words, beside, most, name in (
        (["--version"], [*bare, "--version"], 1.3, "a bare click program"),
        (["--help"], [*bare, "--help"], 1.3, "a bare click program"),
        (["status", "nhieu"], [*querying, str(path)], 1.25, "click + sqlmodel + a query"),
    ):
        _run([*kh, *words], path)
        own, theirs = rounds(
            2 * bench.rounds,
            lambda _turn, words=words: _run([*kh, *words], path),
            lambda _turn, beside=beside: _run(beside, path),
            clock=_of_children,
        )
        detail = f"{min(own) * 1000:.0f} ms, {min(theirs) * 1000:.0f} ms"
        yield Row(f"cold kh {words[0]}", "shm", cost(own, theirs), f"× {name}", Goal(most=most), detail)


def _of_children() -> float:
    """The time the processor spent on programs that were run."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _script(folder: Path, name: str, text: str) -> list[str]:
    path = folder / f"{name}.py"
    path.write_text(text, "utf-8")
    return [sys.executable, str(path)]


def _run(words: list[str], path: Path) -> None:
    environ = {**os.environ, "KH_DATABASE_URL": f"sqlite:///{path}", "KH_LANG": "vi"}
    subprocess.run(words, env=environ, stdout=subprocess.DEVNULL, check=True, cwd=path.parent)
