"""what is due, overdue or released soon, by indexes that hold nothing else"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UNFINISHED = sa.text("state NOT IN ('cancelled', 'completed', 'exempt')")


def upgrade() -> None:
    op.drop_index("decision_pending", "decision")
    op.create_index("decision_pending", "decision", ["outcome", "deferred_to", "due_at"])
    op.drop_index("task_overdue", "task")
    for name, column in (("task_overdue", "overdue_at"), ("task_last_day", "last_day")):
        op.create_index(name, "task", [column], sqlite_where=UNFINISHED)


def downgrade() -> None:
    for name in ("task_last_day", "task_overdue"):
        op.drop_index(name, "task")
    op.create_index("task_overdue", "task", ["overdue_at"])
    op.drop_index("decision_pending", "decision")
    op.create_index("decision_pending", "decision", ["outcome", "due_at"])
