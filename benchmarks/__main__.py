"""`python -m benchmarks [ROW …]`: measure the engine beside its raw twins; the table and a JSON file."""

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks import report
from benchmarks.rows import ROWS
from benchmarks.server import PLACE, server
from benchmarks.world import Bench
from engine.commands.main import collect_seldom

MEMORY = Path("/dev/shm")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"some of {', '.join(ROWS)} (default: all)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--units", type=int, default=10_600)
    parser.add_argument("--sizes", type=lambda text: tuple(map(int, text.split(","))), default="10000,100000,1000000")
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--only", choices=("shm", "disk"), help="one kind of place only")
    parser.add_argument("--postgresql", metavar="URL", default=os.environ.get("KH_BENCH_POSTGRESQL"),
                        help="the server on which to make databases (default: KH_BENCH_POSTGRESQL)")  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the JSON goes")
    parser.add_argument("--save", action="store_true", help="put the table into RESULTS.md")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    collect_seldom()  # as the command does
    roots = {"shm": str(MEMORY) if MEMORY.is_dir() else None, "disk": "."}
    with ExitStack() as stack:
        places = {
            name: Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=".bench-", dir=root)))
            for name, root in roots.items() if given.only in (None, name)
        }  # fmt: skip
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgresql = stack.enter_context(server(given.postgresql, folder))
        bench = Bench(given.rounds, given.units, given.sizes, given.due, places, postgresql)
        rows = []
        print(report.table([]), flush=True)
        for name in given.rows or ROWS:
            if name.startswith("pg-") and postgresql is None:
                print(f"left out without KH_BENCH_POSTGRESQL: {name}", file=sys.stderr, flush=True)
            for row in ROWS[name](bench):
                rows.append(row)
                print(report.line(row), flush=True)
        on_server = postgresql.facts() if postgresql else {}
    facts = report.circumstances(given.rounds)
    print("\n" + ", ".join(f"{name} {value}" for name, value in facts.items()) + "\n")
    print(report.as_json(rows, facts))
    if given.json:
        given.json.write_text(report.as_json(rows, facts), "utf-8")
    if given.save:
        parts = {"table": (facts, [row for row in rows if row.place != PLACE]),
                 "postgresql": ({**facts, **on_server}, [row for row in rows if row.place == PLACE])}  # fmt: skip
        for part, (told, some) in parts.items():
            if some:
                report.save(some, told, part)


if __name__ == "__main__":
    main()
