"""A plan changes while it runs: what differs, which tasks that touches and how, and the change itself."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from engine import amendments, handins, machine, store
from engine.almanac import Almanac
from engine.clock import local_date, shown
from engine.db import reading
from engine.errors import BadValue, Conflict
from engine.i18n import N_, _
from engine.machine import Act
from engine.office import Office, Register
from engine.plan.blueprint import Blueprint
from engine.plan.difference import Difference, succeeding
from engine.plan.loader import Source
from engine.rows import InstanceRow, TaskRow
from engine.service import rights
from engine.service.adjusting import Adjusting, Choices, amended_by
from engine.service.calendars import announce
from engine.service.quotas import Count, exceeds, total
from engine.service.refusals import Examined, examine
from engine.service.select import instances_named
from engine.service.staffing import restaffed
from engine.service.start import load_sound, refuse_other_directory
from engine.service.units import facts_of
from engine.settle import Settling, refuse_closed
from engine.states import DROPPED, State
from engine.succession import give_up

# What an amendment does, in the order it is shown.
WHAT = {
    "stage-added": N_("new stage"),
    "stage-dropped": N_("stage dropped"),
    "told": N_("reads otherwise"),
    "added": N_("new task"),
    "back": N_("task is back"),
    "dropped": N_("task cancelled"),
    "moved": N_("date moved"),
    "opened": N_("task opens"),
    "waits": N_("task waits again"),
    "date-kept": N_("date kept"),
    "stays": N_("stays as it is"),
    "not-made": N_("period is over: not made"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a difference: a key of the plan or a stage that reads otherwise, or what becomes of a task."""

    instance: str
    what: str
    stage: str = ""
    period: str = ""
    unit: str = ""
    key: str = ""
    old: Any = None  # a value, or the last day before
    new: Any = None
    state: str = ""  # of the task, before

    @property
    def task(self) -> str | None:
        """The task's selector, where it is about one."""
        parts = (self.instance, self.stage, self.period, self.unit)
        return "/".join(part for part in parts if part) if self.unit else None


@dataclass(frozen=True)
class Amended:
    """What changed in one instance; no line where the file says what was in force already."""

    instance: str
    changes: tuple[Change, ...]
    sent: tuple[str, ...] = ()  # after an undo: notices that went out in the meantime, by Message-ID


def amend(
    office: Office, names: Sequence[str], path: Path, act: Act, choices: Choices | None = None, *, dry_run: bool = False
) -> list[Amended]:
    """Bring instances over to a file's version of their plan, all or none of them.

    Completed work stays as it is, dates set by hand stay, notices sent stay sent. Raises PlanError with every mistake
    of the file, BadValue with everything that would falsify what happened, NotFound, Conflict, Denied.
    """
    with reading(office.engine) as connection:
        almanac = office.almanac(connection)
    source, _findings = load_sound(path, almanac)
    with rights.acting(office, act, dry_run=dry_run) as connection:
        instances = instances_named(office, connection, names)
        for instance in instances:
            rights.require_coordinator(connection, office.blueprint(connection, instance), act)
        almanac = _take_in(office, connection, source, act)
        text = source.tree.text
        return _all_of_them(
            office, connection, instances, act, lambda _instance: (source.blueprint, text), choices, almanac
        )


def restaff(
    office: Office,
    names: Sequence[str],
    add: Sequence[str],
    drop: Sequence[str],
    act: Act,
    choices: Choices | None = None,
    *,
    dry_run: bool = False,
) -> list[Amended]:
    """Add units to stages, or drop them, each told as STAGE/UNIT: the periods to come get their tasks, or lose them.

    Raises BadValue without a reason, and as `amend` does.
    """
    if not act.reason:
        raise BadValue(_("“{trigger}” needs a --reason").format(trigger="amend"))
    today = local_date(act.happened_at, office.zone)
    with rights.acting(office, act, dry_run=dry_run) as connection:
        instances = instances_named(office, connection, names)

        def version(instance: InstanceRow) -> tuple[Blueprint, str]:
            rights.require_coordinator(connection, office.blueprint(connection, instance), act)
            register = Register(connection, instance.directory)
            text = amendments.snapshot_source(connection, instance.snapshot)
            return restaffed(office.snapshot(connection, instance), add, drop, register, today), text

        return _all_of_them(office, connection, instances, act, version, choices, office.almanac(connection))


def _take_in(office: Office, connection: Connection, source: Source, act: Act) -> Almanac:
    """Units and days that the file is the first to name."""
    assert source.directory is not None
    name, facts = source.blueprint.directory_name, facts_of(source.directory)
    refuse_other_directory(source.blueprint, source.directory, store.unit_facts(connection, name, facts))
    store.add_units(connection, name, facts)
    return announce(office, connection, source.calendar.days() if source.calendar else (), act).almanac


Version = Callable[[InstanceRow], tuple[Blueprint, str]]  # what an instance goes over to, and the text it stands in


def _all_of_them(
    office: Office,
    connection: Connection,
    instances: Sequence[InstanceRow],
    act: Act,
    version: Version,
    choices: Choices | None,
    almanac: Almanac,
) -> list[Amended]:
    """Every refusal of every instance is told at once; then nothing has changed."""
    found, refusals = [], []
    for instance in instances:
        _refuse_time(office, instance, act)
        refuse_closed(instance)
        one = _Amendment(office, connection, instance, act, *version(instance), choices or Choices(), almanac)
        found.append(one.make())
        refusals += [f"{instance.name}: {text}" for text in one.refusals]
    if refusals:
        raise BadValue("\n".join([_("nothing was amended:"), *refusals]))
    return found


def _refuse_time(office: Office, instance: InstanceRow, act: Act) -> None:
    moment = shown(act.happened_at, office.zone)
    if act.happened_at > act.at:
        raise BadValue(_("{task}: {moment} lies in the future").format(task=instance.name, moment=moment))
    if act.happened_at < instance.started_at:
        text = _("{instance} was started on {start}: it cannot be amended as of {moment}")
        start = shown(instance.started_at, office.zone)
        raise BadValue(text.format(instance=instance.name, start=start, moment=moment))


class _Amendment:
    """One instance on its way from its snapshot to another."""

    def __init__(
        self,
        office: Office,
        connection: Connection,
        instance: InstanceRow,
        act: Act,
        file: Blueprint,
        text: str,
        choices: Choices,
        almanac: Almanac,
    ):
        self.office, self.connection, self.instance, self.act = office, connection, instance, act
        self.text, self.choices, self.almanac = text, choices, almanac
        old = office.snapshot(connection, instance)
        self.difference = Difference(old, succeeding(old, file))
        self.refusals: list[str] = []

    def make(self) -> Amended:
        snapshot = self.difference.new.to_json()
        digest = Blueprint.digest(snapshot)
        if digest == self.instance.snapshot:
            return Amended(self.instance.name, ())
        before = self.tasks()
        today = local_date(self.act.happened_at, self.office.zone)
        examined = examine(self.difference, before, today)
        self.refusals += examined.refusals
        if self.difference.old.directory_name != self.difference.new.directory_name:
            return Amended(self.instance.name, ())  # another province: nothing further can be compared
        since = amendments.last_entry(self.connection)
        number = self.switch(digest, snapshot)
        adjusting = self.adjusting(digest, number)
        reached = adjusting.run(examined.to_drop, before)
        give_up(self.office, self.connection, self.act)
        self.refusals += [*adjusting.refusals, *self.quotas()]
        changes = (*self.told(), *compared(self.instance.name, before, self.tasks()), *self.left(examined, adjusting))
        self.enter({"amendment": number, "old": self.instance.snapshot, "new": digest, "since": since,
                    "reached": reached, "keep_timers": self.choices.keep_timers})  # fmt: skip
        return Amended(self.instance.name, changes)

    def tasks(self) -> list[TaskRow]:
        return store.tasks(self.connection, store.TASK.c.instance_id == self.instance.id)

    def switch(self, digest: str, snapshot: str) -> int:
        """The amendment's number."""
        store.add_snapshot(self.connection, digest, snapshot, self.text)
        if not amendments.switch_snapshot(self.connection, self.instance, digest):
            raise Conflict(_("somebody else changed {name} just now: look again").format(name=self.instance.name))
        return amendments.add_amendment(self.connection, {
            "instance_id": self.instance.id, "at": self.act.happened_at, "old": self.instance.snapshot, "new": digest,
        })  # fmt: skip

    def adjusting(self, digest: str, number: int) -> Adjusting:
        instance = self.instance._replace(snapshot=digest)
        settling = Settling(self.office, self.connection, instance, self.act, self.almanac)
        return Adjusting(settling, self.difference, amended_by(self.act, number), self.choices)

    def enter(self, data: dict[str, Any]) -> None:
        """The instance's own entry stands behind those of its tasks: what comes after it is something else."""
        edits = [".".join(filter(None, (edit.stage, edit.key))) for edit in self.difference.edits]
        data |= {"added": self.difference.added, "dropped": self.difference.dropped, "edits": edits}
        row = machine.entry(self.act, "amend", instance_id=self.instance.id, data=data)
        store.add_entries(self.connection, [row])

    def quotas(self) -> Iterator[str]:
        """What was decided on counts on: against a quota that is still there, and not less than that."""
        old, new = self.difference.old.plan.quotas, self.difference.new.plan.quotas
        for name, quota in old.items():
            decided = handins.counted(self.connection, self.instance.id, name, quota.stage)
            if decided and (name not in new or new[name].stage != quota.stage):
                yield _("quota {name} cannot go: {count} were decided on").format(name=name, count=total(decided))
            elif decided and exceeds(total(decided), new[name]):
                limit = Count(new[name].collective, new[name].individual)
                text = _("quota {name} cannot be {limit}: {count} were decided on")
                yield text.format(name=name, limit=limit, count=total(decided))

    def told(self) -> Iterator[Change]:
        name, difference = self.instance.name, self.difference
        yield from (Change(name, "stage-added", stage, new=difference.new.plan.stages[stage].name)
                    for stage in difference.added)  # fmt: skip
        yield from (Change(name, "stage-dropped", stage, old=difference.old.plan.stages[stage].name)
                    for stage in difference.dropped)  # fmt: skip
        for edit in difference.edits:
            yield Change(name, "told", edit.stage, key=edit.key, old=edit.old, new=edit.new)

    def left(self, examined: Examined, adjusting: Adjusting) -> Iterator[Change]:
        name = self.instance.name
        for what, tasks in (("date-kept", adjusting.kept), ("stays", examined.stay)):
            for task in tasks:
                yield Change(name, what, *place(task), old=task.last_day, new=task.last_day, state=task.state)
        yield from (Change(name, "not-made", *duty) for duty in adjusting.not_made)


def place(task: TaskRow) -> tuple[str, str, str]:
    return task.stage, task.period, task.unit


def compared(name: str, before: Sequence[TaskRow], after: Sequence[TaskRow]) -> Iterator[Change]:
    """What became of each task; a window counts by its last day."""
    known = {task.id: task for task in before}
    for task in after:
        was = known.get(task.id)
        what = _became(was, task)
        if what:
            old = day_of(was) if was else None
            yield Change(name, what, *place(task), old=old, new=day_of(task), state=was.state if was else "")


def _became(was: TaskRow | None, now: TaskRow) -> str:
    if was is None:
        return "added"
    if was.state != now.state:
        if now.state in DROPPED:
            return "dropped"
        if was.state in DROPPED:
            return "back"
        return "waits" if now.state == State.WAITING else "opened"
    names = ("last_day", "from_on", "to_on", "due_time", "provisional")
    return "moved" if any(getattr(was, one) != getattr(now, one) for one in names) else ""


def day_of(task: TaskRow) -> Any:
    return task.last_day or task.to_on
