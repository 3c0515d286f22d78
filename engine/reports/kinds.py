"""The kinds of reports there are: a new one is a file and a line here."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from engine.errors import NotFound
from engine.i18n import N_, _
from engine.office import Office
from engine.reports.closing import read_closing
from engine.reports.filing import Filing, filing
from engine.reports.lateness import annex, late
from engine.reports.logbook import logbook
from engine.reports.received import received
from engine.reports.sheet import Report
from engine.reports.summary import summary
from engine.reports.tracking import tracking

# kind → (what makes it, what it is)
KINDS: dict[str, tuple[Callable[[Filing], Report], str]] = {
    "tracking": (tracking, N_("unit by task: the four cells, dates, days late, papers")),
    "received": (received, N_("received n of N, by output and channel, and who is missing")),
    "summary": (summary, N_("totals by level and unit, on-time rate, ranking, the period before")),
    "log": (logbook, N_("chasing, telephone calls, moved dates")),
    "late": (late, N_("one page for the boss: who is late, how often chased, whom to call")),
    "annex": (annex, N_("the annex of a letter that chases")),
}


def made(
    office: Office, connection: Connection, kind: str, names: Sequence[str], now: datetime, *,
    period: str | None, units: Sequence[str], levels: Sequence[str],
) -> Report:  # fmt: skip
    """A report about the named instances, by default those not closed, as they stand or as a period closed.

    Raises NotFound, and BadValue where there is none at all or the period is none.
    """
    if kind not in KINDS:
        raise NotFound(_("kind of report"), kind, KINDS)
    make, _text = KINDS[kind]
    closing = read_closing(period) if period else None
    return make(filing(office, connection, names, now, closing=closing, units=units, levels=levels))
