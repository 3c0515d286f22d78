"""silences; how long an acknowledgement counts"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "silence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("silence_task", "silence", ["task_id"])
    op.create_index("silence_ends", "silence", ["ended_at", "until"])
    op.add_column("task", sa.Column("acked_until", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("decision") as batch:
        batch.add_column(sa.Column("silence_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("decision_silence", "silence", ["silence_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("decision") as batch:
        batch.drop_constraint("decision_silence", type_="foreignkey")
        batch.drop_column("silence_id")
    op.drop_column("task", "acked_until")
    op.drop_table("silence")
