"""Which pending decisions still stand this morning; the others end here, each with its reason."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine import outbox, silences, store
from engine.decisions import REASONS, SEND, decide
from engine.escalation import find_rung
from engine.ladders import Rung
from engine.office import Office, Register
from engine.plan.blueprint import Blueprint
from engine.rows import DecisionRow, TaskRow

WHOLE_STAGE = "tiep-nhan"  # the template that lists what arrived of a stage, and what did not


@dataclass(frozen=True, slots=True)
class Item:
    """A decision with all that is needed to write about it."""

    decision: DecisionRow
    task: TaskRow
    rung: Rung
    blueprint: Blueprint
    register: Register

    @property
    def stretch(self) -> tuple[str, str, str]:
        return self.task.instance, self.task.stage, self.task.period

    @property
    def is_mutable(self) -> bool:
        """Nothing that escalates, and nothing to the responsible unit, is ever left out."""
        told, _sep, _head = self.decision.recipient.partition("#")
        return (
            self.decision.template != WHOLE_STAGE
            and self.decision.severity == 0
            and told not in self.blueprint.partners(self.task.stage, self.task.unit)
        )

    @property
    def rank(self) -> tuple[int, datetime]:
        return self.decision.severity, self.decision.due_at


def due_items(office: Office, connection: Connection, ready: Sequence[DecisionRow], now: datetime) -> list[Item]:
    """What is to be said now: what still stands, and of several rungs for one task and recipient the highest."""
    return _highest(connection, _to_send(office, connection, ready, now))


def _to_send(office: Office, connection: Connection, ready: Sequence[DecisionRow], now: datetime) -> list[Item]:
    """The decisions that still stand; the others end here, each with its reason."""
    tasks = store.tasks_by_id(connection, {row.task_id for row in ready})
    quiet = silences.in_force(connection, now, tasks)
    instances = {name: office.instance(connection, name) for name in {task.instance for task in tasks.values()}}
    registers: dict[str, Register] = {}
    ended: dict[str, list[int]] = defaultdict(list)
    items = []
    for row in ready:
        task = tasks[row.task_id]
        instance = instances[task.instance]
        blueprint = office.blueprint(connection, instance)
        rung = find_rung(blueprint, task.stage, row.rung)
        if rung is None or instance.closed_at is not None:
            ended["closed"].append(row.id)
            continue
        action = decide(rung, row, task, now, quiet.get(task.id))
        if action != SEND:
            ended[action].append(row.id)
            continue
        register = registers.setdefault(instance.directory, Register(connection, instance.directory))
        items.append(Item(row, task, rung, blueprint, register))
    for register in registers.values():
        ours = [item for item in items if item.register is register]
        register.load({item.decision.recipient.partition("#")[0] for item in ours} | {item.task.unit for item in ours})
    for action, ids in ended.items():
        end(connection, ids, action)
    task_of = {row.id: row.task_id for row in ready}
    silences.keep_back(connection, [(key, quiet[task_of[key]].id) for key in ended["silenced"]])
    return items


def end(connection: Connection, ids: Sequence[int], reason: str) -> None:
    """End decisions for one of the reasons there are."""
    outbox.end_decisions(connection, ids, REASONS[reason].outcome, REASONS[reason].text)


def _highest(connection: Connection, items: Sequence[Item]) -> list[Item]:
    """Of several rungs for one task and recipient the highest goes out, with its equals; the others are superseded."""

    def key(item: Item) -> tuple[int, str, bool, str]:
        alarm = item.rung.id if item.decision.role == "undeliverable" else ""
        return item.task.id, item.decision.recipient, item.decision.held, alarm

    best: dict[tuple[int, str, bool, str], tuple[int, datetime]] = {}
    for item in items:
        best[key(item)] = max(item.rank, best.get(key(item), item.rank))
    end(connection, [item.decision.id for item in items if item.rank < best[key(item)]], "superseded")
    return [item for item in items if item.rank == best[key(item)]]
