"""the facts of a county sealed many at a time, for trials of draft packs

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# A block holds what many people's records say. Without a salt nothing of theirs may open: so the blocks go with it, and the
# next ones are made without them. Keys that expire by the calendar seal nothing that is in a block.
FORGET = """
CREATE FUNCTION forget_trial_blocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM gone WHERE NOT starts_with(encode(subject, 'escape'), 'refused-rows:')
        AND NOT starts_with(encode(subject, 'escape'), 'exceptions:')
    ) THEN
        DELETE FROM trial_block;
    END IF;
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER forget_trial_blocks AFTER DELETE ON vault_salt REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT EXECUTE FUNCTION forget_trial_blocks()
"""


def upgrade() -> None:
    op.create_table(
        "trial_block",
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "upto", "feed", name=op.f("pk_trial_block")),
    )
    op.execute(FORGET)
    op.execute(TRIGGER)


def downgrade() -> None:
    op.execute("DROP TRIGGER forget_trial_blocks ON vault_salt")
    op.execute("DROP FUNCTION forget_trial_blocks")
    op.drop_table("trial_block")
