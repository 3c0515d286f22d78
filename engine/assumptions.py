"""What people are assumed to do while a plan is simulated: nothing, all in time, some late, or at random."""

import random
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from engine.calendar import Calendar
from engine.clock import instant_of, local_date
from engine.deadlines import Duration, read_duration
from engine.errors import BadValue, NotFound, PhraseError
from engine.i18n import N_, _
from engine.rows import TaskRow
from engine.states import TO_HAND_IN, State

DAYS_LATE = 10
IN_THE_MORNING, IN_THE_AFTERNOON = time(9), time(14)
DAYS_WITHOUT_DATE = 10  # working days after which work is handed in that has no date
DAYS_TO_FIX = 10  # working days before its window in which a date is fixed: when the coordinator is first asked

MOST_DAYS = 3650
_DAYS = {"day": 1, "week": 7}
_SHARE = re.compile(r"late=([0-9]{1,3})%(?::(.+))?")


class Deed(StrEnum):
    ACK = "ack"
    SUBMIT = "submit"
    ACCEPT = "accept"
    FIX_DATE = "fix-date"


@dataclass(frozen=True)
class Assumption:
    """How many calendar days late each task is handed in; None for what nobody ever does."""

    everybody: str = "none"  # none, on-time, late or random
    share: int = 0  # per cent of the tasks that are `days` late
    days: int = DAYS_LATE
    seed: str = ""
    units: Mapping[str, int] = field(default_factory=dict)

    @property
    def nobody_acts(self) -> bool:
        return self.everybody == "none" and not self.units

    def lateness(self, task: TaskRow) -> int | None:
        if task.unit in self.units:
            return self.units[task.unit]
        chance = random.Random(f"{self.seed}/{task.stage}/{task.period}/{task.unit}")
        match self.everybody:
            case "on-time":
                return 0
            case "late":
                return self.days if chance.random() * 100 < self.share else 0
            case "random":
                return _at_random(chance)
        return None

    def in_words(self) -> str:
        text = _(_WORDS[self.everybody]).format(share=self.share, days=self.days, seed=self.seed)
        late = [_("{unit} {days} days late").format(unit=unit, days=days) for unit, days in self.units.items()]
        return "; ".join([text, *late])


_WORDS = {
    "none": N_("nobody acts: every notice that could ever go out"),
    "on-time": N_("everybody acknowledges the next morning and hands in on the last working day; dates left open are "
                  "fixed when first asked for, to the last working day of their window"),
    "late": N_("{share} per cent of the tasks are handed in {days} days late, the others on the last working day"),
    "random": N_("people act at random (seed {seed}): early, in time, late or never"),
}  # fmt: skip


def _at_random(chance: random.Random) -> int | None:
    """Six in ten in time or early, three late, one never."""
    drawn = chance.random()
    if drawn < 0.6:
        return -chance.randrange(15)
    return chance.randrange(1, 31) if drawn < 0.9 else None


def read_assumption(text: str, late: Sequence[str], seed: str | None, units: Collection[str]) -> Assumption:
    """From the words of the command line: none, on-time or late=20%[:15d]; UNIT=10d. Raises BadValue, NotFound."""
    found = dict(_read_late(item, units) for item in late)
    if seed is not None:
        return Assumption("random", seed=seed, units=found)
    if text in ("none", "on-time"):
        return Assumption(text, units=found)
    share = _SHARE.fullmatch(text)
    if share is None or int(share[1]) > 100:
        message = _("--assume is none, on-time, late=20% or late=20%:15d, not {text}")
        raise BadValue(message.format(text=text))
    return Assumption("late", int(share[1]), _read_days(share[2]) if share[2] else DAYS_LATE, units=found)


def _read_late(text: str, units: Collection[str]) -> tuple[str, int]:
    unit, equals, days = text.partition("=")
    if not equals:
        raise BadValue(_("--late takes a unit and days, such as tp-a=10d, not {text}").format(text=text))
    if unit not in units:
        raise NotFound(_("unit"), unit, units)
    return unit, _read_days(days)


def _read_days(text: str) -> int:
    plain = text.removesuffix("d")
    try:
        found = Duration(int(plain), "day") if plain.isdecimal() else read_duration(text)
    except (PhraseError, ValueError):
        found = Duration(0, "")
    number = found.amount * _DAYS.get(found.unit, 0)
    if found.unit not in _DAYS or number > MOST_DAYS:
        raise BadValue(_("not a number of days: {text} (write 10d)").format(text=text))
    return number


def next_deed(task: TaskRow, assumption: Assumption, calendar: Calendar) -> tuple[datetime, Deed] | None:
    """What is done next about an open task, and when; None where nobody does anything."""
    late = assumption.lateness(task)
    if late is None or task.opened_at is None:
        return None
    if task.state == State.SUBMITTED:
        return _next_morning(task.touched_at, calendar), Deed.ACCEPT
    if task.approximate and task.from_on:
        asked = calendar.opening_of(calendar.add_working(task.from_on, -DAYS_TO_FIX))
        return max(asked, task.opened_at), Deed.FIX_DATE
    if task.state not in TO_HAND_IN:
        return None
    deeds = [(_hand_in(task, late, calendar), Deed.SUBMIT)]
    if task.state == State.ASSIGNED:
        deeds.append((_next_morning(task.opened_at, calendar), Deed.ACK))
    return min(deeds)


def fixed_day(task: TaskRow, calendar: Calendar) -> date:
    """The day an approximate date is fixed to: the last working day of its window."""
    assert task.to_on is not None
    return max(calendar.previous_working(task.to_on), task.from_on or task.to_on)


def _hand_in(task: TaskRow, late: int, calendar: Calendar) -> datetime:
    assert task.opened_at is not None
    opened = local_date(task.opened_at, calendar.zone)
    last = task.last_day or calendar.add_working(opened, DAYS_WITHOUT_DATE)
    day = date.fromordinal(last.toordinal() + late)
    day = calendar.next_working(day) if late > 0 else calendar.previous_working(day)
    if late <= 0 and task.due_time and task.due_time <= IN_THE_AFTERNOON and day == task.last_day:
        day = calendar.add_working(day, -1)
    return max(instant_of(day, IN_THE_AFTERNOON, calendar.zone), task.opened_at, task.touched_at)


def _next_morning(moment: datetime, calendar: Calendar) -> datetime:
    day = calendar.add_working(local_date(moment, calendar.zone), 1)
    return instant_of(day, IN_THE_MORNING, calendar.zone)
