"""notices and digests

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("event_id", postgresql.UUID(), nullable=False, comment="of the event that raised the warning"),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("warning_id", postgresql.UUID(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("risk", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("event_id", "username", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_username_told_at", "notice", ["username", "told_at"])
    op.create_table(
        "digest",
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="the county's civil date whose notices it lists"),
        sa.Column("channel", sa.Text(), nullable=False, comment="file, smtp"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("village_code", "day", "channel", name=op.f("pk_digest")),
    )


def downgrade() -> None:
    op.drop_table("digest")
    op.drop_table("notice")
