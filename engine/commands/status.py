"""status."""

import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from engine.clock import local_date, shown_day, system_clock
from engine.commands.app import moment, viewing, with_office
from engine.commands.output import console, day, print_json
from engine.db import reading
from engine.errors import BadValue
from engine.i18n import _, counted, first_of
from engine.office import Office
from engine.periods import with_period
from engine.reports.absences import in_lines
from engine.reports.scene import CELL_LABELS, FOUR
from engine.reports.status import status_view

if TYPE_CHECKING:
    from rich.console import RenderableType

BAR = 20  # characters
# A part of a bar: its cell, its sign where there is no colour, its colour.
PARTS = (
    ("done_on_time", "█", "green"),
    ("done_late", "▓", "yellow"),
    ("open_overdue", "!", "bold red"),
    ("open_in_time", "·", "cyan"),
    ("undated", "?", "default"),
)
MOST_NAMES = 5
EVERY = 5.0  # seconds between two looks


def _status() -> click.Command:
    @click.command("status", help=_("How a plan stands: the four cells, each stage, what is missing, open questions."))
    @click.argument("instance")
    @click.option("--watch", is_flag=True, help=_("Look again every few seconds, until stopped with Ctrl-C."))
    @viewing
    @with_office
    def run(office: Office, options: dict[str, Any]) -> None:
        if options["watch"]:
            _watch(office, options)
            return
        view = _view(office, options)
        if options["as_json"]:
            print_json(view)
        else:
            console().print(picture(view))

    return run


def _view(office: Office, options: dict[str, Any]) -> dict[str, Any]:
    now = moment(office, options["at"], system_clock())
    with reading(office.engine) as connection:
        return status_view(office, connection, options["instance"], now)


def _watch(office: Office, options: dict[str, Any]) -> None:
    from rich.live import Live

    if options["as_json"]:
        raise click.UsageError(_("--watch draws a picture: without --json"))
    screen = console()
    if not screen.is_terminal:
        raise BadValue(_("--watch needs a terminal"))
    stopped = threading.Event()
    try:
        with Live(picture(_view(office, options)), console=screen, screen=True, auto_refresh=False) as live:
            while not stopped.wait(EVERY):
                live.update(picture(_view(office, options)), refresh=True)
    except KeyboardInterrupt:
        return


def picture(view: dict[str, Any]) -> "RenderableType":
    from rich.console import Group

    return Group(*_heading(view), _four(view), "", _stages(view), _key(), *_dates(view), *_rest(view))


def _heading(view: dict[str, Any]) -> Iterable["RenderableType"]:
    from rich.text import Text

    number = view["number"] or _("no number")
    dated = day(view["date"]) + (" " + _("(inferred)") if view["date_inferred"] else "")
    yield Text(f"{view['instance']} · {number} · {dated}", style="bold")
    yield Text(view["title"])
    if view["closed_at"]:
        closed = shown_day(local_date(view["closed_at"]))
        yield Text(_("Closed on {day}: nothing is sent, nothing moves any more.").format(day=closed))
    if view["source"] == "news":
        yield Text(_("Secondary source: a news article about the plan, not the plan itself."))


def _four(view: dict[str, Any]) -> "RenderableType":
    done, late, open_, overdue = (str(view[cell]) for cell in FOUR)
    return _table(("", _("on time / in time"), _("late / overdue")), [
        (_("done"), done, late), (_("open"), open_, overdue), (_("no date yet"), str(view["undated"]), ""),
    ])  # fmt: skip


def _stages(view: dict[str, Any]) -> "RenderableType":
    headings = ("", _("Stage"), _("Done"), _("Due"), _("Missing"))
    return _table(headings, [
        (bar(row), "/".join(part for part in (row["stage"], row["period"]) if part), f"{row['done']}/{row['tasks']}",
         day(row["last_day"]), first_of(row["missing_names"], MOST_NAMES, "; "))
        for row in view["stages"]
    ])  # fmt: skip


def bar(row: dict[str, Any]) -> "RenderableType":
    """Each cell in proportion; of what there is at all, at least one character."""
    from rich.text import Text

    counted = sum(row[cell] for cell, _sign, _style in PARTS)
    text = Text()
    if counted:
        lengths = {cell: max(1, round(BAR * row[cell] / counted)) if row[cell] else 0 for cell, _sign, _style in PARTS}
        while sum(lengths.values()) != BAR:  # what rounding gave or took, the longest part gives or gets
            longest = max(lengths, key=lambda cell: lengths[cell])
            lengths[longest] += 1 if sum(lengths.values()) < BAR else -1
        for cell, sign, style in PARTS:
            text.append(sign * lengths[cell], style)
    return text


def _key() -> "RenderableType":
    from rich.text import Text

    text = Text(style="dim")
    for cell, sign, style in PARTS:
        text.append(sign, style).append(f" {_(CELL_LABELS[cell])}   ")
    return text


def _dates(view: dict[str, Any]) -> Iterable["RenderableType"]:
    from rich.text import Text

    if view["next_dates"]:
        yield ""
        yield Text(_("Next dates:"))
    for item in view["next_dates"]:
        name = with_period(item["name"], item["period"])
        yield Text(f"  {day(item['date'])}  {name}  " + counted("{n} task", "{n} tasks", item["tasks"]))


def _rest(view: dict[str, Any]) -> Iterable["RenderableType"]:
    from rich.text import Text

    for text in (*_arrivals(view["stages"]), *_quotas(view["quotas"])):
        yield Text(text)
    for text in view["prohibitions"]:
        yield Text(_("Not to be done: {text}").format(text=text))
    yield from map(Text, _open_ends(view))
    if view["questions"]:
        yield ""
        yield Text(_("Open questions of the plan (kh answer {instance} ID TEXT):").format(instance=view["instance"]))
    for item in view["questions"]:
        clause = f" ({item['clause']})" if item["clause"] else ""
        yield Text(f"  {item['id']}{clause}: {item['text']}")


def _open_ends(view: dict[str, Any]) -> Iterator[str]:
    """What waits for a decision because units have ended."""
    if view["to_hand_over"]:
        yield counted(
            "{n} task waits for a successor: kh transfer {instance} --state transferring --to …",
            "{n} tasks wait for a successor: kh transfer {instance} --state transferring --to …",
            len(view["to_hand_over"]), instance=view["instance"],
        )  # fmt: skip
    yield from in_lines(view["absent"])


def _arrivals(stages: list[dict[str, Any]]) -> Iterator[str]:
    """Of what began to come, how much is there and what is missing; in each form, where they differ."""
    for row in stages:
        stage = "/".join(part for part in (row["stage"], row["period"]) if part)
        if 0 < row["received"] < row["active"]:
            text = _("{stage}: received {n}/{total}, still missing: {names}")
            yield text.format(stage=stage, n=row["received"], total=row["active"], names=_named(row))
        for item in row["forms"]:
            if row["received"] < item["received"] or any(row["received"] < other["received"] for other in row["forms"]):
                full = _("{stage}: received {n}/{total} by {form}")
                text = _("{stage}: received {n}/{total} by {form}, still missing: {names}") if item["missing"] else full
                form = item["form"] or "–"
                yield text.format(stage=stage, n=item["received"], total=row["active"], form=form, names=_named(item))


def _named(row: dict[str, Any]) -> str:
    return first_of(row["missing_names"], 40, "; ")


def _quotas(quotas: dict[str, Any]) -> Iterator[str]:
    for name, view in quotas.items():
        if view["nominated"]:
            text = _("Quota {name} (collectives + individuals): {decided} of {limit} decided on, {nominated} nominated")
        else:
            text = _("Quota {name} (collectives + individuals): {decided} of {limit} decided on")
        counts = {key: "{collective}+{individual}".format(**view[key]) for key in view if isinstance(view[key], dict)}
        yield text.format(name=name, **counts)


def _table(headings: Iterable[str], rows: Iterable[Iterable["RenderableType"]]) -> "RenderableType":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for heading in headings:
        table.add_column(Text(heading), overflow="fold")
    for row in rows:
        table.add_row(*[Text(cell) if isinstance(cell, str) else cell for cell in row])
    return table


commands: dict[str, click.Command] = {"status": _status()}
