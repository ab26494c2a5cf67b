"""digests of townships and counties too

Revision ID: 0012
Revises: 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("digest", "village_code", new_column_name="area", comment="village, township or county")
    op.alter_column(
        "digest",
        "day",
        comment="the county's civil date whose notices and reminders it lists",
        existing_comment="the county's civil date whose notices it lists",
    )


def downgrade() -> None:
    op.alter_column("digest", "day", comment="the county's civil date whose notices it lists")
    op.alter_column("digest", "area", new_column_name="village_code", comment=None)
