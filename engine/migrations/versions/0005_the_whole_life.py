"""hand-ins, extensions, suspensions, stand-ins, amendments; seals over the log; people's windows and tokens"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATES = (
    "state IN ('waiting', 'assigned', 'in_progress', 'submitted', 'returned', 'completed', 'suspended', "
    "'transferring', 'cancelled', 'exempt')"
)
OPENED = "opened_at IS NOT NULL OR state IN ('waiting', 'suspended', 'transferring', 'cancelled', 'exempt')"
TASK_CHECKS = {
    "task_state": STATES,
    "task_completed_at": "state <> 'completed' OR completed_at IS NOT NULL",
    "task_opened_at": OPENED,
}
DECISION_REASON = "outcome = 'pending' OR outcome = 'composed' OR reason IS NOT NULL"


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _without_checks(name: str) -> sa.Table:
    """A table as it is but for its checks: whether those are kept where it is rebuilt hangs on SQLAlchemy's version."""
    table = sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())
    for check in [item for item in table.constraints if isinstance(item, sa.CheckConstraint)]:
        table.constraints.remove(check)
    return table


def upgrade() -> None:
    _new_columns()
    _new_tables()


def _new_columns() -> None:
    columns: list[sa.Column[Any]] = [
        sa.Column("late_from", sa.Date(), nullable=True),
        sa.Column("paused_days", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("taken_from", sa.String(), nullable=False, server_default=""),
    ]
    if op.get_bind().dialect.name == "sqlite":
        checks = tuple(sa.CheckConstraint(text, name=name) for name, text in TASK_CHECKS.items())
        old = _without_checks("task")
        with op.batch_alter_table("task", recreate="always", copy_from=old, table_args=checks) as batch:
            for column in columns:
                batch.add_column(column)
        reason = (sa.CheckConstraint(DECISION_REASON, name="decision_reason"),)
        old = _without_checks("decision")
        with op.batch_alter_table("decision", recreate="always", copy_from=old, table_args=reason):
            pass
    else:
        for column in columns:
            op.add_column("task", column)
        for name in ("task_state", "task_opened_at"):
            op.drop_constraint(name, "task", type_="check")
            op.create_check_constraint(name, "task", TASK_CHECKS[name])
    op.create_index("task_unit", "task", ["unit"])
    op.add_column("unit", sa.Column("valid_to", sa.Date(), nullable=True))
    op.create_index("unit_ends", "unit", ["valid_to"])
    end = (
        "json_extract(facts, '$.valid_to')"
        if op.get_bind().dialect.name == "sqlite"
        else "(facts::json->>'valid_to')::date"
    )
    op.execute(f"UPDATE unit SET valid_to = {end}")
    _people_anew()


def _people_anew() -> None:
    """One may act for several units, each for some days."""
    op.rename_table("person", "person_before")
    op.create_table(
        "person",
        sa.Column("directory", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("coordinates", sa.Boolean(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("token", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("directory", "user", "unit"),
    )
    columns = 'directory, "user", unit, coordinates'
    op.execute(f"INSERT INTO person ({columns}) SELECT {columns} FROM person_before")
    op.drop_table("person_before")


def _new_tables() -> None:
    op.create_table(
        "seal",
        sa.Column("position", sa.Integer(), nullable=False),
        _instant("at"),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("digest"),
    )
    op.create_table(
        "sealed_entry",
        sa.Column("entry_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["position"], ["seal.position"]),
        sa.PrimaryKeyConstraint("entry_id"),
    )
    op.create_index("sealed_entry_position", "sealed_entry", ["position"])
    op.create_table(
        "hand_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("output", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("doc", sa.String(), nullable=True),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("quota", sa.String(), nullable=False),
        sa.Column("collective", sa.Integer(), nullable=False),
        sa.Column("individual", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.Column("file_size", sa.Integer(), nullable=True),
        _instant("arrived_at"),
        sa.Column("actor", sa.String(), nullable=False),
        _instant("void_at", nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("hand_in_task", "hand_in", ["task_id"])
    op.create_index("hand_in_quota", "hand_in", ["quota"])
    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        _instant("requested_at"),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("asked", sa.Date(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("doc", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        _instant("decided_at", nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decision_doc", sa.String(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("granted", sa.Date(), nullable=True),
        sa.CheckConstraint("outcome IN ('requested', 'granted', 'refused', 'void')", name="extension_outcome"),
        sa.CheckConstraint("outcome <> 'granted' OR granted IS NOT NULL", name="extension_granted"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("extension_task", "extension", ["task_id"])
    op.create_table(
        "suspension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        _instant("from_at"),
        _instant("to_at", nullable=True),
        sa.Column("doc", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("suspension_task", "suspension", ["task_id"])
    op.create_table(
        "stand_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("successor", sa.String(), nullable=False),
        _instant("since"),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("instance_id", "role", "unit"),
    )
    op.create_table(
        "amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        _instant("at"),
        sa.Column("old", sa.String(), nullable=False),
        sa.Column("new", sa.String(), nullable=False),
        _instant("undone_at", nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"]),
        sa.ForeignKeyConstraint(["old"], ["snapshot.sha256"]),
        sa.ForeignKeyConstraint(["new"], ["snapshot.sha256"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("amendment_instance", "amendment", ["instance_id"])


def downgrade() -> None:
    for name in ("amendment", "stand_in", "suspension", "extension", "hand_in", "sealed_entry", "seal"):
        op.drop_table(name)
    with op.batch_alter_table("person") as batch:
        for name in ("token", "to_on", "from_on"):
            batch.drop_column(name)
    op.drop_index("unit_ends", "unit")
    op.drop_column("unit", "valid_to")
    op.drop_index("task_unit", "task")
    for name in ("taken_from", "paused_days", "late_from"):
        op.drop_column("task", name)
