"""The stages of an instance along a line of time: windows, deadlines as they were and are, what was really done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from engine.clock import local_date
from engine.reports.looks import LOOKS, look_of_all
from engine.reports.scene import Line, Scene
from engine.reports.status import stretches
from engine.sections import worded
from engine.states import DROPPED, State

MOST_TICKS = 12
SHORT = 3  # months within which single days are named
MARGIN = timedelta(days=7)  # behind the last day
STEPS = (1, 3, 6, 12, 24, 60, 120)  # months from tick to tick


class Bar(NamedTuple):
    """The tasks of one stage and period. Days are None where nothing is known of them."""

    period: str
    look: str  # the most urgent timeliness of its tasks
    tasks: int
    done: int
    start: date | None
    end: date | None
    approximate: bool
    original: date | None  # the latest date as it was at first, where that is another one
    first_done: date | None
    last_done: date | None


@dataclass(frozen=True, slots=True)
class Axis:
    """Days as shares of a line's length."""

    start: date
    end: date

    def at(self, day: date) -> float:
        """Percent from the left, within the line."""
        share = (day - self.start).days / max(1, (self.end - self.start).days)
        return round(100 * min(1.0, max(0.0, share)), 2)

    def ticks(self) -> list[tuple[float, str]]:
        """(percent, label) of days, first days of months or years, no more than fit."""
        first, last = (day.year * 12 + day.month - 1 for day in (self.start, self.end))
        step = next((step for step in STEPS if (last - first) / step < MOST_TICKS), STEPS[-1])
        days_of = (1, 11, 21) if last - first <= SHORT else (1,)
        days = [date(number // 12, number % 12 + 1, day)
                for number in range(first, last + 1) if number % step == 0 for day in days_of]  # fmt: skip
        form = "%Y" if step >= 12 else "%m/%Y" if len(days_of) == 1 else "%d/%m"
        return [(self.at(day), f"{day:{form}}") for day in days if self.start <= day <= self.end]


def timeline(scene: Scene) -> dict[str, Any]:
    """The axis with today on it, and a row of bars per stage."""
    rows: dict[str, list[Bar]] = {}
    for (stage, period), lines in stretches(scene.lines).items():
        if stage not in scene.blueprint.retired:
            rows.setdefault(stage, []).append(_bar(scene, period, lines))
    axis = _axis(scene, [bar for bars in rows.values() for bar in bars])
    today = scene.today
    return {
        "start": axis.start, "end": axis.end, "ticks": axis.ticks(),
        "today": axis.at(today) if axis.start <= today <= axis.end else None,
        "rows": [
            {"stage": stage, "name": scene.blueprint.plan.stages[stage].name,
             "clause": scene.blueprint.plan.stages[stage].clause,
             "phrase": worded(scene.blueprint, stage), "inferred": scene.blueprint.due(stage).inferred,
             "bars": [_placed(bar, axis) for bar in bars]}
            for stage, bars in rows.items()
        ],
    }  # fmt: skip


def _bar(scene: Scene, period: str, lines: Sequence[Line]) -> Bar:
    kept = [line for line in lines if line.task.state not in DROPPED]
    done = [line.task.completed_at for line in kept if line.task.state == State.COMPLETED and line.task.completed_at]
    days = [local_date(moment, scene.office.zone) for moment in done]
    approximate = any(line.task.approximate and not line.task.last_day for line in kept)
    ends = [line.task.last_day or line.task.to_on for line in kept]
    originals = [line.task.original_last_day for line in kept if line.task.original_last_day != line.task.last_day]
    end = _last(ends)
    return Bar(
        period, look_of_all(kept), len(kept), len(done), _first(_opens(scene, line) for line in kept), end,
        approximate, _last(originals), _first(days), _last(days),
    )  # fmt: skip


def _opens(scene: Scene, line: Line) -> date | None:
    """Where the work on a task begins: its window, else its opening, past or to come."""
    moment = line.task.opened_at or line.task.opens_at
    return line.task.from_on or (local_date(moment, scene.office.zone) if moment else line.task.last_day)


def _first(days: Iterable[date | None]) -> date | None:
    return min(filter(None, days), default=None)


def _last(days: Iterable[date | None]) -> date | None:
    return max(filter(None, days), default=None)


def _axis(scene: Scene, bars: Sequence[Bar]) -> Axis:
    """From the plan's day to the last one that something is known of."""
    days = [day for bar in bars for day in (bar.start, bar.end, bar.original, bar.first_done, bar.last_done) if day]
    first, last = scene.blueprint.plan.span_days
    near = [scene.today] if scene.today <= last else []
    return Axis(min([first, *days]), max([*days, *near], default=last) + MARGIN)


def _placed(bar: Bar, axis: Axis) -> dict[str, Any]:
    start, end = bar.start or bar.end, bar.end or bar.start
    if start and end:
        start = min(start, end)
    day = timedelta(days=1)
    return {
        **bar._asdict(), "tone": LOOKS[bar.look].tone, "sign": LOOKS[bar.look].sign, "label": LOOKS[bar.look].label,
        "left": axis.at(start) if start and bar.end else None, "right": axis.at(end + day) if end else None,
        "mark": axis.at(bar.end + day) if bar.end and not bar.approximate else None,
        "was": axis.at(bar.original + day) if bar.original else None,
        "done_left": axis.at(bar.first_done) if bar.first_done else None,
        "done_right": axis.at(bar.last_done + day) if bar.last_done else None,
    }  # fmt: skip
