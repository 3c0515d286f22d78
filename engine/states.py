"""The one table of states and moves. Nothing else changes a state."""

from dataclasses import dataclass
from enum import StrEnum

from engine.i18n import N_, _


class State(StrEnum):
    WAITING = "waiting"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    COMPLETED = "completed"
    SUSPENDED = "suspended"
    TRANSFERRING = "transferring"
    CANCELLED = "cancelled"
    EXEMPT = "exempt"


STATE_LABELS = {
    State.WAITING: N_("Waiting for its turn"),
    State.ASSIGNED: N_("Assigned"),
    State.IN_PROGRESS: N_("In progress"),
    State.SUBMITTED: N_("Submitted – to be accepted"),
    State.RETURNED: N_("Returned – to be completed"),
    State.COMPLETED: N_("Completed"),
    State.SUSPENDED: N_("Suspended"),
    State.TRANSFERRING: N_("To be handed over"),
    State.CANCELLED: N_("Cancelled"),
    State.EXEMPT: N_("Exempt"),
}

FINAL = frozenset({State.COMPLETED, State.CANCELLED, State.EXEMPT})
DROPPED = frozenset({State.CANCELLED, State.EXEMPT})
# What the responsible unit still owes: the sources of a submission.
TO_HAND_IN = frozenset({State.ASSIGNED, State.IN_PROGRESS, State.RETURNED})
# What was handed in, accepted yet or not.
RECEIVED = frozenset({State.SUBMITTED, State.COMPLETED})
OPEN = frozenset(State) - FINAL
# What stands still while nobody can act: by a written decision, or because the unit ended.
HALTED = frozenset({State.SUSPENDED, State.TRANSFERRING})
RUNNING = OPEN - HALTED
# What a unit that ends leaves behind; what was handed in waits for its acceptance only.
TO_HAND_OVER = RUNNING - {State.SUBMITTED}


class Trigger(StrEnum):
    OPEN = "open"
    ACK = "ack"
    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"
    CANCEL = "cancel"
    EXEMPT = "exempt"
    SUSPEND = "suspend"
    RESUME = "resume"
    UNIT_ENDED = "unit-ended"
    TRANSFER = "transfer"
    UNDO = "undo"


# Moves that follow from something else; a person cannot ask for them.
BY_ITSELF = frozenset({Trigger.OPEN, Trigger.UNIT_ENDED})


@dataclass(frozen=True, slots=True)
class Move:
    trigger: Trigger
    sources: frozenset[State]
    destination: State
    why: str


def _moves(trigger: Trigger, sources: frozenset[State] | set[State], destination: State, why: str) -> Move:
    return Move(trigger, frozenset(sources), destination, why)


MOVES = (
    _moves(Trigger.OPEN, {State.WAITING}, State.ASSIGNED, N_("its period opened or what it waited for is done")),
    _moves(Trigger.OPEN, {State.WAITING}, State.IN_PROGRESS, N_("ongoing work whose turn has come")),
    _moves(Trigger.ACK, {State.ASSIGNED}, State.IN_PROGRESS, N_("the unit took the task up")),
    _moves(Trigger.SUBMIT, TO_HAND_IN, State.SUBMITTED, N_("handed in; somebody accepts it")),
    _moves(Trigger.SUBMIT, TO_HAND_IN, State.COMPLETED, N_("handed in; nobody has to accept it")),
    _moves(Trigger.ACCEPT, {State.SUBMITTED}, State.COMPLETED, N_("accepted")),
    _moves(Trigger.RETURN, {State.SUBMITTED, State.COMPLETED}, State.RETURNED, N_("sent back with a reason")),
    _moves(Trigger.CANCEL, OPEN, State.CANCELLED, N_("the duty was dropped")),
    _moves(Trigger.EXEMPT, OPEN, State.EXEMPT, N_("this unit need not do it")),
    _moves(Trigger.SUSPEND, RUNNING, State.SUSPENDED, N_("a written decision stopped the clock")),
    *(
        _moves(Trigger.RESUME, {State.SUSPENDED}, state, N_("the clock runs again"))
        for state in State
        if state in RUNNING
    ),
    _moves(Trigger.UNIT_ENDED, TO_HAND_OVER, State.TRANSFERRING, N_("the unit ended; a successor is to take over")),
    _moves(Trigger.TRANSFER, {State.WAITING, State.TRANSFERRING}, State.WAITING, N_("handed over before its turn")),
    _moves(Trigger.TRANSFER, TO_HAND_IN | {State.TRANSFERRING}, State.ASSIGNED, N_("handed over to another unit")),
    _moves(
        Trigger.TRANSFER, {State.IN_PROGRESS, State.TRANSFERRING}, State.IN_PROGRESS, N_("ongoing work handed over")
    ),
    _moves(
        Trigger.TRANSFER, TO_HAND_OVER | {State.TRANSFERRING}, State.CANCELLED, N_("part of the successor's own task")
    ),
    *(_moves(Trigger.UNDO, frozenset(State), state, N_("a wrong entry is compensated")) for state in State),
)


def state_label(state: str) -> str:
    return _(STATE_LABELS[State(state)])


def allowed_triggers(state: str) -> list[str]:
    """What a person may do from a state, but for `undo`, which is always possible."""
    ours = BY_ITSELF | {Trigger.UNDO}
    found = {move.trigger.value for move in MOVES if state in move.sources and move.trigger not in ours}
    return sorted(found)
