"""a stand-in may concern one stage only, and take a part up again that it gave away"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _remake(stages=True)


def downgrade() -> None:
    _remake(stages=False)


def _remake(*, stages: bool) -> None:
    """The table had no rows before there was anything that wrote them."""
    op.drop_table("stand_in")
    op.create_table(
        "stand_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        *([sa.Column("stage", sa.String(), nullable=False)] if stages else []),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("successor", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"]),
        sa.PrimaryKeyConstraint("id"),
        *([] if stages else [sa.UniqueConstraint("instance_id", "role", "unit")]),
    )
    if stages:
        op.create_index("stand_in_instance", "stand_in", ["instance_id"])
