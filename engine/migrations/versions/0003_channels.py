"""channels: a message's HTML, and decisions told on further channels"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("html", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "echo",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"]),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"]),
        sa.PrimaryKeyConstraint("decision_id", "message_id"),
    )
    op.create_index("echo_message", "echo", ["message_id"])


def downgrade() -> None:
    op.drop_table("echo")
    op.drop_column("message", "html")
