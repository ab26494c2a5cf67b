"""the records of the alias table, to be listed

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_signal_alias",
        "signal",
        ["county_code", "recorded_at"],
        postgresql_where=sa.text("is_current AND feed = 'household-alias'"),
    )


def downgrade() -> None:
    op.drop_index("ix_signal_alias", table_name="signal")
