"""Quotas: how many collectives and individuals were decided on, against how many there may be."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from engine import handins, store
from engine.errors import BadValue, NotFound
from engine.i18n import _, first_of
from engine.plan.annexes import Quota
from engine.plan.blueprint import Blueprint
from engine.rows import HandInRow, InstanceRow, TaskRow

_COUNT = re.compile(r"([^=]+)=([0-9]{1,6})\+([0-9]{1,6})")
MOST_TOLD = 12


class Count(NamedTuple):
    """Collectives (tập thể) and individuals (cá nhân)."""

    collective: int
    individual: int

    def __str__(self) -> str:
        return f"{self.collective}+{self.individual}"


def read_count(text: str) -> tuple[str, Count]:
    """`bang-khen=3+7`. Raises BadValue."""
    match = _COUNT.fullmatch(text.strip())
    if match is None:
        raise BadValue(
            _("--count takes QUOTA=COLLECTIVES+INDIVIDUALS, such as bang-khen=3+7, not {text}").format(text=text)
        )
    return match[1].strip(), Count(int(match[2]), int(match[3]))


def require(blueprint: Blueprint, task: TaskRow, name: str) -> None:
    """Raises NotFound for an unknown quota, BadValue where the task neither decides on it nor nominates for it."""
    quota = blueprint.plan.quotas.get(name)
    if quota is None:
        raise NotFound(_("quota"), name, blueprint.plan.quotas)
    places = [stage for stage in (quota.stage, quota.nomination) if stage]
    if task.stage not in places:
        text = _("{task}: the quota {name} is counted at {stages}")
        raise BadValue(text.format(task=task.selector, name=name, stages=", ".join(places)))


def total(rows: Iterable[HandInRow]) -> Count:
    rows = list(rows)
    return Count(sum(row.collective for row in rows), sum(row.individual for row in rows))


def exceeds(found: Count, quota: Quota) -> bool:
    return found.collective > quota.collective or found.individual > quota.individual


def check(connection: Connection, instance: InstanceRow, blueprint: Blueprint, names: Iterable[str]) -> dict[str, str]:
    """nominating stage → a warning where more are nominated than may be chosen.

    Raises BadValue where more were decided on, with the list of what is there.
    """
    warnings: dict[str, str] = {}
    names = list(names)
    if names:
        handins.take_turns(connection, instance.id)
    for name in names:
        quota = blueprint.plan.quotas[name]
        decided = handins.counted(connection, instance.id, name, quota.stage)
        if exceeds(total(decided), quota):
            raise BadValue(_over(connection, name, quota, decided))
        nominated = (
            total(handins.counted(connection, instance.id, name, quota.nomination)) if quota.nomination else None
        )
        if nominated and exceeds(nominated, quota):
            text = _("quota {name}: {limit} (collectives + individuals); {found} are nominated so far")
            warnings[str(quota.nomination)] = text.format(name=name, limit=_limit(quota), found=nominated)
    return warnings


def _limit(quota: Quota) -> Count:
    return Count(quota.collective, quota.individual)


def _over(connection: Connection, name: str, quota: Quota, rows: list[HandInRow]) -> str:
    tasks = store.tasks_by_id(connection, {row.task_id for row in rows})
    listed = [
        f"{tasks[row.task_id].selector} {Count(row.collective, row.individual)}" + (f" ({row.doc})" if row.doc else "")
        for row in rows
    ]
    text = _("quota {name}: {limit} (collectives + individuals); with this there would be {found}: {list}")
    return text.format(name=name, limit=_limit(quota), found=total(rows), list=first_of(listed, MOST_TOLD, "; "))
