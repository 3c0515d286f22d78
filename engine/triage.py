"""Which pending decisions still stand this morning; the others end here, each with its reason."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine import outbox, silences, store
from engine.decisions import REASONS, SEND, decide
from engine.escalation import find_rung
from engine.ladders import ALARMS, Rung
from engine.office import Office, Register
from engine.plan.blueprint import Blueprint
from engine.rows import DecisionRow, TaskRow

LOST = ("undeliverable", "ended")  # why a notice could not reach its recipient: the role of who is told instead
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
    def is_own(self) -> bool:
        """Is it the recipient's own duty, or that of the unit it heads?"""
        told, _sep, _head = self.decision.recipient.partition("#")
        return told in self.blueprint.partners(self.task.stage, self.task.unit)

    @property
    def is_alarm(self) -> bool:
        """What is told of a task for another reason than the task itself: nothing said of it says this too."""
        return self.is_lost or self.rung.id in ALARMS

    @property
    def is_lost(self) -> bool:
        """Was it meant for somebody else, whom it could not reach?"""
        return self.decision.role in LOST

    @property
    def is_mutable(self) -> bool:
        """Nothing that escalates or alarms, and nothing to the responsible unit, is ever left out."""
        listed = self.decision.template == WHOLE_STAGE
        return self.decision.severity == 0 and not (listed or self.is_own or self.is_alarm)

    @property
    def rank(self) -> tuple[int, datetime]:
        return self.decision.severity, self.decision.due_at


def due_items(office: Office, connection: Connection, ready: Sequence[DecisionRow], now: datetime) -> list[Item]:
    """What is to be said now: what still stands, and of several rungs for one task and recipient the highest."""
    return _highest(connection, _to_send(office, connection, ready, now))


class Hearing:
    """Decisions looked at with all that counts now: their tasks, plans and silences."""

    def __init__(self, office: Office, connection: Connection, rows: Sequence[DecisionRow], now: datetime):
        self.now = now
        self.tasks = store.tasks_by_id(connection, {row.task_id for row in rows})
        self.quiet = silences.in_force(connection, now, self.tasks)
        self.instances = office.instances(connection, {task.instance for task in self.tasks.values()})
        alarms = {row.task_id for row in rows if row.role in LOST}
        self.lost = outbox.undeliverable(connection, alarms)
        self.blueprints = {name: office.blueprint(connection, row) for name, row in self.instances.items()}

    def rung(self, row: DecisionRow) -> Rung | None:
        task = self.tasks[row.task_id]
        return find_rung(self.blueprints[task.instance], task.stage, row.rung)

    def verdict(self, row: DecisionRow) -> str:
        """SEND, or the key in REASONS that ends the decision now."""
        task, rung = self.tasks[row.task_id], self.rung(row)
        if self.instances[task.instance].closed_at is not None:
            return "closed"
        if rung is None:
            return "amended"
        if row.role in LOST and (row.task_id, row.rung, abs(row.occurrence)) not in self.lost:
            return "reached"
        return decide(rung, row, task, self.now, self.quiet.get(task.id))

    def keep_back(self, connection: Connection, rows: Iterable[DecisionRow]) -> None:
        """Record which silence ended each of these."""
        silences.keep_back(connection, [(row.id, self.quiet[row.task_id].id) for row in rows])


def _to_send(office: Office, connection: Connection, ready: Sequence[DecisionRow], now: datetime) -> list[Item]:
    """The decisions that still stand; the others end here, each with its reason."""
    hearing = Hearing(office, connection, ready, now)
    registers: dict[str, Register] = {}
    ended: dict[str, list[DecisionRow]] = defaultdict(list)
    items = []
    for row in ready:
        verdict, rung, task = hearing.verdict(row), hearing.rung(row), hearing.tasks[row.task_id]
        if verdict != SEND or rung is None:
            ended[verdict].append(row)
            continue
        directory = hearing.instances[task.instance].directory
        register = registers.setdefault(directory, Register(connection, directory))
        items.append(Item(row, task, rung, hearing.blueprints[task.instance], register))
    for register in registers.values():
        ours = [item for item in items if item.register is register]
        register.load({item.decision.recipient.partition("#")[0] for item in ours} | {item.task.unit for item in ours})
    for verdict, rows in ended.items():
        end(connection, [row.id for row in rows], verdict)
    hearing.keep_back(connection, ended["silenced"])
    return items


def end(connection: Connection, ids: Sequence[int], reason: str) -> None:
    """End decisions for one of the reasons there are."""
    outbox.end_decisions(connection, ids, REASONS[reason].outcome, REASONS[reason].text)


def _highest(connection: Connection, items: Sequence[Item]) -> list[Item]:
    """Of several rungs for one task and recipient the highest goes out, with its equals; the others are superseded."""

    def key(item: Item) -> tuple[int, str, bool, str]:
        return item.task.id, item.decision.recipient, item.decision.held, item.rung.id if item.is_alarm else ""

    best: dict[tuple[int, str, bool, str], tuple[int, datetime]] = {}
    for item in items:
        best[key(item)] = max(item.rank, best.get(key(item), item.rank))
    end(connection, [item.decision.id for item in items if item.rank < best[key(item)]], "superseded")
    return [item for item in items if item.rank == best[key(item)]]
