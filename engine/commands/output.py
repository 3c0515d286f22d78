"""Printing: tables for people, JSON for programs. User text never passes as markup.

rich is imported where a table is drawn: what prints JSON or a line need not wait for it.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.clock import shown, shown_day
from engine.i18n import _

if TYPE_CHECKING:
    from rich.console import Console

WIDE = 200  # columns where the output is no terminal


def print_json(value: Any, output: Path | None = None) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_plain)
    write_out(f"{text}\n".encode(), output)


def write_out(content: bytes, output: Path | None) -> None:
    """To a file where one is named, else to the standard output. A failure is the environment's (OSError)."""
    if output is not None:
        output.write_bytes(content)
    else:
        click.echo(content, nl=False)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def console() -> "Console":
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else WIDE, highlight=False, soft_wrap=False)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*[Text("" if cell is None else str(cell)) for cell in row])
    console().print(table)


def print_facts(lines: Iterable[tuple[str, str]]) -> None:
    """A label and what stands beside it, a line each."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0))
    for name, text in lines:
        table.add_row(Text(name, style="bold"), Text(text, overflow="fold"))
    console().print(table)


def day(value: date | None) -> str:
    return shown_day(value) if value else "–"


def local(value: datetime | None, zone_name: str) -> str:
    return shown(value, zone_name) if value else "–"


def say_dry(dry_run: bool) -> None:
    if dry_run:
        click.echo(_("(dry run: nothing was changed)"))


MANY = 100
PATIENCE = 1.0  # seconds


def watched(batches: Sequence[Sized]) -> Iterator[Any]:
    """The batches one by one; with a bar, where there is much to do and a terminal to show it on."""
    total = sum(map(len, batches))
    if total <= MANY or not sys.stderr.isatty():
        yield from batches
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(_("Tasks"), total=total)
        for batch in batches:
            yield batch
            progress.advance(bar, len(batch))


@contextmanager
def working(text: str) -> Iterator[None]:
    """What is being done and for how long already: after a second of it, and on a terminal only."""
    if not sys.stderr.isatty():
        yield
        return
    from threading import Timer

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    progress.add_task(text, total=None)
    later = Timer(PATIENCE, progress.start)
    later.daemon = True
    later.start()
    try:
        yield
    finally:
        later.cancel()
        later.join()
        progress.stop()
