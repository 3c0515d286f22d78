"""What a coordinator may do with messages: release a held one, try a refused one again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from engine import machine, outbox, store
from engine.errors import BadValue, NotFound
from engine.i18n import N_, _
from engine.machine import Act
from engine.office import Office
from engine.service import rights

STATUSES = {
    "held": N_("held"), "pending": N_("pending"), "sent": N_("sent"), "dead": N_("refused"),
    "cancelled": N_("not needed any more"),
}  # fmt: skip


def find_message(connection: Connection, number: int) -> Any:
    """Raises NotFound."""
    found = outbox.messages(connection, outbox.MESSAGE.c.id == number)
    if not found:
        raise NotFound(_("message"), str(number))
    return found[0]


def release(office: Office, number: int, signed_by: str, act: Act, *, dry_run: bool = False) -> list[int]:
    """A held message becomes pending, with the paper it went out under; with it the same on other channels.

    The numbers of all of them. Raises BadValue without the number of the paper.
    """
    if not act.doc:
        raise BadValue(_("a released notice needs the number of its paper: --doc NUMBER"))
    with rights.acting(office, act, dry_run=dry_run) as connection:
        numbers = [number, *_same_elsewhere(connection, number)]
        _change(office, connection, numbers, "held", act, "release", {"doc": act.doc, "signed_by": signed_by})
    return numbers


def retry(office: Office, numbers: Sequence[int], act: Act, *, dry_run: bool = False) -> list[int]:
    """Refused messages become pending again, with all attempts before them; all refused ones where none are named.

    Raises BadValue where one of them was not refused: then none is tried.
    """
    with rights.acting(office, act, dry_run=dry_run) as connection:
        dead = outbox.messages(connection, outbox.MESSAGE.c.status == "dead")
        numbers = list(dict.fromkeys(numbers)) or [message.id for message in dead]
        _change(office, connection, numbers, "dead", act, "retry", {"attempts": 0, "next_attempt_at": None})
    return numbers


def _same_elsewhere(connection: Connection, number: int) -> list[int]:
    """The held messages on other channels that say nothing but what this one says."""
    ours = {row.id for row in outbox.decisions_of_messages(connection, [number]).get(number, [])}
    told = outbox.messages_of_decisions(connection, ours)
    others = {message.id for some in told.values() for message in some if message.status == "held"} - {number}
    held = outbox.decisions_of_messages(connection, others)
    return sorted(key for key, rows in held.items() if {row.id for row in rows} <= ours)


def _change(
    office: Office,
    connection: Connection,
    numbers: Iterable[int],
    status: str,
    act: Act,
    trigger: str,
    values: Mapping[str, Any],
) -> None:
    """Make messages pending again, each with an entry of its own."""
    for number in numbers:
        message = find_message(connection, number)
        if message.status != status:
            text = _("message {n} is {status}, not {wanted}")
            raise BadValue(text.format(n=number, status=_(STATUSES[message.status]), wanted=_(STATUSES[status])))
        _require_coordinator(office, connection, number, act)
        outbox.update_message(connection, number, while_status=status, status="pending", **values)
        outbox.reopen_message_decisions(connection, number)
        said = {name: value for name, value in values.items() if isinstance(value, str)}
        data = {"message": message.message_id, **said}
        store.add_entries(connection, [machine.entry(act, trigger, data=data)])


def _require_coordinator(office: Office, connection: Connection, number: int, act: Act) -> None:
    rows = outbox.decisions_of_messages(connection, [number]).get(number, [])
    tasks = store.tasks_by_id(connection, [row.task_id for row in rows])
    for name in {task.instance for task in tasks.values()}:
        rights.require_coordinator(connection, office.blueprint(connection, office.instance(connection, name)), act)
