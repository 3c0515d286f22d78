"""many machines: commands, claims of messages, workers; the messages that wait by one index"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

UNFINISHED = sa.text("state NOT IN ('cancelled', 'completed', 'exempt')")


def upgrade() -> None:
    op.create_table(
        "command",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("command_at", "command", ["at"])
    op.create_table(
        "claim",
        sa.Column("message_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"]),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_index("ix_claim_token", "claim", ["token"])
    op.create_table(
        "worker",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doing", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    if op.get_bind().dialect.name == "postgresql":  # as they are in SQLite since 0006
        for name, column in (("task_overdue", "overdue_at"), ("task_last_day", "last_day")):
            op.drop_index(name, "task")
            op.create_index(name, "task", [column], postgresql_where=UNFINISHED)


def downgrade() -> None:
    for name in ("worker", "claim", "command"):
        op.drop_table(name)
