"""area warnings, and when each village's register was renewed

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watched_area",
        sa.Column("area_warning_id", sa.UUID(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False, comment="whether it is an event whose record stands"),
        sa.Column("state", postgresql.JSONB(), nullable=False, comment="fangpin.domain.area_watch.Watched"),
        sa.PrimaryKeyConstraint("area_warning_id", name=op.f("pk_watched_area")),
        comment="Area warnings as they were last told, and the events that may open one",
    )
    op.create_index(op.f("ix_watched_area_county_code"), "watched_area", ["county_code"])
    op.create_table(
        "village_register",
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column(
            "renewed_on", sa.Date(), nullable=False, comment="day of the newest reported_at of its register records"
        ),
        sa.PrimaryKeyConstraint("village_code", "county_code", name=op.f("pk_village_register")),
    )


def downgrade() -> None:
    op.drop_table("village_register")
    op.drop_table("watched_area")
