"""rows of a file in receipts, what intake noted, and the refused rows sealed for their sender

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("receipt_item", sa.Column("row", sa.Integer(), comment="the line as a spreadsheet numbers it"))
    op.add_column(
        "receipt_item",
        sa.Column("record_index", sa.Integer(), comment="the index under which the record itself went out"),
    )
    op.execute("UPDATE receipt_item SET record_index = index")
    op.alter_column("receipt_item", "record_index", nullable=False)
    op.add_column(
        "receipt_item",
        sa.Column(
            "notes",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            server_default="{}",
            comment="what intake noted, such as NORMALISED",
        ),
    )
    op.alter_column("receipt_item", "notes", server_default=None)
    op.add_column(
        "receipt_rejection",
        sa.Column(
            "sealed",
            sa.LargeBinary(),
            comment="what came, under the day's key; null when it may be stored nowhere",
        ),
    )


def downgrade() -> None:
    op.drop_column("receipt_rejection", "sealed")
    op.drop_column("receipt_item", "notes")
    op.drop_column("receipt_item", "record_index")
    op.drop_column("receipt_item", "row")
