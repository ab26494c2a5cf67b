"""the counties' own events: their sequences, and the positions of their readers

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TOPICS = "0 household.events, 1 hub.exceptions"
_OUTGOING = "The household events and exceptions: the record itself, of which the topics are the published log"
_NEW_OUTGOING = "Household and county events, exceptions: the record itself, of which the topics are the published log"


def upgrade() -> None:
    op.add_column(
        "county",
        sa.Column(
            "sequence",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="of its last event on county.events",
        ),
    )
    op.alter_column("outgoing", "topic", comment=f"{_TOPICS}, 2 county.events", existing_comment=_TOPICS)
    op.create_table_comment("outgoing", _NEW_OUTGOING, existing_comment=_OUTGOING)
    op.alter_column(
        "stream_position",
        "household_id",
        new_column_name="stream_id",
        comment="the household, or fangpin.domain.ids.county_id",
    )


def downgrade() -> None:
    op.alter_column("stream_position", "stream_id", new_column_name="household_id", comment=None)
    op.create_table_comment("outgoing", _OUTGOING, existing_comment=_NEW_OUTGOING)
    op.alter_column("outgoing", "topic", comment=_TOPICS)
    op.drop_column("county", "sequence")
