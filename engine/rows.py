"""What queries hand out: plain, typed, immutable rows."""

from datetime import date, datetime, time
from typing import Any, NamedTuple, get_args, get_type_hints


class TaskRow(NamedTuple):
    """A row of `task` with the name of its instance."""

    id: int
    instance_id: int
    stage: str
    period: str
    unit: str
    state: str
    version: int
    opens_at: datetime | None
    opened_at: datetime | None
    touched_at: datetime
    submitted_at: datetime | None
    returned_at: datetime | None
    completed_at: datetime | None
    deadline_version: int
    named: date | None
    last_day: date | None
    due_time: time | None
    original_last_day: date | None
    from_on: date | None
    to_on: date | None
    approximate: bool
    by_hand: bool
    provisional: bool
    overdue_at: datetime | None
    late_from: date | None
    paused_days: int
    taken_from: str
    acked_until: datetime | None
    swept_at: datetime | None
    next_action_at: datetime | None
    instance: str

    @property
    def selector(self) -> str:
        """How a user names the task."""
        return "/".join(part for part in (self.instance, self.stage, self.period, self.unit) if part)


def restored(name: str, value: Any) -> Any:
    """A column of a task as the log kept it, in its own type again."""
    kinds = get_args(_TYPES[name]) or (_TYPES[name],)
    kind = next((kind for kind in _WRITTEN_OUT if kind in kinds), None)
    return kind.fromisoformat(value) if kind and isinstance(value, str) else value


_TYPES = get_type_hints(TaskRow)
_WRITTEN_OUT = (datetime, date, time)  # the types the log keeps as text


class AlikeRow(NamedTuple):
    """So many tasks of one stage and period that stand alike; `submitted_at` is the first among them."""

    stage: str
    period: str
    state: str
    last_day: date | None
    approximate: bool
    overdue_at: datetime | None
    late_from: date | None
    paused_days: int
    came_late: bool | None
    first: int  # of their ids
    submitted_at: datetime | None
    tasks: int
    missing: str | None  # of those not handed in, `id unit` of each

    @property
    def to_come(self) -> dict[int, str]:
        """The tasks not handed in, with their units."""
        words = self.missing.split(" ") if self.missing else []
        return dict(zip(map(int, words[::2]), words[1::2], strict=True))


class InstanceRow(NamedTuple):
    id: int
    name: str
    snapshot: str
    directory: str
    started_at: datetime
    closed_at: datetime | None
    playing: str | None = None  # its stand-ins as one text: what tells whether they are still the same


class TallyRow(NamedTuple):
    id: int
    stage: str
    period: str
    scope: str
    total: int
    done: int
    dropped: int
    reached_at: datetime | None


class MessageRow(NamedTuple):
    """A message on its way out, with what is known of it only then."""

    id: int
    recipient: str
    channel: str
    office_date: date
    message_id: str
    subject: str
    body: str
    html: str
    attachments: str
    severity: int
    rung: str
    reason: str | None
    attempts: int
    decisions: tuple["DecisionRow", ...] = ()
    tasks: tuple[str, ...] = ()  # the selector of each decision's task
    follows: str = ""  # the Message-ID of the first message about the only task it speaks of


class DecisionRow(NamedTuple):
    id: int
    task_id: int
    rung: str
    occurrence: int
    deadline_version: int
    recipient: str
    role: str
    severity: int
    template: str
    urgent: bool
    held: bool
    due_at: datetime
    deferred_to: datetime | None
    outcome: str
    reason: str | None
    message_id: int | None
    silence_id: int | None


class SilenceRow(NamedTuple):
    id: int
    task_id: int
    until: datetime
    author: str
    reason: str
    made_at: datetime
    ended_at: datetime | None


class HandInRow(NamedTuple):
    """One output as it arrived in one form."""

    id: int
    task_id: int
    output: str
    form: str
    doc: str | None
    pieces: int
    quota: str
    collective: int
    individual: int
    file: str | None
    file_name: str | None
    file_size: int | None
    arrived_at: datetime
    actor: str
    void_at: datetime | None


class ExtensionRow(NamedTuple):
    """A request for more time."""

    id: int
    task_id: int
    requested_at: datetime
    last_day: date
    asked: date
    late: bool
    doc: str | None
    reason: str
    outcome: str
    decided_at: datetime | None
    decided_by: str | None
    decision_doc: str | None
    decision_reason: str | None
    granted: date | None


class SuspensionRow(NamedTuple):
    """A stretch of time that does not count."""

    id: int
    task_id: int
    state: str
    from_at: datetime
    to_at: datetime | None
    doc: str | None
    reason: str
