"""access and receipts

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "token",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of a random token of 256 bits"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("county", sa.Text(), nullable=False, comment="six digits; empty for the operator"),
        sa.Column("department", sa.Text(), nullable=True, comment="slug; null for an analyst's or operator's token"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_token")),
    )
    op.create_table(
        "officer",
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.LargeBinary(), nullable=False, comment="salt and scrypt of the password"),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("county", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False, comment="prefix of village codes"),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_officer")),
    )
    op.create_table(
        "session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_session")),
    )
    op.create_table(
        "audit",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False, comment="ids only, never a name or number of a person"),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit")),
        comment="Append only: who signed in, sent, searched, looked",
    )
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("receipt_id", postgresql.UUID(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("county", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False, comment="name of the account that sent it"),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("baseline", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "published",
            sa.Integer(),
            nullable=False,
            comment="accepted records that the broker acknowledged, in order",
        ),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_receipt")),
    )
    op.create_table(
        "receipt_item",
        sa.Column("receipt_id", postgresql.UUID(), nullable=False),
        sa.Column(
            "position",
            sa.Integer(),
            nullable=False,
            comment="0, 1, … among the accepted records: the order of publication",
        ),
        sa.Column("index", sa.Integer(), nullable=False, comment="of the record in the upload"),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("record_key", postgresql.UUID(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column(
            "digest",
            sa.LargeBinary(),
            nullable=False,
            comment="of the content: tells a repetition from a reuse of the revision",
        ),
        sa.PrimaryKeyConstraint("receipt_id", "position", name=op.f("pk_receipt_item")),
    )
    op.create_table(
        "receipt_rejection",
        sa.Column("receipt_id", postgresql.UUID(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=True, comment="the line as a spreadsheet numbers it"),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("receipt_id", "position", name=op.f("pk_receipt_rejection")),
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("receipt_rejection", "receipt_item", "receipt", "audit", "session", "officer", "token"):
        op.drop_table(name)
