"""A report before it takes a form: titled tables of typed cells, which every form only prints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from engine.clock import shown, shown_day
from engine.i18n import language

Kind = Literal["text", "number", "day", "share", "instant"]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    heading: str
    kind: Kind = "text"
    wide: int = 12  # characters, for forms that set the width of a column


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. Each row has every column's key; `total` is a last row of sums."""

    key: str
    name: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    total: Row | None = None
    empty: str = ""  # what is said where there are no rows

    @property
    def every_row(self) -> list[Row]:
        return [*self.rows, *([self.total] if self.total else [])]

    def printed(self, row: Row, zone: str) -> list[str]:
        """The cells of a row as a reader sees them."""
        return [printed(row.get(column.key), column.kind, zone) for column in self.columns]


@dataclass(frozen=True, slots=True)
class Report:
    """What a command prints, a file holds, and `--json` writes."""

    kind: str
    title: str
    subtitle: str
    lines: Sequence[str]  # what is said before the tables
    sheets: Sequence[Sheet]
    sender: Mapping[str, str] = field(default_factory=dict)  # of the paper it becomes: see engine.sections
    closes: date | None = None  # the day it is as of
    notes: Sequence[str] = ()  # and behind them
    zone: str = "UTC"

    def plain(self) -> dict[str, Any]:
        """As plain data, table by table."""
        return {
            "kind": self.kind, "title": self.title, "subtitle": self.subtitle, "as_of": self.closes,
            "lines": list(self.lines), "notes": list(self.notes),
            "tables": [
                {"table": sheet.key, "name": sheet.name, "rows": [dict(row) for row in sheet.rows],
                 "total": dict(sheet.total) if sheet.total else None}
                for sheet in self.sheets
            ],
        }  # fmt: skip


def printed(value: Any, kind: Kind, zone: str) -> str:
    """A cell as a reader sees it, the same in every form that has no types of its own."""
    if value is None:
        return ""
    if kind == "share":
        return percent(value)
    if isinstance(value, datetime):
        return shown(value, zone)
    return shown_day(value) if isinstance(value, date) else str(value)


def percent(share: float) -> str:
    text = f"{round(100 * share, 1):.1f} %"
    return text.replace(".", ",") if language() == "vi" else text
