"""pending decisions by the moment they are released at"""

from alembic import op

revision = "0008"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("decision_pending", "decision")
    op.create_index("decision_pending", "decision", ["outcome", "deferred_to", "due_at"])


def downgrade() -> None:
    op.drop_index("decision_pending", "decision")
    op.create_index("decision_pending", "decision", ["outcome", "due_at"])
