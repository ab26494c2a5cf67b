"""Who may come in: tokens of departments, officers, sessions, and the audit. Secrets are kept as hashes only."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, LargeBinary, Table, Text, text

from fangpin.tables.base import metadata

token = Table(
    "token",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True, comment="SHA-256 of a random token of 256 bits"),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("county", Text, nullable=False, comment="six digits; empty for the operator"),
    Column("department", Text, comment="slug; null for an analyst's or operator's token"),
)

officer = Table(
    "officer",
    metadata,
    Column("username", Text, primary_key=True),
    Column("password_hash", LargeBinary, nullable=False, comment="salt and scrypt of the password"),
    Column("role", Text, nullable=False),
    Column("county", Text, nullable=False),
    Column("area", Text, nullable=False, comment="prefix of village codes"),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("username", Text, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("object", Text, nullable=False, comment="ids only, never a name or number of a person"),
    Index("ix_audit_at", "at"),
    comment="Append only: who signed in, sent, searched, looked",
)
