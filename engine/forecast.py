"""What a simulation shows: gathered by day or recipient, counted, compared with another, as CSV or calendar."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from engine.clock import local_date, zone
from engine.csvfile import csv_text
from engine.ics import Entry, calendar_bytes
from engine.ladders import label

Row = dict[str, Any]
CSV_COLUMNS = ("date", "time", "recipient", "severity", "rung", "template", "task", "why")


@dataclass(frozen=True)
class Line:
    """One rung of one stage at one moment, with every unit it reaches."""

    at: datetime
    severity: int
    rung: str
    template: str
    stage: str  # with its period, where it recurs
    why: str
    units: tuple[str, ...]


@dataclass(frozen=True)
class Total:
    recipient: str
    messages: int
    items: int
    first: date
    last: date


@dataclass(frozen=True)
class Change:
    """One rung that an edit adds (no old day), drops (no new one) or moves, for one task and recipient."""

    recipient: str
    task: str
    rung: str
    old: date | None
    new: date | None


def lines(rows: Iterable[Row]) -> list[Line]:
    """In order of time, the most severe first."""
    found: dict[tuple[Any, ...], dict[str, None]] = defaultdict(dict)
    for row in rows:
        for item in row["items"]:
            key = row["at"], -item["severity"], item["rung"], item["template"], _stage(item["task"]), item["why"]
            found[key][item["to"]] = None
    return [
        Line(at, -severity, rung, template, stage, why, tuple(units))
        for (at, severity, rung, template, stage, why), units in sorted(found.items(), key=lambda pair: pair[0])
    ]


def _stage(task: str) -> str:
    """A task's stage and period, without instance and unit."""
    return "/".join(task.split("/")[1:-1])


def totals(rows: Iterable[Row]) -> list[Total]:
    """What each recipient gets in all, most first."""
    by_recipient: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_recipient[row["recipient"]].append(row)
    found = [
        Total(recipient, len(some), sum(len(row["items"]) for row in some), some[0]["date"], some[-1]["date"])
        for recipient, some in by_recipient.items()
    ]
    return sorted(found, key=lambda item: (-item.messages, item.recipient))


def changes(old: Iterable[Row], new: Iterable[Row]) -> list[Change]:
    """What differs between two futures; of one rung for one task the n-th time is compared with the n-th."""
    before, after = _days(old), _days(new)
    found = []
    for key in sorted(before.keys() | after.keys()):
        pairs = zip_longest(before.get(key, []), after.get(key, []))
        found += [Change(*key, first, second) for first, second in pairs if first != second]
    return sorted(found, key=lambda item: (item.new or item.old or date.min, item.task, item.rung, item.recipient))


def _days(rows: Iterable[Row]) -> dict[tuple[str, str, str], list[date]]:
    """(recipient, task without its instance, rung) → its days in order."""
    found: dict[tuple[str, str, str], list[date]] = defaultdict(list)
    for row in rows:
        for item in row["items"]:
            found[row["recipient"], item["task"].partition("/")[2], item["rung"]].append(row["date"])
    return {key: sorted(days) for key, days in found.items()}


def to_csv(rows: Iterable[Row], zone_name: str) -> str:
    """One line per item. No cell can be taken for a formula by a spreadsheet."""
    return csv_text(CSV_COLUMNS, _cells(rows, zone_name))


def _cells(rows: Iterable[Row], zone_name: str) -> Iterator[tuple[str, ...]]:
    for row in rows:
        local = row["at"].astimezone(zone(zone_name))
        for item in row["items"]:
            yield (row["date"].isoformat(), f"{local:%H:%M}", row["recipient"], item["severity"], item["rung"],
                   item["template"], item["task"], item["why"])  # fmt: skip


def to_ics(found: Sequence[Line], title: str, stage_name: Callable[[str], str], zone_name: str) -> bytes:
    """A calendar with one entry a day for each rung of each stage. Raises Unavailable without the `ics` extra."""
    return calendar_bytes(title, "simulate", [
        Entry({
            "uid": f"{number}-{line.at:%Y%m%dT%H%M}@kh.invalid", "dtstamp": line.at,
            "dtstart": local_date(line.at, zone_name),
            "summary": f"{label(line.template)}: {stage_name(line.stage)} ({len(line.units)})",
            "description": [f"{line.rung}: {line.why}", *line.units],
        }) for number, line in enumerate(found)
    ])  # fmt: skip
