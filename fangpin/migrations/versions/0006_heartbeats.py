"""signs of life of the hub's parts

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("part", sa.Text(), nullable=False, comment="correlator, projector.<read model>, notifier, clock"),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="of the latest of its workers"),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_heartbeat")),
    )


def downgrade() -> None:
    op.drop_table("heartbeat")
