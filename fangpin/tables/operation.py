"""Which parts of the hub are at work."""

from sqlalchemy import Column, DateTime, Table, Text

from fangpin.tables.base import metadata

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("part", Text, primary_key=True, comment="correlator, projector.<read model>, notifier, clock"),
    Column("seen_at", DateTime(timezone=True), nullable=False, comment="of the latest of its workers"),
)
