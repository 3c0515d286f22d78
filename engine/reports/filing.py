"""What a report to be filed is about, and what all kinds of them have in common."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from engine import store
from engine.clock import local_date, shown, shown_day
from engine.errors import BadValue, NotFound
from engine.i18n import N_, _
from engine.office import Office
from engine.plan.directory import LEVEL_LABELS
from engine.reports.closing import Closing
from engine.reports.scene import Line, Scene, running
from engine.reports.sheet import Column, Report, Sheet
from engine.sections import plan_facts

RATE = N_("On-time rate: done on time out of all that is done or overdue.")


@dataclass(frozen=True)
class Filing:
    """Instances as they stood when the data closed, narrowed to some units or levels."""

    scenes: Sequence[Scene]
    closing: Closing | None = None
    units: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()

    @cached_property
    def lines(self) -> Sequence[tuple[Scene, Line]]:
        """Every task it speaks of."""
        return [(scene, line) for scene in self.scenes for line in scene.lines if self.fits(line)]

    def fits(self, line: Line) -> bool:
        return (not self.units or line.task.unit in self.units) and (not self.levels or line.level in self.levels)

    def at(self, closing: Closing) -> "Filing":
        """The same report about another period."""
        scenes = [scene.then(closing.end(scene.office.zone)) for scene in self.scenes]
        return replace(self, scenes=scenes, closing=closing)

    @property
    def first(self) -> Scene:
        return self.scenes[0]

    @property
    def several(self) -> bool:
        return len(self.scenes) > 1

    def report(self, kind: str, title: str, sheets: Sequence[Sheet], notes: Sequence[str] = ()) -> Report:
        scene = self.first
        facts = plan_facts(scene.blueprint, scene.register, scene.today)
        narrowed = _("only: {what}").format(what=", ".join([*sorted(self.units), *sorted(self.levels)]))
        lines = [self._as_of(), *[narrowed] * bool(self.units or self.levels)]
        return Report(kind, title, self._about(facts), lines, sheets, facts["sender"], scene.today, notes,
                      scene.office.zone)  # fmt: skip

    def _about(self, facts: dict[str, Any]) -> str:
        if self.several:
            return _("of {n} plans: {names}").format(
                n=len(self.scenes), names="; ".join(scene.blueprint.plan.number for scene in self.scenes)
            )
        issued = facts["issued"]
        cited = facts["document_number"] or f"“{facts['title']}”"
        dated = " " + _("of {day}").format(day=shown_day(issued)) if issued else ""
        return _("Plan {number}{dated}, {issuer}").format(number=cited, dated=dated, issuer=facts["issuer"])

    def _as_of(self) -> str:
        if self.closing:
            return _("Data: {period}").format(period=self.closing.label)
        return _("As of {at}").format(at=shown(self.first.now, self.first.office.zone))

    def columns(self, *columns: Column) -> list[Column]:
        """With the plan in front, where there are several."""
        return [*[Column("plan", _("Plan"), wide=16)] * self.several, *columns]


def filing(
    office: Office,
    connection: Connection,
    names: Sequence[str],
    now: datetime,
    *,
    closing: Closing | None,
    units: Sequence[str],
    levels: Sequence[str],
) -> Filing:
    """The named instances, by default those not closed. Raises NotFound, BadValue where there is none at all.

    With a closing the tasks stand as they did at the end of its last day; of a period still running, as they do now.
    """
    names = names or running(connection)
    if not names:
        raise BadValue(_("no plan is running: kh start begins one"))
    if closing and closing.first and closing.first > local_date(now, office.zone):
        raise BadValue(_("the period {period} has not begun").format(period=closing.label))
    moment = min(now, closing.end(office.zone)) if closing else now
    scenes = [Scene.of(office, connection, name, moment) for name in dict.fromkeys(names)]
    scenes = [scene.then(moment) for scene in scenes] if moment < now else scenes
    _require_levels(levels)
    return Filing(scenes, closing, frozenset(_members(scenes, units)), frozenset(levels))


def _require_levels(levels: Sequence[str]) -> None:
    for level in levels:
        if level not in LEVEL_LABELS:
            raise NotFound(_("level"), level, LEVEL_LABELS)


def _members(scenes: Sequence[Scene], units: Sequence[str]) -> Iterator[str]:
    """Units and the members of groups, as any of the plans knows them."""
    for name in units:
        knowing = [scene for scene in scenes if name in scene.blueprint.groups or scene.unit(name)]
        if not knowing:
            known = [*scenes[0].blueprint.groups, *store.unit_facts(scenes[0].connection, scenes[0].instance.directory)]
            raise NotFound(_("unit"), name, known)
        for scene in knowing:
            yield from scene.blueprint.members((name,))
