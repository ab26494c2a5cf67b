"""notices of area warnings

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area_notice",
        sa.Column("event_id", sa.UUID(), nullable=False, comment="of the county event that is told"),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False, comment="the officer's, whose digest lists it"),
        sa.Column("area_warning_id", sa.UUID(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False, comment="the area that is warned of"),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("risk", sa.Text(), nullable=True),
        sa.Column("feed", sa.Text(), nullable=True, comment="of the record about the area"),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest_day", sa.Date(), nullable=True, comment="of the officer's area's digest that lists it"),
        sa.PrimaryKeyConstraint("event_id", "username", name=op.f("pk_area_notice")),
    )
    op.create_index("ix_area_notice_username_told_at", "area_notice", ["username", "told_at"])
    op.create_index("ix_area_notice_waiting", "area_notice", ["area"], postgresql_where=sa.text("digest_day IS NULL"))


def downgrade() -> None:
    op.drop_table("area_notice")
