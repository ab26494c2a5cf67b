"""a sign of life of each worker of a part

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "heartbeat",
        sa.Column(
            "worker", sa.Integer(), nullable=False, server_default="1", comment="its number within the part, from 1"
        ),
    )
    op.alter_column("heartbeat", "worker", server_default=None)
    op.alter_column("heartbeat", "seen_at", comment=None, existing_comment="of the latest of its workers")
    op.drop_constraint("pk_heartbeat", "heartbeat")
    op.create_primary_key("pk_heartbeat", "heartbeat", ["part", "worker"])


def downgrade() -> None:
    op.execute("DELETE FROM heartbeat WHERE worker > 1")
    op.drop_constraint("pk_heartbeat", "heartbeat")
    op.create_primary_key("pk_heartbeat", "heartbeat", ["part"])
    op.alter_column("heartbeat", "seen_at", comment="of the latest of its workers", existing_comment=None)
    op.drop_column("heartbeat", "worker")
