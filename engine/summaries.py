"""A message about more tasks than can be read: counts, the worst few by name, and the whole list as a table.

What the recipient itself has to do is never left out.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from engine.clock import shown_day
from engine.i18n import _
from engine.plan.directory import LEVEL_LABELS
from engine.sections import Line, Section
from engine.spreadsheets import table_file
from engine.templates import FEW, MOST_LISTED, plain


@dataclass(frozen=True)
class Overview:
    """How many tasks of which stages a long message speaks of; nothing for one that names them all."""

    tasks: int = 0
    rows: tuple[dict[str, Any], ...] = ()
    more: int = 0  # rows that are only in the attached list


@dataclass(frozen=True)
class Summary:
    overview: Overview
    sections: tuple[Section, ...]  # with those lines that the message names


def summary_of(sections: Sequence[Section]) -> Summary:
    """The sections themselves, where others' tasks are no more than MOST_LISTED; else no more than so many of them."""
    others = sum(not line.own for section in sections for line in section.lines)
    if others <= MOST_LISTED:
        return Summary(Overview(), tuple(sections))
    shown, room = [], MOST_LISTED
    for section in sections:
        short = _shortened(section, min(FEW, room))
        if short.lines:
            shown.append(short)
        room -= sum(not line.own for line in short.lines)
    return Summary(_overview(sections), tuple(shown))


def _shortened(section: Section, most: int) -> Section:
    """With the recipient's own tasks and the worst of the others; their number, where some are left out."""
    own = [line for line in section.lines if line.own]
    others = [line for line in section.lines if not line.own]
    worst = sorted(others, key=lambda line: (-line.days_late, line.last_day or date.max))[:most]
    lines, left_out = (*own, *worst), len(others) - len(worst)
    return replace(section, lines=lines, left_out=left_out, groups=_groups(others) if left_out else ())


def _groups(lines: Iterable[Line]) -> tuple[dict[str, Any], ...]:
    """How many by superior, else by level, the most first; none where all are alike."""
    lines = list(lines)
    levels = {word: _(text) for word, text in LEVEL_LABELS.items()}
    for names in ((line.superior for line in lines), (levels.get(line.level, "") for line in lines)):
        counted = Counter(names).most_common()
        if len(counted) > 1:
            rest = sum(number for _name, number in counted[2 * FEW :])
            rows = [*counted[: 2 * FEW], *([("", rest)] if rest else [])]
            return tuple({"name": name or _("others"), "tasks": number} for name, number in rows)
    return ()


def _overview(sections: Sequence[Section]) -> Overview:
    rows = [
        {"heading": section.heading, "stage": section.stage["name"], "period": section.lines[0].period,
         "number": section.plan["number"], "tasks": len(section.lines)}
        for section in sections
    ]  # fmt: skip
    return Overview(sum(row["tasks"] for row in rows), tuple(rows[:MOST_LISTED]), len(rows[MOST_LISTED:]))


def full_list(sections: Sequence[Section], today: date) -> dict[str, str]:
    """Every task of every section, as an attachment."""
    headings = (
        _("Row"), _("Notice"), _("Plan"), _("Clause"), _("Stage"), _("Period"), _("Unit"), _("Superior"), _("Due"),
        _("Days late"), _("As written"), _("Task"),
    )  # fmt: skip
    rows = plain([
        (section.heading, section.plan["number"], section.stage["clause"], section.stage["name"], line.period,
         line.unit, line.superior, shown_day(line.last_day) if line.last_day else "", line.days_late or "",
         line.phrase, line.task)
        for section in sections for line in section.lines
    ])  # fmt: skip
    name = _("list-of-tasks")
    return table_file(f"{name}-{today}", headings, [(number, *row) for number, row in enumerate(rows, start=1)])
