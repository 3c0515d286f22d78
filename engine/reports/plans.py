"""A plan with all its facts, a task with its story, the list of instances."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from engine import amendments, outbox, store
from engine.errors import BadValue
from engine.i18n import _
from engine.office import Office, Register
from engine.reports.extensions import ledger_views
from engine.reports.handed_in import hand_in_views, quota_views
from engine.reports.notices import decision_views
from engine.reports.tasks import task_views
from engine.rows import TaskRow
from engine.service.select import Selection
from engine.service.select import select as select_tasks
from engine.states import State


def instance_views(office: Office, connection: Connection) -> list[dict[str, Any]]:
    task = store.TASK.c
    done = func.sum((task.state == State.COMPLETED).cast(store.TASK.c.id.type))
    query = select(task.instance_id, func.count().label("tasks"), done.label("done")).group_by(task.instance_id)
    counts = {row.instance_id: row for row in connection.execute(query)}
    views = []
    for instance in store.instances(connection):
        plan = office.blueprint(connection, instance).plan
        count = counts.get(instance.id)
        views.append({
            "instance": instance.name, "plan": plan.plan, "number": plan.document.number, "title": plan.title,
            "kind": plan.kind, "snapshot": instance.snapshot, "started_at": instance.started_at,
            "closed_at": instance.closed_at, "tasks": count.tasks if count else 0, "done": count.done if count else 0,
        })  # fmt: skip
    return views


def plan_view(office: Office, connection: Connection, name: str) -> dict[str, Any]:
    """All that an instance's snapshot says, with the answers given so far."""
    instance = office.instance(connection, name)
    blueprint = office.blueprint(connection, instance)
    content = blueprint.plan.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    content.pop("stages")
    answers = store.answers(connection, instance.id)
    content["questions"] = [
        {**item.model_dump(mode="json"), "answer": answers.get(item.id)} for item in blueprint.plan.questions
    ]
    if blueprint.plan.quotas:
        counts = quota_views(connection, instance, blueprint)
        content["quotas"] = {name: {**quota, **counts[name]} for name, quota in content["quotas"].items()}
    content["stages"] = {
        stage_id: stage.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        for stage_id, stage in blueprint.stages.items()
    }
    if blueprint.retired:
        content["stages_dropped"] = sorted(blueprint.retired)
    if changed := amendments.amendments(connection, instance.id):
        columns = ("at", "old", "new", "undone_at")
        content["amendments"] = [{name: getattr(row, name) for name in columns} for row in changed]
    moments = {"started_at": instance.started_at, "closed_at": instance.closed_at}
    return {"instance": name, "snapshot": instance.snapshot, **moments, **content}


def find_task(office: Office, connection: Connection, selector: str, now: datetime) -> TaskRow:
    """The one task that a selector names. Raises NotFound, and BadValue where it names none or several."""
    tasks = select_tasks(office, connection, Selection([selector]), now)
    if len(tasks) != 1:
        message = _("“{selector}” names {n} tasks; `show` takes one (kh tasks lists them)")
        raise BadValue(message.format(selector=selector, n=len(tasks)))
    return tasks[0]


def task_view(office: Office, connection: Connection, selector: str, now: datetime) -> dict[str, Any]:
    """One task: its facts, its stage, its units, what was handed in, decided about its notices, and its story."""
    task = find_task(office, connection, selector, now)
    instance = office.instance(connection, task.instance)
    blueprint = office.blueprint(connection, instance)
    register = Register(connection, instance.directory)
    units = {
        unit: _unit(register, unit, blueprint.plan.document.date) for unit in blueprint.partners(task.stage, task.unit)
    }
    return {
        **task_views(office, connection, [task], now)[0],
        **ledger_views(connection, task, office.zone),
        "units": units,
        "definition": blueprint.plan.stages[task.stage].model_dump(mode="json", by_alias=True, exclude_defaults=True),
        "hand_ins": hand_in_views(connection, task),
        "notices": decision_views(
            connection, outbox.decisions(connection, outbox.DECISION.c.task_id == task.id), office.zone
        ),
        "story": [entry_view(row) for row in store.entries(connection, store.ENTRY.c.task_id == task.id)],
    }


def _unit(register: Register, unit_id: str, day: Any) -> dict[str, Any]:
    unit = register.find(unit_id)
    if unit is None:
        return {"name": unit_id}
    return {"name": unit.name_on(day), "email": unit.contact.email, "phone": unit.contact.phone,
            "aliases": list(unit.aliases), "superior": unit.parent}  # fmt: skip


def log_views(office: Office, connection: Connection, instance: str | None) -> list[dict[str, Any]]:
    """The log, of all instances or of one, oldest line first."""
    where = [store.ENTRY.c.instance_id == office.instance(connection, instance).id] if instance else []
    return [entry_view(row) for row in store.entries(connection, *where)]


def entry_view(row: Any) -> dict[str, Any]:
    """A line of the log."""
    place = "/".join(part for part in (row.instance, row.stage, row.period, row.unit) if part)
    return {
        "entry": row.id, "at": row.at, "happened_at": row.happened_at, "backdated": row.happened_at < row.at,
        "actor": row.actor, "for": row.for_unit, "task": place or None, "trigger": row.trigger,
        "before": row.before, "after": row.after, "doc": row.doc, "reason": row.reason, "data": json.loads(row.data),
    }  # fmt: skip
