"""What intake took and for whom, written before anything is published."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, DateTime, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from fangpin.tables.base import metadata

receipt = Table(
    "receipt",
    metadata,
    Column("receipt_id", UUID, primary_key=True),
    Column("feed", Text, nullable=False),
    Column("county", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("account", Text, nullable=False, comment="name of the account that sent it"),
    Column("accepted", Integer, nullable=False, comment="records; of a register file, rows"),
    Column("rejected", Integer, nullable=False),
    Column("baseline", Boolean, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("published", Integer, nullable=False, comment="the records from this index on did not reach the broker"),
)

receipt_item = Table(
    "receipt_item",
    metadata,
    Column("receipt_id", UUID, primary_key=True),
    Column(
        "position", Integer, primary_key=True, comment="0, 1, … among what was accepted, in the order of the upload"
    ),
    Column("index", Integer, nullable=False, comment="of the record, or the row, in the upload"),
    Column("row", Integer, comment="the line as a spreadsheet numbers it"),
    Column("record_index", Integer, nullable=False, comment="the index under which the record itself went out"),
    Column("record_id", Text, nullable=False),
    Column("record_key", UUID, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column(
        "digest", LargeBinary, nullable=False, comment="of the content: tells a repetition from a reuse of the revision"
    ),
    Column("notes", ARRAY(Text), nullable=False, comment="what intake noted, such as NORMALISED"),
)

receipt_rejection = Table(
    "receipt_rejection",
    metadata,
    Column("receipt_id", UUID, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("index", Integer, nullable=False),
    Column("row", Integer, comment="the line as a spreadsheet numbers it"),
    Column("code", Text, nullable=False),
    Column("field", Text),
    Column("message", Text, nullable=False),
    Column("sealed", LargeBinary, comment="what came, under the day's key; null when it may be stored nowhere"),
)
