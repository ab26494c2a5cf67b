"""other numbers of households, and what a county's officers decide about records

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "household_alias",
        sa.Column("record_key", postgresql.UUID(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("other_no", sa.Text(), nullable=False, comment="by which a department knows the household"),
        sa.Column("used_by", sa.Text(), nullable=True, comment="the department's slug; null: any"),
        sa.Column("household_id", postgresql.UUID(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True, comment="the last day"),
        sa.PrimaryKeyConstraint("record_key", name=op.f("pk_household_alias")),
        comment="Other numbers of the register's households",
    )
    op.create_index("ix_household_alias_number", "household_alias", ["county_code", "other_no"])
    op.create_index(op.f("ix_household_alias_household_id"), "household_alias", ["household_id"])
    op.create_table(
        "match_decision",
        sa.Column("record_key", postgresql.UUID(), nullable=False, comment="of the decision"),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("target", postgresql.UUID(), nullable=False, comment="record_key of the record that it places"),
        sa.Column("household_id", postgresql.UUID(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column(
            "told_revision",
            sa.BigInteger(),
            nullable=True,
            comment="which the household's stream was told; null: none",
        ),
        sa.Column(
            "otherwise", postgresql.UUID(), nullable=True, comment="the household to which matching alone would lead"
        ),
        sa.PrimaryKeyConstraint("record_key", name=op.f("pk_match_decision")),
        comment="Records that a county's officer placed; of several about one record the latest holds",
    )
    for column in ("county_code", "target", "household_id"):
        op.create_index(op.f(f"ix_match_decision_{column}"), "match_decision", [column])
    op.drop_index("ix_signal_waiting", "signal")
    op.create_index(
        "ix_signal_household_no",
        "signal",
        ["county_code", "household_no"],
        postgresql_where=sa.text("is_current AND household_no IS NOT NULL"),
    )
    op.create_index(
        "ix_signal_unplaced",
        "signal",
        ["county_code", "recorded_at"],
        postgresql_where=sa.text("is_current AND NOT withdrawn AND outcome <> 'matched'"),
    )


def downgrade() -> None:
    op.drop_index("ix_signal_unplaced", "signal")
    op.drop_index("ix_signal_household_no", "signal")
    op.create_index(
        "ix_signal_waiting",
        "signal",
        ["county_code", "household_no"],
        postgresql_where=sa.text("is_current AND household_id IS NULL AND household_no IS NOT NULL"),
    )
    op.drop_table("match_decision")
    op.drop_table("household_alias")
