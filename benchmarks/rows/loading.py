"""Loading a plan of ten thousand units with line numbers, beside readers that know no lines and check nothing."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import yaml

from benchmarks.measure import Goal, Row, cost, rounds
from benchmarks.world import DIRECTORY, PLAN, Bench, write_plan
from engine.plan.loader import load_directory, load_plan
from engine.service.start import load_sound


def rows(bench: Bench) -> Iterator[Row]:
    folder = bench.places["shm"] / "load"
    folder.mkdir(exist_ok=True)
    plan = write_plan(folder, bench.units)
    yield _of_csv(bench, folder)
    inline = folder / "inline.yaml"
    inline.write_text(_inline(bench.units), "utf-8")
    yield from _of_yaml(bench, inline)
    (took,) = rounds(bench.rounds, lambda _turn: load_sound(plan))
    yield Row(f"loading and checking a plan of {bench.units:,} units from a table", "shm", took, "s")


def _inline(units: int) -> str:
    """The plan with its directory written out in it, unit by unit."""
    head, _table, tail = DIRECTORY.partition("units_from: xa.csv\n")
    lines = [
        f"  x{number}: {{name: Xã số {number}, level: commune, parent: ubnd, "
        f"contact: {{email: x{number}@t.example.vn}}}}"
        for number in range(units)
    ]
    directory = "\n".join("  " + line for line in (head.strip() + "\n" + "\n".join(lines) + "\n" + tail).splitlines())
    return PLAN.replace("directory: xa.yaml", "directory:\n" + directory)


def _of_yaml(bench: Bench, path: Path) -> Iterator[Row]:
    text = path.read_text("utf-8")
    own, theirs, checked = rounds(
        bench.rounds,
        lambda _turn: load_plan(path),
        lambda _turn: yaml.load(text, Loader=yaml.CSafeLoader),
        lambda _turn: load_sound(path),
    )
    detail = f"{median(own):.3f} s, CSafeLoader {median(theirs):.3f} s"
    work = f"loading a plan of {bench.units:,} units in YAML with line numbers"
    yield Row(work, "shm", cost(own, theirs), "× CSafeLoader", Goal(most=1.5), detail)
    work, detail = work.replace("loading", "loading and checking"), f"{median(checked):.3f} s"
    yield Row(work, "shm", cost(checked, theirs), "× CSafeLoader", Goal(most=1.5), detail)


def _of_csv(bench: Bench, folder: Path) -> Row:
    text = (folder / "xa.csv").read_text("utf-8")
    own, theirs = rounds(
        bench.rounds,
        lambda _turn: load_directory(folder / "xa.yaml"),
        lambda _turn: list(csv.DictReader(io.StringIO(text))),
    )
    detail = f"{median(own):.3f} s, DictReader {median(theirs):.3f} s"
    work = f"a directory of {bench.units:,} units from CSV"
    return Row(work, "shm", cost(own, theirs), "× csv.DictReader", Goal(most=5), detail)
