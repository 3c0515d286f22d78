"""What came and what is still missing: of a task, of a stage in each form, and against the quotas."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from engine import handins, pieces
from engine.plan.blueprint import Blueprint
from engine.plan.model import Stage
from engine.rows import HandInRow, InstanceRow, TaskRow
from engine.service.quotas import total
from engine.states import FINAL, RECEIVED


def piece_views(stage: Stage, task: TaskRow, rows: Sequence[HandInRow]) -> dict[str, Any]:
    """The pieces of a task that came, and those it still owes."""
    settled = task.state in FINAL | RECEIVED or not stage.outputs
    return {
        "received": [_piece(row) for row in rows if row.pieces],
        "missing": [] if settled else [
            {"output": piece.output, "form": piece.form or None}
            for piece in pieces.missing(pieces.owed(stage), pieces.there(rows))
        ],
    }  # fmt: skip


def _piece(row: HandInRow) -> dict[str, Any]:
    return {"output": row.output or None, "form": row.form or None, "count": row.pieces, "doc": row.doc,
            "arrived_at": row.arrived_at}  # fmt: skip


def hand_in_views(connection: Connection, task: TaskRow) -> list[dict[str, Any]]:
    """Everything that was ever handed in for a task, what was returned or undone with the time of it."""
    return [
        {
            **_piece(row), "quota": row.quota or None,
            **({"collective": row.collective, "individual": row.individual} if row.quota else {}),
            "file": row.file_name, "size": row.file_size, "sha256": row.file, "actor": row.actor,
            "void_at": row.void_at,
        }
        for row in handins.every(connection, task.id)
    ]  # fmt: skip


def forms_of(stage: Stage) -> list[str]:
    """The forms of a stage's hand-ins, where it tells several apart."""
    forms = list(dict.fromkeys(piece.form for piece in pieces.owed(stage)))
    return forms if len(forms) > 1 else []


def form_views(
    stage: Stage, active: int, missing: Mapping[int, tuple[str, str]], parts: Mapping[int, Sequence[HandInRow]]
) -> list[dict[str, Any]]:
    """How many of a stage's `active` tasks are handed in, in each form.

    `missing`: task → unit and its name, of those not handed in; `parts`: what came of them so far.
    """
    return [_form(stage, form, active, missing, parts) for form in forms_of(stage)]


def _form(
    stage: Stage,
    form: str,
    active: int,
    missing: Mapping[int, tuple[str, str]],
    parts: Mapping[int, Sequence[HandInRow]],
) -> dict[str, Any]:
    owed = {piece for piece in pieces.owed(stage) if piece.form == form}
    came = {task for task, rows in parts.items() if owed <= pieces.there(rows)}
    left = [pair for task, pair in missing.items() if task not in came] if came else list(missing.values())
    return {
        "form": form or None, "received": active - len(left),
        "missing": [unit for unit, _name in left], "missing_names": [name for _unit, name in left],
    }  # fmt: skip


def quota_views(connection: Connection, instance: InstanceRow, blueprint: Blueprint) -> dict[str, Any]:
    """quota → how many collectives and individuals there may be, were decided on, and are nominated."""

    def counted(name: str, stage: str) -> dict[str, int]:
        return total(handins.counted(connection, instance.id, name, stage))._asdict()

    return {
        name: {
            "stage": quota.stage, "limit": {"collective": quota.collective, "individual": quota.individual},
            "decided": counted(name, quota.stage),
            "nominated": counted(name, quota.nomination) if quota.nomination else None,
        }
        for name, quota in blueprint.plan.quotas.items()
    }  # fmt: skip
