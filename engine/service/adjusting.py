"""Brings the tasks of a running instance over to another version of its plan, in the caller's transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from engine import amendments, machine, store, tallies
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

    def __post_init__(self) -> None:
        self.connection, self.blueprint = self.settling.connection, self.settling.blueprint
        self.today = local_date(self.act.happened_at, self.settling.office.zone)
        register, almanac = self.settling.register, self.settling.almanac
        self.maker = Maker(self.blueprint, almanac, register, self.act.happened_at)

    def run(self, to_drop: Sequence[TaskRow], tasks: Sequence[TaskRow]) -> Reached:
        """`tasks` are all there are; those counters that were full before are handed back, for an undo."""
        self.drop(to_drop)
        self.add(tasks)
        reached = recount(self.settling)
        for stage_id in self.blueprint.stage_order():
            if stage_id in self.difference.redated:
                self.date_anew(stage_id)
        self.hang()
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
            store.add_creation_entries(self.connection, self.settling.instance.id, values, newer_than=last)

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

    def date_anew(self, stage_id: str) -> None:
        """The open tasks of a stage by what the plan says now, and what hangs on their dates."""
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
            self.settling.reproject(stage_id)

    def changes(self, task: TaskRow, anchors: Sequence[TaskRow], progress: Progress) -> dict[str, Any]:
        """The new columns of a task; nothing where it stays as it is."""
        found = self.counted(task, anchors, progress)
        if found is None or all(found[name] == getattr(task, name) for name in DATES):
            return {}
        if task.by_hand or (self.choices.keep_timers and task.last_day):
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

    def hang(self) -> None:
        """New tasks follow dates that were fixed under way."""
        for stage_id in dict.fromkeys(stage for stage, _period, _unit in sorted(self.difference.duties_added)):
            if leader := self.blueprint.anchor(stage_id):
                self.settling.reproject(leader)


def recount(settling: Settling) -> Reached:
    """Count the tasks of an instance anew; those counters that were full and are not any more."""
    connection, instance_id = settling.connection, settling.instance.id
    totals, done, dropped = Counter[Any](), Counter[Any](), Counter[Any]()
    tasks = store.tasks(connection, store.TASK.c.instance_id == instance_id)
    settling.register.load(task.unit for task in tasks if task.stage in settling.blueprint.scoped)
    for task in tasks:
        for key in settling.keys(task):
            totals[key] += 1
            done[key] += task.state == State.COMPLETED
            dropped[key] += task.state in DROPPED
    known = {(row.stage, row.period, row.scope): row for row in tallies.of_stages(connection, instance_id)}
    new = [key for key in totals if key not in known]
    if new:
        tallies.add(connection, [
            {"instance_id": instance_id, "stage": stage, "period": period, "scope": scope, "total": 0}
            for stage, period, scope in new
        ])  # fmt: skip
    return [
        [row.stage, row.period, row.scope, row.reached_at.isoformat()]
        for row in tallies.of_stages(connection, instance_id)
        if _counted(settling, row, *(counts[row.stage, row.period, row.scope] for counts in (totals, done, dropped)))
        and row.reached_at
    ]


def _counted(settling: Settling, row: TallyRow, total: int, done: int, dropped: int) -> bool:
    """Set one counter; whether its stage became done, or undone, by that."""
    if (row.total, row.done, row.dropped) != (total, done, dropped):
        amendments.set_tally(settling.connection, row.id, total=total, done=done, dropped=dropped)
    return total > 0 and settling.mark(row._replace(total=total, done=done, dropped=dropped), settling.act.happened_at)


def put_back(settling: Settling, reached: Reached) -> None:
    """Those that were full before are full since then again."""
    rows = tallies.of_stages(settling.connection, settling.instance.id)
    known = {(row.stage, row.period, row.scope): row.id for row in rows}
    for stage, period, scope, moment in reached:
        tally_id = known[stage, period, scope]
        amendments.set_tally(settling.connection, tally_id, reached_at=datetime.fromisoformat(moment))


def amended_by(act: Act, number: int) -> Act:
    """What the single entries give as their reason."""
    return replace(act, reason=act.reason or _("amendment {n}").format(n=number))
