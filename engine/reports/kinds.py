"""The kinds of reports there are: a new one is a file and a line here."""

from collections.abc import Callable

from engine.i18n import N_
from engine.reports.filing import Filing
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
