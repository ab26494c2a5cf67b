"""positions of the readers of household.events; the digest that lists a notice

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stream_position",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("household_id", postgresql.UUID(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False, comment="of the last event seen"),
        sa.PrimaryKeyConstraint("consumer", "household_id", name=op.f("pk_stream_position")),
    )
    op.add_column("notice", sa.Column("digest_day", sa.Date(), comment="of the village's digest that lists it"))
    op.create_index("ix_notice_waiting", "notice", ["village_code"], postgresql_where=sa.text("digest_day IS NULL"))


def downgrade() -> None:
    op.drop_index("ix_notice_waiting", "notice")
    op.drop_column("notice", "digest_day")
    op.drop_table("stream_position")
