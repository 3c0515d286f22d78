"""What an amendment would do to the tasks there are, and where it would falsify what has happened."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from engine.i18n import _, first_of
from engine.plan.difference import Difference, Duty, periods
from engine.rows import TaskRow
from engine.states import DROPPED, State

HANDED_IN = frozenset({State.SUBMITTED, State.COMPLETED})


@dataclass
class Examined:
    """Why it cannot be done, the tasks to cancel, and those that stay though their unit left the stage."""

    refusals: list[str] = field(default_factory=list)
    to_drop: list[TaskRow] = field(default_factory=list)
    stay: list[TaskRow] = field(default_factory=list)


def examine(difference: Difference, tasks: Sequence[TaskRow], today: date) -> Examined:
    """Look at every duty that goes, and at what the instance is known by.

    A unit that leaves a recurring stage leaves the periods to come: what was due before today stays, done or owed.
    """
    found = Examined(refusals=[*_identity(difference), *_types(difference, tasks)])
    kept = {name: periods(difference.new, name) for name in difference.kept}
    gone: dict[tuple[str, str], list[str]] = defaultdict(list)
    for task in _affected(difference, tasks):
        if task.state in DROPPED:
            continue
        if task.period and task.period in kept.get(task.stage, ()) and is_past(difference, task, today):
            found.stay.append(task)
        elif task.state in HANDED_IN:
            gone[task.stage, task.period].append(task.unit)
        else:
            found.to_drop.append(task)
    found.refusals += [_why(difference, stage, period, units) for (stage, period), units in gone.items()]
    return found


def _affected(difference: Difference, tasks: Sequence[TaskRow]) -> Iterator[TaskRow]:
    """The tasks of stages and periods that go, and of units that leave a stage."""
    kept = {(name, period) for name in difference.kept for period in periods(difference.new, name)}
    for task in tasks:
        if task.stage in difference.old.stages and (task.stage, task.period) not in kept:
            yield task
    own = {(task.stage, task.period, task.unit): task for task in tasks}
    taken: dict[Duty, list[TaskRow]] = defaultdict(list)
    for task in tasks:
        if task.taken_from:
            taken[task.stage, task.period, task.taken_from].append(task)
    for duty in sorted(difference.duties_dropped):
        if duty[:2] in kept:
            yield from [own[duty]] if duty in own else _handed_over(difference, duty[0], taken[duty])


def _handed_over(difference: Difference, stage: str, tasks: Sequence[TaskRow]) -> list[TaskRow]:
    """What a unit gave to others goes with it, unless they hold the stage now."""
    now = {units[0] for units in difference.new.holders(stage)}
    return [task for task in tasks if task.unit not in now]


def is_past(difference: Difference, task: TaskRow, today: date) -> bool:
    """Was it due before today? Without a date its period counts."""
    occurrence = periods(difference.old, task.stage).get(task.period)
    day = task.last_day or task.to_on or (occurrence.end if occurrence else None)
    return day is not None and day < today


def _identity(difference: Difference) -> Iterator[str]:
    """An instance stays that of its own document; a later one takes its place only where it says so."""
    old, new = difference.old.plan, difference.new.plan
    instead = _("start it as an instance of its own")
    if new.plan != old.plan:
        yield _("the file is another plan: {new}, not {old}; {instead}").format(
            new=new.plan, old=old.plan, instead=instead
        )
        return
    if difference.new.directory_name != difference.old.directory_name:
        text = _("the file has another directory: {new}, not {old}; {instead}")
        names = difference.new.directory_name, difference.old.directory_name
        yield text.format(new=names[0], old=names[1], instead=instead)
    before, after = old.document, new.document
    if after.issuer != before.issuer:
        text = _("another office issues it: {new}, not {old}; {instead}")
        yield text.format(new=after.issuer, old=before.issuer, instead=instead)
    known = (before.number, before.issued)
    for name, was, now in (("number", before.number, after.number), ("issued", before.issued, after.issued)):
        if was is not None and was != now and not _cites(after.basis, before.number):
            text = _(
                "document.{key} is {new}, not {old}: name the document it replaces ({number}) under document.basis, "
                "or keep {key} and give the amending paper with --doc"
            )
            yield text.format(key=name, new=now or "–", old=was, number=known[0] or known[1])


def _cites(basis: Iterable[str], number: str | None) -> bool:
    return number is not None and any(number in text for text in basis)


def _types(difference: Difference, tasks: Sequence[TaskRow]) -> Iterator[str]:
    begun = {task.stage for task in tasks if task.submitted_at is not None}
    for name in difference.kept:
        was, now = difference.old.plan.stages[name].type, difference.new.plan.stages[name].type
        if was != now and name in begun:
            text = _("{stage} cannot become “{new}” from “{old}”: something was handed in there already")
            yield text.format(stage=name, new=now, old=was)


def _why(difference: Difference, stage: str, period: str, units: Sequence[str]) -> str:
    who = first_of(units)
    if stage in difference.kept:
        if period not in periods(difference.new, stage):
            text = _("{stage}/{period} cannot fall out of the plan: {units} handed it in already")
            return text.format(stage=stage, period=period, units=who)
        text = _("{units} cannot leave {stage}: what was handed in stays (keep the unit in the file)")
        return text.format(stage="/".join(filter(None, (stage, period))), units=who)
    if other := difference.renamed(stage):
        text = _("{stage} cannot be renamed to {other}: {units} handed in there already (keep the old id)")
        return text.format(stage=stage, other=other, units=who)
    text = _("{stage} cannot be dropped: {units} handed in there already (keep it; kh cancel ends what is open)")
    return text.format(stage=stage, units=who)
