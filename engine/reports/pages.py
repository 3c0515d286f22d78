"""The board as one page that needs nothing but itself: no network, no program but its own few lines."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from engine.errors import BadValue
from engine.i18n import N_, _, language
from engine.reports.board import board, overview
from engine.reports.scene import Scene
from engine.templates import part, render

ROOM = 20  # of a notice's limits: a page holds every unit
# The words of the pages; those with {…} are filled in by the template.
WORDS = {
    "as_of": N_("As of {at}"),
    "board": N_("Progress board"),
    "overview": N_("Plans at a glance"),
    "no_number": N_("no number"),
    "inferred": N_("(inferred)"),
    "secondary": N_("Secondary source: a news article about the plan, not the plan itself."),
    "closed": N_("closed"),
    "coordinator": N_("Coordinator"),
    "of": N_("of {n} tasks"),
    "done": N_("Done"),
    "open": N_("Not done"),
    "on_time": N_("On time"),
    "late_column": N_("late / overdue"),
    "undated": N_("No date yet"),
    "rate": N_("Done on time"),
    "rate_note": N_("of all that is done or overdue"),
    "next": N_("Next dates"),
    "none_next": N_("No date ahead."),
    "tasks": N_("{n} tasks"),
    "late": N_("Late units"),
    "late_note": N_("{tasks} tasks of {units} units"),
    "none_late": N_("Nothing is overdue."),
    "due": N_("Due within 14 days"),
    "none_due": N_("Nothing is due within 14 days."),
    "more": N_("and {n} more: see the grid, or kh report"),
    "unit": N_("Unit"),
    "duty": N_("Duty"),
    "deadline": N_("Deadline"),
    "days_late": N_("Days late"),
    "reached": N_("Rung reached"),
    "times": N_("chased {n} times"),
    "calls": N_("{n} calls"),
    "not_chased": N_("not chased yet"),
    "own": N_("Own duties"),
    "at": N_("Time"),
    "kind": N_("Kind"),
    "what": N_("What"),
    "state": N_("State"),
    "in_days": N_("in {n} days"),
    "today": N_("today"),
    "timeline": N_("Timeline"),
    "done_of": N_("{done} of {n} done"),
    "was": N_("was"),
    "window": N_("day not fixed yet"),
    "line_key": N_("bar: open to due · ◆ deadline · ◇ deadline before it was moved · ━ handed in · │ today"),
    "grid": N_("Units and stages"),
    "units": N_("{n} units"),
    "grid_long": N_("Too many units for a page: groups only. kh report tracking lists each."),
    "filter": N_("Filter"),
    "find": N_("Unit"),
    "find_hint": N_("name, with or without marks"),
    "level": N_("Level"),
    "all": N_("all"),
    "sort": N_("Order"),
    "sort_plan": N_("as in the plan"),
    "sort_name": N_("by name"),
    "sort_late": N_("most days late first"),
    "found": N_("{n} units shown"),
    "reset": N_("Show all"),
    "legend": N_("Signs"),
    "log": N_("Chasing, calls, moved dates"),
    "none_log": N_("Nobody was chased yet."),
    "log_more": N_("{n} earlier lines: kh report log"),
    "questions": N_("Questions the plan leaves open"),
    "prohibitions": N_("Not to be done"),
    "plans": N_("Plans"),
    "plan": N_("Plan"),
    "no_plans": N_("No plan is running."),
    "feed": N_("Dates as a calendar (.ics)"),
    "skip": N_("To the figures"),
    "scroll": N_("table, scrolls sideways"),
    "made_by": N_("Read-only picture made by kh; it does not change after it was made."),
}


def board_page(scenes: Sequence[Scene], link: str = "") -> str:
    """One plan in full, or several at a glance.

    `link` leads from the overview to the page of an instance, e.g. `/board/{instance}`; empty in a file of its own.
    """
    one = len(scenes) == 1 and not link
    return instance_page(scenes[0]) if one else page("overview.html.j2", overview(scenes), _own(scenes), link=link)


def instance_page(scene: Scene, back: str = "", feed: str = "") -> str:
    """`back` is where the overview is, `feed` the calendar, if anywhere."""
    return page("board.html.j2", board(scene), _own([scene]), back=back, feed=feed)


def _own(scenes: Sequence[Scene]) -> Path | None:
    return scenes[0].office.settings.templates if scenes else None


def page(name: str, view: Mapping[str, Any], own: Path | None, **more: str) -> str:
    """Raises BadValue where an office's own template cannot be filled in."""
    tongue = language()
    try:
        script = part("page.js", tongue, own)
        style = part("page.css", tongue, own)
        context = {
            **view, **more, "t": {key: _(text) for key, text in WORDS.items()}, "language": tongue,
            "style": Markup(style), "script": Markup(script), "policy": policy(script),
        }  # fmt: skip
        return render(name, tongue, context, own, room=ROOM)
    except Exception as error:
        if own is None:
            raise
        raise BadValue(_("cannot fill in {path}: {reason}").format(path=name, reason=error)) from error


def policy(script: str) -> str:
    """What a browser may do with the page: run this script, use its styles, and fetch nothing."""
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
    )
