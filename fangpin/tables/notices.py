"""Notices and digests: who was told of what, once."""

from sqlalchemy import Column, Date, DateTime, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import UUID

from fangpin.tables.base import metadata

notice = Table(
    "notice",
    metadata,
    Column("event_id", UUID, primary_key=True, comment="of the event that is told"),
    Column("username", Text, primary_key=True),
    Column("warning_id", UUID, nullable=False),
    Column("village_code", Text, nullable=False),
    Column("risk", Text, nullable=False),
    Column("since", Date, nullable=False),
    Column("due_on", Date),
    Column("told_at", DateTime(timezone=True), nullable=False),
    Column("read_at", DateTime(timezone=True)),
    Column("digest_day", Date, comment="of the village's digest that lists it"),
    Column("level", Text, comment="to whom it went up; null: the warning is new"),
    Index("ix_notice_username_told_at", "username", "told_at"),
    Index("ix_notice_waiting", "village_code", postgresql_where=text("digest_day IS NULL")),
)

area_notice = Table(
    "area_notice",
    metadata,
    Column("event_id", UUID, primary_key=True, comment="of the county event that is told"),
    Column("username", Text, primary_key=True),
    Column("area", Text, nullable=False, comment="the officer's, whose digest lists it"),
    Column("area_warning_id", UUID, nullable=False),
    Column("area_code", Text, nullable=False, comment="the area that is warned of"),
    Column("cause", Text, nullable=False),
    Column("risk", Text),
    Column("feed", Text, comment="of the record about the area"),
    Column("since", Date, nullable=False),
    Column("told_at", DateTime(timezone=True), nullable=False),
    Column("read_at", DateTime(timezone=True)),
    Column("digest_day", Date, comment="of the officer's area's digest that lists it"),
    Index("ix_area_notice_username_told_at", "username", "told_at"),
    Index("ix_area_notice_waiting", "area", postgresql_where=text("digest_day IS NULL")),
)

digest = Table(
    "digest",
    metadata,
    Column("area", Text, primary_key=True, comment="village, township or county"),
    Column("day", Date, primary_key=True, comment="the county's civil date whose notices and reminders it lists"),
    Column("channel", Text, primary_key=True, comment="file, smtp"),
    Column("made_at", DateTime(timezone=True), nullable=False),
)
