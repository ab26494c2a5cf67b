"""How far each reader of `household.events` saw each household's stream."""

from sqlalchemy import BigInteger, Column, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from fangpin.tables.base import metadata

stream_position = Table(
    "stream_position",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("household_id", UUID, primary_key=True),
    Column("sequence", BigInteger, nullable=False, comment="of the last event seen"),
)
