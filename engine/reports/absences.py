"""What ended units leave to be decided in running plans: tasks without hands, roles that nobody plays."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine import stand_ins, store
from engine.absent import absent, as_facts
from engine.clock import local_date
from engine.i18n import counted, first_of
from engine.office import Office, Register
from engine.rows import InstanceRow


def absent_views(
    office: Office, connection: Connection, instance: InstanceRow, stages: Collection[str], now: datetime
) -> list[dict[str, Any]]:
    """The roles whose units have ended, in the stages that are not finished; none in a plan that is."""
    if instance.closed_at is not None or not stages:
        return []
    register, today = Register(connection, instance.directory), local_date(now, office.zone)
    return [
        {"role": item.role, "unit": item.unit, "name": item.name, "stages": list(item.stages),
         "successors": as_facts(item.heirs), "text": item.in_words(), "command": item.command}
        for item in absent(instance.name, office.blueprint(connection, instance), register, today, stages)
    ]  # fmt: skip


def left_open(office: Office, connection: Connection, now: datetime) -> list[str]:
    """One line for each running plan with tasks that wait for a successor, and for each role nobody plays."""
    found = []
    for instance in store.instances(connection):
        stages, waiting = stand_ins.open_stages(connection, instance.id)
        if waiting and instance.closed_at is None:
            found.append(counted(
                "{instance}: {n} task waits for a successor (kh transfer {instance} --state transferring --to …)",
                "{instance}: {n} tasks wait for a successor (kh transfer {instance} --state transferring --to …)",
                waiting, instance=instance.name,
            ))  # fmt: skip
        found += [
            f"{instance.name}: {line}" for line in in_lines(absent_views(office, connection, instance, stages, now))
        ]
    return found


def in_lines(views: Sequence[dict[str, Any]]) -> list[str]:
    """One line for each role, however many units with it have ended, with the first command to type."""
    by_role: dict[str, list[dict[str, Any]]] = {}
    for view in views:
        by_role.setdefault(view["role"], []).append(view)
    found = []
    for some in by_role.values():
        text = first_of([one["text"] for one in some], 1)
        found.append(f"{text}: {some[0]['command']}")
    return found
