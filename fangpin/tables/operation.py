"""Which parts of the hub are at work."""

from sqlalchemy import Column, DateTime, Integer, Table, Text

from fangpin.tables.base import metadata

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("part", Text, primary_key=True, comment="correlator, projector.<read model>, notifier, clock"),
    Column("worker", Integer, primary_key=True, autoincrement=False, comment="its number within the part, from 1"),
    Column("seen_at", DateTime(timezone=True), nullable=False),
)
