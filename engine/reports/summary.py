"""The periodic summary: totals by level and unit, on-time rate, ranking, and the period before beside it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.i18n import _
from engine.reports.closing import Closing
from engine.reports.filing import RATE, Filing
from engine.reports.scene import CELL_LABELS, Line, Scene, by_rank, cells_of, level_label, rate_of
from engine.reports.sheet import Column, Report, Sheet
from engine.states import DROPPED, FINAL, State

PERIODS_BACK = 6  # of the trend, the one reported on included
Lines = Sequence[tuple[Scene, Line]]


def summary(filing: Filing) -> Report:
    """Of a period: what was open in it, or came up, as it stood at its end. Without one: everything as it stands."""
    now, before = counted(filing), _counted_before(filing)
    sheets = [_totals(filing, now, before), _levels(now, before), _units(now, before)]
    if filing.closing and filing.closing.first:
        sheets.append(_trend(filing))
    return filing.report("summary", _("Summary of how duties were done"), sheets, [_(RATE)])


def counted(filing: Filing) -> Lines:
    """What the figures are of: in a period, tasks open by its end and not ended before it began."""
    start = _start(filing, filing.closing)
    lines = [(scene, line) for scene, line in filing.lines if line.cell]
    return [(scene, line) for scene, line in lines if _belongs(line, start)] if start else lines


def _belongs(line: Line, start: datetime) -> bool:
    task = line.task
    if task.state == State.WAITING and not line.is_late:
        return False
    ended = task.completed_at if task.state in FINAL - DROPPED else None
    return ended is None or ended >= start


def _counted_before(filing: Filing) -> Lines | None:
    before = filing.closing.before() if filing.closing else None
    return counted(filing.at(before)) if before else None


def _figures(lines: Lines, start: datetime | None) -> dict[str, Any]:
    plain = [line for _scene, line in lines]
    cells = cells_of(plain)
    carried = sum(bool(start and line.task.opened_at and line.task.opened_at < start) for line in plain)
    return {"tasks": len(plain), "carried": carried, "new": len(plain) - carried, **cells, "rate": rate_of(cells)}


def _start(filing: Filing, closing: Closing | None) -> datetime | None:
    return closing.start(filing.first.office.zone) if closing else None


def _totals(filing: Filing, now: Lines, before: Lines | None) -> Sheet:
    """A line per figure: it, what it was in the period before, and the difference."""
    period = filing.closing if filing.closing and filing.closing.first else None
    figures = _figures(now, _start(filing, period))
    old = _figures(before, _start(filing, period.before() if period else None)) if before is not None else {}
    names = {"tasks": _("Tasks")} | ({"carried": _("from before"), "new": _("new in the period")} if period else {})
    names |= {cell: _(label).capitalize() for cell, label in CELL_LABELS.items()}
    rows = [_compared(name, figures[key], old.get(key)) for key, name in names.items()]
    columns = [
        Column("figure", _("Figure"), wide=34),
        Column("now", _("This period") if period else _("Now"), "number"),
    ]
    if old:
        columns += [Column("before", _("Period before"), "number"), Column("change", _("Change"), "number")]
    return Sheet("totals", _("Totals"), columns, rows)


def _compared(name: str, now: int, before: int | None) -> dict[str, Any]:
    return {"figure": name, "now": now, "before": before, "change": None if before is None else now - before}


def _cell_columns() -> list[Column]:
    return [
        Column("tasks", _("Tasks"), "number"),
        *[Column(cell, _(label).capitalize(), "number") for cell, label in CELL_LABELS.items()],
        Column("rate", _("On-time rate"), "share"),
    ]


def _rows_by(
    now: Lines, before: Lines | None, key: Callable[[Scene, Line], Any]
) -> dict[Any, tuple[dict[str, Any], Lines]]:
    groups = _grouped(now, key)
    old = {name: _figures(lines, None)["rate"] for name, lines in _grouped(before or (), key).items()}
    return {
        name: ({**_figures(lines, None), "rate_before": old.get(name), "change": _points(lines, old.get(name))}, lines)
        for name, lines in groups.items()
    }


def _points(lines: Lines, before: float | None) -> float | None:
    rate = _figures(lines, None)["rate"]
    return None if rate is None or before is None else rate - before


def _grouped(lines: Iterable[tuple[Scene, Line]], key: Callable[[Scene, Line], Any]) -> Mapping[Any, Lines]:
    found: dict[Any, list[tuple[Scene, Line]]] = {}
    for scene, line in lines:
        found.setdefault(key(scene, line), []).append((scene, line))
    return found


def _before_columns(before: Lines | None) -> list[Column]:
    if before is None:
        return []
    return [Column("rate_before", _("Rate before"), "share"), Column("change", _("Change of rate"), "share")]


def _levels(now: Lines, before: Lines | None) -> Sheet:
    groups = _rows_by(now, before, lambda _scene, line: line.level)
    rows = [{"level": level_label(level).capitalize(), **groups[level][0]} for level in by_rank(groups)]
    overall = _rows_by(now, before, lambda _scene, _line: "")
    total = {"level": _("Total"), **overall[""][0]} if overall else None
    columns = [Column("level", _("Level"), wide=24), *_cell_columns(), *_before_columns(before)]
    return Sheet("levels", _("By level"), columns, rows, total, _("There are no tasks."))


def _units(now: Lines, before: Lines | None) -> Sheet:
    """The best first; equal rates share a rank, and whoever cannot be judged yet has none."""
    groups = _rows_by(now, before, lambda scene, line: (scene.instance.directory, line.task.unit))
    rows = [
        {"unit": lines[0][1].unit, "unit_id": unit, "level": level_label(lines[0][1].level),
         "days_late": sum(line.days_late for _scene, line in lines), **figures}
        for (_directory, unit), (figures, lines) in groups.items()
    ]  # fmt: skip
    rows.sort(key=_merit)
    ranks: dict[tuple[float, int], int] = {}
    for number, row in enumerate(rows, start=1):
        ranks.setdefault(_merit(row), number)
    ranked = [{**row, "rank": ranks[_merit(row)] if row["rate"] is not None else None} for row in rows]
    columns = [
        Column("rank", _("Rank"), "number", 7), Column("unit", _("Unit"), wide=34),
        Column("level", _("Level"), wide=18), *_cell_columns(), Column("days_late", _("Days late"), "number", 9),
        *_before_columns(before),
    ]  # fmt: skip
    return Sheet("units", _("By unit"), columns, ranked, empty=_("There are no tasks."))


def _merit(row: Mapping[str, Any]) -> tuple[float, int]:
    return (-row["rate"] if row["rate"] is not None else 1.0, row["days_late"])


def _trend(filing: Filing) -> Sheet:
    """The rate of the last periods, the oldest first, as far back as there was anything to judge."""
    rows: list[dict[str, Any]] = []
    closing = filing.closing
    while closing and len(rows) < PERIODS_BACK:
        figures = _figures(counted(filing.at(closing) if closing != filing.closing else filing), None)
        if not figures["tasks"]:
            break
        rows.insert(0, {"period": closing.name, **figures})
        closing = closing.before()
    return Sheet("trend", _("Over time"), [Column("period", _("Period"), wide=12), *_cell_columns()], rows)
