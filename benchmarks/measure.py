"""Paired rounds in rotated order, and what is told of them: median and spread of a ratio."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from time import perf_counter, process_time
from typing import Any

Timed = Callable[[int], object]  # does the work of one round
Clock = Callable[[], float]


@dataclass(frozen=True)
class Goal:
    """A bound for the median; one of the two."""

    least: float | None = None
    most: float | None = None

    def __str__(self) -> str:
        return f"≥ {self.least:g}" if self.least is not None else f"≤ {self.most:g}"

    def holds(self, figure: float) -> bool:
        return figure >= self.least if self.least is not None else figure <= (self.most or 0)


@dataclass
class Row:
    """One line of the table: a figure of each round, and its bound."""

    work: str
    place: str
    figures: list[float]
    unit: str
    goal: Goal | None = None
    detail: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def figure(self) -> float:
        return median(self.figures)

    @property
    def met(self) -> bool | None:
        return self.goal.holds(self.figure) if self.goal else None

    def plain(self) -> dict[str, Any]:
        goal = str(self.goal) if self.goal else None
        return asdict(self) | {"median": self.figure, "goal": goal, "met": self.met}


def rounds(number: int, *timed: Timed, clock: Clock = process_time) -> list[list[float]]:
    """The seconds of each contestant in each round; the order rotates, so that nobody always goes first.

    In memory nothing waits: there the time of the processor is what a machine of one's own would take, and others who
    use the machine do not count. On a disk, and between processes, only the clock on the wall is fair.
    """
    took: list[list[float]] = [[] for _ in timed]
    for turn in range(number):
        for place in range(len(timed)):
            which = (turn + place) % len(timed)
            took[which].append(seconds(timed[which], turn, clock))
    return took


def seconds(timed: Timed, turn: int = 0, clock: Clock = process_time) -> float:
    gc.collect()
    begun = clock()
    timed(turn)
    return clock() - begun


def clock_of(place: str) -> Clock:
    return process_time if place == "shm" else perf_counter


def speed(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """How fast ours is, of theirs: 0.5 is half as fast."""
    return [other / own for own, other in zip(ours, theirs, strict=True)]


def cost(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """How many times as long ours takes as theirs."""
    return [own / other for own, other in zip(ours, theirs, strict=True)]


def per_second(number: int, took: Sequence[float]) -> str:
    return f"{number / median(took):,.0f}/s"
