"""How far each reader of `household.events` and `county.events` saw each stream."""

from sqlalchemy import BigInteger, Column, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from fangpin.tables.base import metadata

stream_position = Table(
    "stream_position",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("stream_id", UUID, primary_key=True, comment="the household, or fangpin.domain.ids.county_id"),
    Column("sequence", BigInteger, nullable=False, comment="of the last event seen"),
)
