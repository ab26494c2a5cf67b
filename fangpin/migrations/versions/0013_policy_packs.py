"""policy packs that counties propose, approve and bring into force

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy_pack",
        sa.Column("proposal_key", sa.UUID(), nullable=False, comment="record key of the proposal"),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False, comment="of the proposal"),
        sa.Column("revision", sa.BigInteger(), nullable=False, comment="of the proposal"),
        sa.Column("pack_id", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False, comment="civil date from which it is to be in force"),
        sa.Column(
            "content", sa.Text(), nullable=False, comment="the pack as YAML; empty when the proposal was withdrawn"
        ),
        sa.Column("digest", sa.Text(), nullable=False, comment="fangpin.active_policies.digest_of"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("approval_key", sa.UUID(), nullable=True, comment="record key of the approval that stands"),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column(
            "approved_digest", sa.Text(), nullable=True, comment="what was approved; it counts while it is the digest"
        ),
        sa.Column("in_force", sa.Boolean(), nullable=False, comment="whether the county's facts are judged by it"),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True, comment="when it last came into force"),
        sa.PrimaryKeyConstraint("proposal_key", name=op.f("pk_policy_pack")),
        comment="Written by the correlator alone, under the county's lock; every worker's book follows from it",
    )
    op.create_index("ix_policy_pack_county_code", "policy_pack", ["county_code"])
    op.create_table(
        "revaluation",
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("feeds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "occurred_from",
            sa.Date(),
            nullable=False,
            comment="the first own date of a fact that may be judged otherwise",
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="for the events: policy:<pack>"),
        sa.Column(
            "after_key", sa.UUID(), nullable=True, comment="record key up to which it is done; null: nothing yet"
        ),
        sa.PrimaryKeyConstraint("county_code", name=op.f("pk_revaluation")),
        comment="Facts to be judged again, in bounded steps, each a transaction of its own",
    )


def downgrade() -> None:
    op.drop_table("revaluation")
    op.drop_index("ix_policy_pack_county_code", table_name="policy_pack")
    op.drop_table("policy_pack")
