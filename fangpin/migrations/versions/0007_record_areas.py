"""the area that an officer's record id belongs to

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_area",
        sa.Column("record_key", postgresql.UUID(), nullable=False, comment="as in signal"),
        sa.Column("area", sa.Text(), nullable=False, comment="of the officer who delivered it first"),
        sa.PrimaryKeyConstraint("record_key", name=op.f("pk_record_area")),
        comment="Villages and townships are one source department each, and number their records by themselves",
    )


def downgrade() -> None:
    op.drop_table("record_area")
