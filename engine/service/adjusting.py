"""Brings the tasks of a running instance over to another version of its plan, in the caller's transaction."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from engine import amendments, machine, store
from engine.clock import local_date, shown_day
from engine.dates import Anchor, Dates, opens_on
from engine.deadlines import Relative
from engine.gates import Progress, anchor_done_at, next_look_at
from engine.i18n import _
from engine.machine import Act, Step
from engine.plan.difference import Difference, Duty, periods
from engine.rows import TallyRow, TaskRow
from engine.service.making import Maker
from engine.settle import Settling, rearmed
from engine.states import DROPPED, FINAL, HALTED, State, Trigger

DATES = (*(one.name for one in fields(Dates)), "overdue_at")
Reached = list[list[str]]  # stage, period, scope and the instant at which it had been done


@dataclass(frozen=True, slots=True)
class Choices:
    """How running tasks follow: `keep_timers` leaves every date in force; `backdate` lets dates lie in the past."""

    keep_timers: bool = False
    backdate: bool = False


@dataclass
class Adjusting:
    """One instance. `settling` knows the new version already; `act` is the amendment."""

    settling: Settling
    difference: Difference
    act: Act
    choices: Choices
    refusals: list[str] = field(default_factory=list)
    not_made: list[Duty] = field(default_factory=list)  # periods that were over
    kept: list[TaskRow] = field(default_factory=list)  # whose date stays though the plan has another
    running: set[int] = field(default_factory=set)  # the tasks that were open before

    def __post_init__(self) -> None:
        self.connection, self.blueprint = self.settling.connection, self.settling.blueprint
        self.today = local_date(self.act.happened_at, self.settling.office.zone)
        register, almanac = self.settling.register, self.settling.almanac
        self.maker = Maker(self.difference.new, almanac, register, self.act.happened_at)

    def run(self, to_drop: Sequence[TaskRow], tasks: Sequence[TaskRow]) -> Reached:
        """`tasks` are all there are; those counters that were full before are handed back, for an undo."""
        self.running = {task.id for task in tasks if task.state not in FINAL}
        self.drop(to_drop)
        self.add(tasks)
        reached = recount(self.settling)
        for stage_id in self.to_date():
            self.date_anew(stage_id)
        for stage_id in self.blueprint.stages:
            if self.may_follow(stage_id):
                self.settling.advance(stage_id)
        return reached

    def may_follow(self, stage_id: str) -> bool:
        """Can waiting tasks of a stage have become free, or dates due that hang on a completion?"""
        old, new = self.difference.old, self.blueprint
        touched = stage_id in self.difference.redated or stage_id in self.difference.added
        return touched or new.waits(stage_id) or old.waits(stage_id)

    def drop(self, tasks: Sequence[TaskRow]) -> None:
        changes = {"next_action_at": None}
        steps = [Step(task, Trigger.CANCEL, None, changes, happened_at=self.moment(task)) for task in tasks]
        if steps:
            machine.apply(self.connection, steps, self.act)

    def moment(self, task: TaskRow) -> Any:
        return max(self.act.happened_at, task.touched_at)

    def add(self, tasks: Sequence[TaskRow]) -> None:
        """Make what is new as `start` does; a task that was dropped once comes back instead."""
        there = {(task.stage, task.period, task.unit): task for task in tasks}
        fresh, back = [], []
        for row in self.maker.rows(self.difference.duties_added):
            duty = row["stage"], row["period"], row["unit"]
            known = there.get(duty)
            if known is not None and known.state != State.CANCELLED:
                continue  # handed over to this unit, or exempt: that was decided already
            if self.is_over(row):
                self.refuse_or_leave(duty, row)
            elif known is not None:
                back.append((known, row))
            else:
                fresh.append({**row, "instance_id": self.settling.instance.id})
        self.create(fresh)
        self.bring_back(back)

    def is_over(self, row: Mapping[str, Any]) -> bool:
        occurrence = periods(self.blueprint, row["stage"]).get(row["period"])
        day = row["last_day"] or row["to_on"] or (occurrence.end if occurrence else None)
        return not self.choices.backdate and day is not None and day < self.today

    def refuse_or_leave(self, duty: Duty, row: Mapping[str, Any]) -> None:
        """Periods that are over are not made; a single date in the past is refused."""
        stage, period, unit = duty
        if period:
            self.not_made.append(duty)
            return
        text = _("{stage}/{unit}: the date ({day}) is over on {today}: give a later one, or --backdate")
        day, today = shown_day(row["last_day"] or row["to_on"]), shown_day(self.today)
        self.refusals.append(text.format(stage=stage, unit=unit, day=day, today=today))

    def create(self, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            last, act = amendments.last_task(self.connection), self.act
            store.add_tasks(self.connection, rows)
            values = {"at": act.at, "happened_at": act.happened_at, "actor": act.actor, "doc": act.doc,
                      "reason": act.reason}  # fmt: skip
            amendments.add_creation_entries(self.connection, self.settling.instance.id, values, newer_than=last)

    def bring_back(self, pairs: Sequence[tuple[TaskRow, Mapping[str, Any]]]) -> None:
        steps = []
        for task, row in pairs:
            new = {key: value for key, value in row.items() if key not in ("stage", "period", "unit", "state")}
            del new["touched_at"]
            blank = {"acked_until": None, "by_hand": False, "late_from": None, "paused_days": 0, "swept_at": None}
            changes = {**new, **blank, "deadline_version": task.deadline_version + 1}
            steps.append(Step(task, Trigger.UNDO, State(row["state"]), changes, happened_at=self.moment(task)))
        if steps:
            machine.apply(self.connection, steps, self.act)

    # --- dates ---------------------------------------------------------------------------------------------------

    def to_date(self) -> Iterator[str]:
        """The stages whose dates may change, each after the one its own hang on; many come out as they were."""
        duties = self.difference.duties_added | self.difference.duties_dropped
        changed = {*self.difference.redated, *(stage for stage, _period, _unit in duties)}
        for stage_id in self.blueprint.stage_order():
            leader = self.blueprint.anchor(stage_id)
            if leader in changed and not self.settling.hangs_on_completion(stage_id):
                changed.add(stage_id)
            if stage_id in self.difference.redated or (leader and stage_id in changed):
                yield stage_id

    def date_anew(self, stage_id: str) -> None:
        """The open tasks of a stage by what the plan says now, and by the dates theirs hang on."""
        progress = self.settling.progress(stage_id)
        leader = self.blueprint.anchor(stage_id)
        instance_id = self.settling.instance.id
        anchors = store.stage_tasks(self.connection, instance_id, leader) if leader else []
        rows = []
        for task in store.stage_tasks(self.connection, instance_id, stage_id):
            if task.state not in FINAL and (changes := self.changes(task, anchors, progress)):
                rows.append((task, changes))
        if rows:
            machine.amend(self.connection, "amend", rows, self.act)

    def changes(self, task: TaskRow, anchors: Sequence[TaskRow], progress: Progress) -> dict[str, Any]:
        """The new columns of a task; nothing where it stays as it is."""
        found = self.counted(task, anchors, progress)
        if found is None or all(found[name] == getattr(task, name) for name in DATES):
            return {}
        if task.by_hand or (self.choices.keep_timers and task.last_day and task.id in self.running):
            self.kept.append(task)
            return self.as_before(task)
        day = found["last_day"]
        if day and day < self.today and not self.choices.backdate and (not task.last_day or day < task.last_day):
            text = _("{task}: the new date ({day}) lies before the amendment ({today}): its unit could not keep it")
            days = {"day": shown_day(day), "today": shown_day(self.today)}
            self.refusals.append(text.format(task=task.selector, **days))
        return {
            **rearmed(task, self.act.happened_at), **found, "late_from": None, "paused_days": 0,
            "original_last_day": task.original_last_day or day, **self.opening(task._replace(**found)),
        }  # fmt: skip

    def counted(self, task: TaskRow, anchors: Sequence[TaskRow], progress: Progress) -> dict[str, Any] | None:
        """The date columns as the plan gives them now; None for a period it is without."""
        if self.settling.hangs_on_completion(task.stage):
            moment = anchor_done_at(self.blueprint, task.stage, task.period, task.unit, progress)
            anchor = Anchor(local_date(moment, self.settling.office.zone)) if moment else None
            found = self.settling.columns(task, anchor)
        elif isinstance(self.blueprint.due(task.stage).deadline, Relative):
            found = self.settling.hung(task, anchors)
        else:
            all_of_them = self.maker.columns(self.settling.calendar(task.unit))
            found = all_of_them.get((task.stage, task.period), {})
        return {name: found[name] for name in DATES} if found else None

    def as_before(self, task: TaskRow) -> dict[str, Any]:
        """A date that stays from now on: nothing counts it anew; only whether it can be missed may change."""
        own = Dates(**{name: getattr(task, name) for name in DATES if name != "overdue_at"})
        never = self.blueprint.plan.stages[task.stage].never_overdue
        overdue_at = own.columns(self.settling.calendar(task.unit), never_overdue=never)["overdue_at"]
        was_never = self.difference.old.plan.stages[task.stage].never_overdue
        overdue = {} if never == was_never else {"overdue_at": overdue_at}
        by_hand = {} if task.by_hand else {"by_hand": True}
        return {**by_hand, **overdue}

    def opening(self, task: TaskRow) -> dict[str, Any]:
        """When something next happens to it: a waiting task has a day of its own, a halted one none."""
        if task.state in HALTED:
            return {"next_action_at": None}
        if task.state != State.WAITING:
            return {}
        calendar = self.settling.calendar(task.unit)
        occurrence = periods(self.blueprint, task.stage).get(task.period)
        day = opens_on(self.blueprint, task.stage, occurrence, task.last_day, calendar)
        opens_at = calendar.opening_of(day) if day and day > self.today else None
        look = next_look_at(task.approximate, opens_at, self.act.happened_at)
        return {"opens_at": opens_at, "next_action_at": look}


@dataclass
class _Count:
    """The tasks of one counter."""

    total: int = 0
    done: int = 0
    dropped: int = 0
    arrived_at: datetime | None = None  # the last of those done

    def add(self, task: TaskRow) -> None:
        self.total += 1
        self.dropped += task.state in DROPPED
        if task.state == State.COMPLETED:
            self.done += 1
            arrived = task.submitted_at or task.completed_at
            self.arrived_at = max(filter(None, (self.arrived_at, arrived)))


def recount(settling: Settling) -> Reached:
    """Count the tasks of an instance anew; those counters that were full and are not any more."""
    connection, instance_id = settling.connection, settling.instance.id
    tasks = store.tasks(connection, store.TASK.c.instance_id == instance_id)
    settling.register.load(task.unit for task in tasks if task.stage in settling.blueprint.scoped)
    counts: dict[tuple[str, str, str], _Count] = defaultdict(_Count)
    for task in tasks:
        for key in settling.keys(task):
            counts[key].add(task)
    known = {_key(row) for row in store.tallies(connection, instance_id)}
    if new := [key for key in counts if key not in known]:
        names = ("stage", "period", "scope")
        blank = {"instance_id": instance_id, "total": 0}
        store.add_tallies(connection, [{**dict(zip(names, key, strict=True)), **blank} for key in new])
    full = []
    for row in store.tallies(connection, instance_id):
        found = counts[_key(row)]
        # A counter that is new was full when its tasks were; one that is full only now, by the amendment.
        at = settling.act.happened_at if _key(row) in known else found.arrived_at or settling.act.happened_at
        if _set(settling, row, found, at) and row.reached_at:
            full.append([*_key(row), row.reached_at.isoformat()])
    return full


def _key(row: TallyRow) -> tuple[str, str, str]:
    return row.stage, row.period, row.scope


def _set(settling: Settling, row: TallyRow, count: _Count, at: datetime) -> bool:
    """Whether the counter's stage became done, or undone, by what is counted now."""
    now = row._replace(total=count.total, done=count.done, dropped=count.dropped)
    if now != row:
        amendments.set_tally(settling.connection, row.id, total=now.total, done=now.done, dropped=now.dropped)
    return now.total > 0 and settling.mark(now, at)


def put_back(settling: Settling, reached: Reached) -> None:
    """Those that were full before are full since then again."""
    rows = store.tallies(settling.connection, settling.instance.id)
    known = {_key(row): row.id for row in rows}
    for stage, period, scope, moment in reached:
        tally_id = known[stage, period, scope]
        amendments.set_tally(settling.connection, tally_id, reached_at=datetime.fromisoformat(moment))


def amended_by(act: Act, number: int) -> Act:
    """What the single entries give as their reason."""
    return replace(act, reason=act.reason or _("amendment {n}").format(n=number))
