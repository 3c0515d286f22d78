"""How timeliness is shown: by a sign, a word and a tone, never by colour alone."""

from collections.abc import Iterable
from typing import NamedTuple

from engine.i18n import N_, _
from engine.reports.scene import Line
from engine.states import DROPPED, HALTED, STATE_LABELS, State
from engine.timeliness import LABELS, Timeliness


class Look(NamedTuple):
    sign: str
    word: str
    tone: str  # good | late | calm | soon | bad | mute

    @property
    def label(self) -> str:
        return _(self.word)


# What is open and most urgent comes first, then the worst of what is done: so one look speaks for several tasks.
LOOKS = {
    "overdue": Look("▲", LABELS[Timeliness.OVERDUE], "bad"),
    "due_today": Look("●", LABELS[Timeliness.DUE_TODAY], "soon"),
    "due_soon": Look("◐", LABELS[Timeliness.DUE_SOON], "soon"),
    "in_time": Look("○", LABELS[Timeliness.IN_TIME], "calm"),
    "date_open": Look("?", LABELS[Timeliness.DATE_OPEN], "calm"),
    "undated": Look("?", LABELS[Timeliness.UNDATED], "calm"),
    "ongoing": Look("∞", LABELS[Timeliness.ONGOING], "mute"),
    "suspended": Look("‖", STATE_LABELS[State.SUSPENDED], "mute"),
    "transferring": Look("⇄", STATE_LABELS[State.TRANSFERRING], "mute"),
    "done_late": Look("✔", LABELS[Timeliness.DONE_LATE], "late"),
    "done_on_time": Look("✓", LABELS[Timeliness.DONE_ON_TIME], "good"),
    "dropped": Look("–", N_("not to be done"), "mute"),
}


def look_of(line: Line) -> str:
    if line.task.state in DROPPED:
        return "dropped"
    return line.task.state if line.task.state in HALTED else line.timeliness.value


def look_of_all(lines: Iterable[Line]) -> str:
    """The look that speaks for several tasks."""
    looks = {look_of(line) for line in lines}
    return next((name for name in LOOKS if name in looks), "dropped")
