"""Handing tasks over to other units: in place, split among several, or made part of the successor's own."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from engine import machine, outbox, stand_ins, store
from engine.absent import proposed
from engine.clock import local_date, shown_day
from engine.errors import BadValue, NotFound
from engine.escalation import decisions_for
from engine.gates import next_look_at
from engine.i18n import _
from engine.ladders import TAKEN_IN
from engine.machine import Act, Step
from engine.office import Office, Register
from engine.plan.stand_ins import RESPONSIBLE, StandIn
from engine.rows import TaskRow
from engine.service import rights
from engine.service.moves import checked_moment
from engine.service.select import Selection, select_some
from engine.settle import Moved, Settling, by_instance
from engine.states import FINAL, TO_HAND_IN, TO_HAND_OVER, State, Trigger
from engine.succession import Counted, recount
from engine.triage import end

A_MOMENT = timedelta(microseconds=1)
STAYS = FINAL | {State.SUBMITTED}  # nothing of it is left to hand over
Slot = tuple[str, str, str]  # stage, period, unit


@dataclass(frozen=True)
class HandedOver:
    """One task after it was handed over: the tasks that carry it on."""

    task: str
    before: str
    after: str
    to: tuple[str, ...]
    joined: bool  # it became part of tasks that were there already


def transfer(
    office: Office, selection: Selection, to: Sequence[str], act: Act, *, dry_run: bool = False
) -> list[HandedOver]:
    """Hand the selected tasks over to the units named; without any, those that wait for it to their only successor.

    What was handed in or is finished stays with the unit that did it. The deadline stays in force. Raises BadValue
    where a successor is not there, or several are and none is named; NotFound, IllegalMove, Denied, Conflict.
    """
    require_basis(act)
    with rights.acting(office, act, dry_run=dry_run) as connection:
        tasks = _left_to_do(select_some(office, connection, selection, act.at), waiting_only=not to)
        found: dict[int, HandedOver] = {}
        for name, some in by_instance(tasks).items():
            handover = _Handover(office, connection, name, act)
            rights.require(connection, handover.blueprint, some, Trigger.TRANSFER, act)
            found |= handover.run(some, to)
    return [found[task.id] for task in tasks]


def require_basis(act: Act) -> None:
    if not (act.reason or act.doc):
        raise BadValue(_("a transfer needs its paper or a reason: --doc or --reason"))


def require_there(connection: Connection, register: Register, unit: str, act: Act, zone: str) -> None:
    """Raises NotFound for an unknown unit, BadValue for one that has ended or does not exist yet."""
    facts, today = register.find(unit), local_date(act.happened_at, zone)
    if facts is None:
        raise NotFound(_("unit"), unit, store.unit_facts(connection, register.directory))
    if facts.valid_to and facts.valid_to < today:
        text = _("{unit} ended itself on {day}; successors: {heirs}")
        heirs = proposed(register.heirs(unit, today))
        raise BadValue(text.format(unit=unit, day=shown_day(facts.valid_to), heirs=heirs))
    if facts.valid_from and facts.valid_from > today:
        raise BadValue(_("{unit} does not exist before {day}").format(unit=unit, day=shown_day(facts.valid_from)))


def _left_to_do(tasks: Sequence[TaskRow], *, waiting_only: bool) -> list[TaskRow]:
    found = [task for task in tasks if task.state not in STAYS]
    if not found:
        raise BadValue(_("all of these tasks are handed in or finished: there is nothing to hand over"))
    if waiting_only:
        found = [task for task in found if task.state == State.TRANSFERRING]
        if not found:
            raise BadValue(_("none of these tasks waits for a successor: name the unit with --to"))
    return found


@dataclass(frozen=True)
class _Way:
    """What becomes of one task: who takes it over, and who has one like it already."""

    task: TaskRow
    moment: datetime
    fresh: tuple[str, ...]
    own: tuple[str, ...]

    @property
    def towards(self) -> State:
        """What it is for its new unit: nothing that others did counts as taken up."""
        if self.task.state == State.WAITING or self.task.opened_at is None:
            return State.WAITING
        return State.ASSIGNED

    def slot(self, unit: str) -> Slot:
        return self.task.stage, self.task.period, unit

    def selector(self, unit: str) -> str:
        return self.task._replace(unit=unit).selector


class _Handover:
    """The tasks of one instance on their way to other units, in the caller's transaction."""

    def __init__(self, office: Office, connection: Connection, name: str, act: Act):
        self.office, self.connection, self.act = office, connection, act
        self.instance = office.instance(connection, name)
        self.blueprint = office.blueprint(connection, self.instance)
        self.register = Register(connection, self.instance.directory)
        self.today = local_date(act.happened_at, office.zone)

    def run(self, tasks: Sequence[TaskRow], to: Sequence[str]) -> dict[int, HandedOver]:
        tasks = Settling(self.office, self.connection, self.instance, self.act).open_by(tasks)
        self.register.load({task.unit for task in tasks})
        ways = self.ways(tasks, to)
        moving, joining = [way for way in ways if way.fresh], [way for way in ways if not way.fresh]
        pending = stand_ins.pending_about(self.connection, [task.id for task in tasks])
        end(self.connection, pending, "handed-over")
        self.move(moving)
        self.split(moving)
        self.join(joining)
        self.take_in(ways)
        stand_ins.add_stand_ins(self.connection, self.instance.id, [
            StandIn(way.task.stage, RESPONSIBLE, way.task.unit, unit) for way in ways for unit in (*way.fresh, *way.own)
        ], self.act.happened_at)  # fmt: skip
        self.settle(moving, joining)
        now = store.tasks_by_id(self.connection, [task.id for task in tasks])
        return {
            way.task.id: HandedOver(
                way.task.selector, way.task.state, now[way.task.id].state,
                tuple(way.selector(unit) for unit in (*way.fresh, *way.own)), joined=bool(way.own),
            )
            for way in ways
        }  # fmt: skip

    # --- who takes what ------------------------------------------------------------------------------------------

    def ways(self, tasks: Sequence[TaskRow], to: Sequence[str]) -> list[_Way]:
        for unit in dict.fromkeys(to):
            require_there(self.connection, self.register, unit, self.act, self.office.zone)
        if not to:
            self.require_only_heirs(tasks)
        targets = {task.id: self.targets(task, to) for task in tasks}
        units = sorted({unit for some in targets.values() for unit in some})
        stages = list(dict.fromkeys(task.stage for task in tasks))
        found = stand_ins.slots(self.connection, self.instance.id, stages, units)
        taken: dict[Slot, TaskRow | None] = {(task.stage, task.period, task.unit): task for task in found}
        ways = []
        for task in tasks:
            moment = checked_moment(self.office, task, self.act.happened_at, self.act)
            slots = {unit: (task.stage, task.period, unit) for unit in targets[task.id]}
            fresh = tuple(unit for unit, slot in slots.items() if slot not in taken)
            own = tuple(unit for unit in slots if unit not in fresh)
            for unit in own:
                self.require_open(task, taken[slots[unit]])
            taken |= {slots[unit]: None for unit in fresh}
            ways.append(_Way(task, moment, fresh, own))
        return ways

    def require_only_heirs(self, tasks: Sequence[TaskRow]) -> None:
        """Where nobody is named each unit must have one successor; all that do not are told, with what each is for."""
        heirs = {task.unit: self.register.heirs(task.unit, self.today) for task in tasks}
        unclear = [f"{unit} → {proposed(some)}" for unit, some in heirs.items() if len(some) != 1]
        if unclear:
            text = _("name the successor with --to, unit by unit (--unit, --except): {units}")
            raise BadValue(text.format(units="; ".join(unclear)))

    def targets(self, task: TaskRow, to: Sequence[str]) -> tuple[str, ...]:
        """The units named, else the only successor that the register proposes."""
        if task.unit in to:
            raise BadValue(_("{task} is {unit}'s own already").format(task=task.selector, unit=task.unit))
        return tuple(dict.fromkeys(to)) or (self.register.heirs(task.unit, self.today)[0].unit,)

    def require_open(self, task: TaskRow, own: TaskRow | None) -> None:
        """A task can become part only of one that is still to be done (None: of one that was handed over just now)."""
        if own is not None and own.state not in TO_HAND_OVER | {State.SUSPENDED}:
            text = _(
                "{task} cannot become part of {own}, which is handed in or finished: return that one, or cancel this"
            )
            raise BadValue(text.format(task=task.selector, own=own.selector))

    # --- what becomes of the tasks -------------------------------------------------------------------------------

    def towards(self, way: _Way) -> State:
        ongoing = self.blueprint.plan.stages[way.task.stage].type == "ongoing"
        keeps_on = way.task.state in (State.IN_PROGRESS, State.TRANSFERRING)
        return State.IN_PROGRESS if ongoing and keeps_on and way.towards is not State.WAITING else way.towards

    def changes(self, way: _Way, unit: str) -> dict[str, Any]:
        """The columns of a task in new hands: its date stays in force, passed rungs stay passed, its unit is told."""
        task, moment = way.task, way.moment
        changed = {"unit": unit, "taken_from": task.unit, "acked_until": None,
                   "deadline_version": task.deadline_version + 1}  # fmt: skip
        if self.towards(way) is State.WAITING:
            return {**changed, "next_action_at": next_look_at(task.approximate, task.opens_at, moment)}
        return {**changed, "opened_at": moment, "swept_at": moment - A_MOMENT, "next_action_at": moment}

    def move(self, ways: Sequence[_Way]) -> None:
        """The first unit takes the task as it is."""
        machine.apply(self.connection, [
            Step(way.task, Trigger.TRANSFER, self.towards(way), self.changes(way, way.fresh[0]), self.data(way),
                 happened_at=way.moment)
            for way in ways
        ], self.act)  # fmt: skip

    def data(self, way: _Way) -> dict[str, Any]:
        return {"from": way.task.unit, "to": [*way.fresh, *way.own]}

    def split(self, ways: Sequence[_Way]) -> None:
        """Every further unit gets a task of its own."""
        more = [(way, unit) for way in ways for unit in way.fresh[1:]]
        if not more:
            return
        store.add_tasks(self.connection, [self.row(way, unit) for way, unit in more])
        made = self.found(more)
        store.add_entries(self.connection, [
            machine.entry(self.act, Trigger.TRANSFER.value, task=made[way.slot(unit)], after=self.towards(way).value,
                          data={**self.data(way), "split_from": way.selector(way.fresh[0])},
                          happened_at=way.moment) | {"before": None}
            for way, unit in more
        ])  # fmt: skip

    def row(self, way: _Way, unit: str) -> dict[str, Any]:
        columns = {name: value for name, value in way.task._asdict().items() if name not in ("id", "instance")}
        new = {"state": self.towards(way).value, "version": 1, "touched_at": way.moment}
        return {**columns, **self.changes(way, unit), **new}

    def found(self, wanted: Sequence[tuple[_Way, str]]) -> dict[Slot, TaskRow]:
        """The tasks of the units as they stand now."""
        stages, units = ({way.task.stage for way, _unit in wanted}, {unit for _way, unit in wanted})
        rows = stand_ins.slots(self.connection, self.instance.id, sorted(stages), sorted(units))
        return {(task.stage, task.period, task.unit): task for task in rows}

    def join(self, ways: Sequence[_Way]) -> None:
        """All the units have such a task already: this one ends, as part of theirs."""
        for way in ways:
            theirs = [way.selector(unit) for unit in way.own]
            part = _("part of {tasks}").format(tasks=", ".join(theirs))
            act = replace(self.act, reason="; ".join(filter(None, (self.act.reason, part))))
            step = Step(way.task, Trigger.TRANSFER, State.CANCELLED, {"next_action_at": None},
                        {**self.data(way), "part_of": theirs}, happened_at=way.moment)  # fmt: skip
            machine.apply(self.connection, [step], act)

    def take_in(self, ways: Sequence[_Way]) -> None:
        """The tasks that others became part of say so, and their units are told."""
        parts: dict[Slot, list[_Way]] = defaultdict(list)
        for way in ways:
            for unit in way.own:
                parts[way.slot(unit)].append(way)
        tasks = self.found([(some[0], slot[2]) for slot, some in parts.items()]) if parts else {}
        for slot, some in parts.items():
            task = tasks[slot]
            data = {"takes_in": [way.task.selector for way in some]}
            changes = {"taken_from": task.taken_from or some[0].task.unit}
            machine.amend(self.connection, Trigger.TRANSFER.value, [(task, changes)], self.act, data)
        self.tell(tasks[slot] for slot in parts)

    def tell(self, tasks: Any) -> None:
        open_now = [task for task in tasks if task.state in TO_HAND_IN]
        raised = stand_ins.occurrences(self.connection, TAKEN_IN.id, [task.id for task in open_now])
        outbox.add_decisions(self.connection, [
            row for task in open_now
            for row in decisions_for(TAKEN_IN, raised.get(task.id, 0) + 1, self.act.happened_at, self.blueprint, task,
                                     self.register)
        ])  # fmt: skip

    # --- what follows --------------------------------------------------------------------------------------------

    def settle(self, moving: Sequence[_Way], joining: Sequence[_Way]) -> None:
        """Count the tasks where they belong now, and open what was free all along."""
        instance = self.office.instance(self.connection, self.instance.name)  # as it is played now
        settling = Settling(self.office, self.connection, instance, self.act)
        settling.register = self.register
        parent = self.register.parent
        places: Mapping[Slot, Counted] = {
            way.slot(unit): Counted(way.task, parent(unit), whole=unit != way.fresh[0])
            for way in moving for unit in way.fresh
        }  # fmt: skip
        recount(settling, [Counted(way.task, parent(way.task.unit)) for way in moving], list(places.values()))
        if joining:
            settling.after([Moved(way.task, State.CANCELLED, way.moment) for way in joining])
        for stage in dict.fromkeys(way.task.stage for way in moving if self.towards(way) is State.WAITING):
            settling.advance(stage, {unit for way in moving if way.task.stage == stage for unit in way.fresh})
