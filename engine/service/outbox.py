"""What a coordinator may do with messages: release a held one, try a refused one again."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from engine import machine, outbox, store
from engine.errors import BadValue, NotFound
from engine.i18n import _
from engine.machine import Act
from engine.office import Office
from engine.service import rights


def find_message(connection: Connection, number: int) -> Any:
    """Raises NotFound."""
    found = outbox.messages(connection, outbox.MESSAGE.c.id == number)
    if not found:
        raise NotFound(_("message"), str(number))
    return found[0]


def release(office: Office, number: int, signed_by: str, act: Act, *, dry_run: bool = False) -> None:
    """A held message becomes pending, with the paper it went out under. Raises BadValue without a number."""
    if not act.doc:
        raise BadValue(_("a released notice needs the number of its paper: --doc NUMBER"))
    _change(office, number, "held", act, "release", {"doc": act.doc, "signed_by": signed_by}, dry_run)


def retry(office: Office, numbers: Sequence[int], act: Act, *, dry_run: bool = False) -> None:
    """Refused messages become pending again, with all attempts before them."""
    for number in numbers:
        _change(office, number, "dead", act, "retry", {"attempts": 0, "next_attempt_at": None}, dry_run)


def _change(
    office: Office, number: int, status: str, act: Act, trigger: str, values: dict[str, Any], dry_run: bool
) -> None:
    with rights.acting(office, act, dry_run=dry_run) as connection:
        message = find_message(connection, number)
        if message.status != status:
            raise BadValue(
                _("message {n} is {status}, not {wanted}").format(n=number, status=message.status, wanted=status)
            )
        _require_coordinator(office, connection, number, act)
        outbox.update_message(connection, number, while_status=status, status="pending", **values)
        outbox.reopen_message_decisions(connection, number)
        store.add_entries(
            connection,
            [
                machine.entry(
                    act,
                    trigger,
                    data={
                        "message": message.message_id,
                        **{name: value for name, value in values.items() if isinstance(value, str)},
                    },
                )
            ],
        )


def _require_coordinator(office: Office, connection: Connection, number: int, act: Act) -> None:
    rows = outbox.decisions_of_messages(connection, [number]).get(number, [])
    tasks = store.tasks_by_id(connection, [row.task_id for row in rows])
    for name in {task.instance for task in tasks.values()}:
        rights.require_coordinator(connection, office.blueprint(connection, office.instance(connection, name)), act)
