"""What trials of draft packs read instead of thousands of single seals."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text

from fangpin.tables.base import metadata

trial_block = Table(
    "trial_block",
    metadata,
    Column("county_code", Text, primary_key=True),
    Column("upto", BigInteger, primary_key=True, comment="position in `outgoing` up to which it was made"),
    Column("feed", Text, primary_key=True, comment="empty: only says how far the blocks go"),
    Column("records", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False, comment="services.sandbox.facts: fields without names and numbers"),
    comment="Made from `outgoing`, and gone, to be made anew, whenever the salt of a person or household goes",
)
