"""The rows of the store, with the constraints that state what must always hold."""

from engine.tables.ledgers import Extension, HandIn, Suspension
from engine.tables.log import Entry, Heartbeat, Seal, SealedEntry
from engine.tables.machines import Claim, Command, Worker
from engine.tables.notices import Decision, Echo, Message, Silence
from engine.tables.register import CalendarDay, Person, Snapshot, Unit
from engine.tables.work import Amendment, Answer, Instance, StandIn, Tally, Task

__all__ = [
    "Amendment",
    "Answer",
    "CalendarDay",
    "Claim",
    "Command",
    "Decision",
    "Echo",
    "Entry",
    "Extension",
    "HandIn",
    "Heartbeat",
    "Instance",
    "Message",
    "Person",
    "Seal",
    "SealedEntry",
    "Silence",
    "Snapshot",
    "StandIn",
    "Suspension",
    "Tally",
    "Task",
    "Unit",
    "Worker",
]
