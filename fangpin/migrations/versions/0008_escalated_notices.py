"""notices of warnings that went up

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("level", sa.Text(), comment="to whom it went up; null: the warning is new"))


def downgrade() -> None:
    op.drop_column("notice", "level")
