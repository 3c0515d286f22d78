"""Any line of the log that can be undone: of a task, an amendment, a closing."""

from dataclasses import dataclass

from engine import store
from engine.db import reading
from engine.errors import BadValue, NotFound
from engine.i18n import _
from engine.machine import Act
from engine.office import Office
from engine.service import closing, reverting, undoing
from engine.service.amend import Amended
from engine.service.moves import Outcome


@dataclass(frozen=True)
class Undone:
    """What went back: a task, or an instance with its tasks, or (neither) an instance that is open again."""

    instance: str
    outcome: Outcome | None = None
    amended: Amended | None = None
    sent: tuple[str, ...] = ()  # notices that went out since, by Message-ID


def undo_entry(office: Office, entry_id: int, act: Act, *, dry_run: bool = False) -> Undone:
    """Compensate a line of the log. Raises NotFound, and BadValue where it cannot be undone, or not any more."""
    with reading(office.engine) as connection:
        entry = store.find_entry(connection, entry_id)
    if entry is None:
        raise NotFound(_("entry"), str(entry_id))
    if entry.trigger == "amend" and entry.task_id is not None:
        raise BadValue(_("entry {id} is part of an amendment: kh amend INSTANCE --undo").format(id=entry_id))
    if entry.trigger == "amend":
        amended = reverting.take_back_entry(office, entry, act, dry_run=dry_run)
        return Undone(amended.instance, amended=amended, sent=amended.sent)
    if entry.trigger == "close":
        return Undone(closing.reopen(office, entry, act, dry_run=dry_run))
    found = undoing.undo(office, entry_id, act, dry_run=dry_run)
    return Undone(found.outcome.task.split("/")[0], found.outcome, sent=tuple(found.sent))
