"""The system of record, written by the correlator alone: signals, register, episodes, and what goes out."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from fangpin.tables.base import metadata

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("topic_id", Text, nullable=False, comment="a topic deleted and made anew has another id: a loud stop"),
    Column("next_offset", BigInteger, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)

county = Table(
    "county",
    metadata,
    Column("county_code", Text, primary_key=True),
    Column("civil_date", Date, comment="the highest active clock record; none yet: nothing is due"),
    Column("position", BigInteger, nullable=False, server_default="0", comment="of the last outgoing row"),
    Column("sequence", BigInteger, nullable=False, server_default="0", comment="of its last event on county.events"),
    comment="The shard. A batch locks the rows of its counties, in order of code, before it reads anything else",
)

household = Table(
    "household",
    metadata,
    Column("household_id", UUID, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("household_no", Text, nullable=False),
    Column("village_code", Text, nullable=False),
    Column("active", Boolean, nullable=False, comment="false when every register record was withdrawn"),
    Column("sequence", BigInteger, nullable=False, comment="of its last event"),
    Index("uq_household_county_code_household_no", "county_code", "household_no", unique=True),
)

register_state = Table(
    "register_state",
    metadata,
    Column("record_key", UUID, primary_key=True),
    Column("household_id", UUID, nullable=False, index=True),
    Column("state", JSONB, nullable=False, comment="fangpin.domain.register.RegisterState; identities sealed"),
)

membership = Table(
    "membership",
    metadata,
    Column("county_code", Text, nullable=False),
    Column("person_key", LargeBinary, nullable=False),
    Column("household_id", UUID, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date, nullable=False, comment="the first day no longer; 9999-12-31 for none"),
    Column("name_key", LargeBinary),
    Column("died_on", Date),
    Index("ix_membership_person_key", "person_key"),
    Index("ix_membership_household_id", "household_id"),
    comment="Derived from register_state: who belongs to which household, from when until when",
)

signal = Table(
    "signal",
    metadata,
    Column("record_key", UUID, primary_key=True, comment="of feed, county, source department and record id"),
    Column("revision", BigInteger, primary_key=True),
    Column("feed", Text, nullable=False),
    Column("county_code", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("duplicate", Boolean, nullable=False, comment="the content was that of the revision then current"),
    Column("occurred_on", Date, nullable=False),
    Column("person_key", LargeBinary),
    Column("household_no", Text, comment="as the department wrote it"),
    Column("household_id", UUID, comment="the link, of the current revision only"),
    Column("outcome", Text, nullable=False, comment="matched, unmatched, ambiguous"),
    Column("notes", ARRAY(Text), nullable=False),
    Column("baseline", Boolean, nullable=False),
    Column("name_key", LargeBinary),
    Column("seal_subject", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False, comment="content_json of its record"),
    Column("receipt_id", UUID),
    Column("receipt_index", Integer),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index("ix_signal_person_key", "person_key", postgresql_where=text("person_key IS NOT NULL")),
    Index("ix_signal_household_id", "household_id", postgresql_where=text("household_id IS NOT NULL")),
    Index(
        "ix_signal_household_no",
        "county_code",
        "household_no",
        postgresql_where=text("is_current AND household_no IS NOT NULL"),
    ),
    Index(
        "ix_signal_unplaced",
        "county_code",
        "recorded_at",
        postgresql_where=text("is_current AND NOT withdrawn AND outcome <> 'matched'"),
    ),
    Index(
        "ix_signal_alias",
        "county_code",
        "recorded_at",
        postgresql_where=text("is_current AND feed = 'household-alias'"),
    ),
    comment="Every revision of every record that the hub accepted, linked or not; never deleted",
)

record_area = Table(
    "record_area",
    metadata,
    Column("record_key", UUID, primary_key=True, comment="as in signal"),
    Column("area", Text, nullable=False, comment="of the officer who delivered it first"),
    comment="Villages and townships are one source department each, and number their records by themselves",
)

household_alias = Table(
    "household_alias",
    metadata,
    Column("record_key", UUID, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("other_no", Text, nullable=False, comment="by which a department knows the household"),
    Column("used_by", Text, comment="the department's slug; null: any"),
    Column("household_id", UUID, nullable=False, index=True),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date, comment="the last day"),
    Index("ix_household_alias_number", "county_code", "other_no"),
    comment="Other numbers of the register's households",
)

match_decision = Table(
    "match_decision",
    metadata,
    Column("record_key", UUID, primary_key=True, comment="of the decision"),
    Column("county_code", Text, nullable=False, index=True),
    Column("target", UUID, nullable=False, index=True, comment="record_key of the record that it places"),
    Column("household_id", UUID, nullable=False, index=True),
    Column("decided_on", Date, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("told_revision", BigInteger, comment="which the household's stream was told; null: none"),
    Column("otherwise", UUID, comment="the household to which matching alone would lead"),
    comment="Records that a county's officer placed; of several about one record the latest holds",
)

risk_state = Table(
    "risk_state",
    metadata,
    Column("household_id", UUID, primary_key=True),
    Column("risk", Text, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("state", JSONB, nullable=False, comment="fangpin.domain.episodes.RiskState; arithmetic sealed"),
    Column("next_due", Date, comment="the first day after the county's date on which an entry comes true"),
    Column("last_met", Date, comment="the latest day on which a counted entry was met: for a clock set back"),
    Index("ix_risk_state_next_due", "county_code", "next_due", postgresql_where=text("next_due IS NOT NULL")),
)

watched_area = Table(
    "watched_area",
    metadata,
    Column("area_warning_id", UUID, primary_key=True),
    Column("county_code", Text, nullable=False, index=True),
    Column("stands", Boolean, nullable=False, comment="whether it is an event whose record stands"),
    Column("state", JSONB, nullable=False, comment="fangpin.domain.area_watch.Watched"),
    comment="Area warnings as they were last told, and the events that may open one",
)

village_register = Table(
    "village_register",
    metadata,
    Column("village_code", Text, primary_key=True),
    Column("county_code", Text, primary_key=True),
    Column("renewed_on", Date, nullable=False, comment="day of the newest reported_at of its register records"),
)

warning = Table(
    "warning",
    metadata,
    Column("warning_id", UUID, primary_key=True),
    Column("household_id", UUID, nullable=False),
    Column("county_code", Text, nullable=False),
    Column("risk", Text, nullable=False),
    Column("episode", Integer, nullable=False),
    comment="Which episode a warning id stands for, so that a finding finds it",
)

outgoing = Table(
    "outgoing",
    metadata,
    Column("county_code", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True, comment="per county, without gaps, in order of commit"),
    Column("topic", SmallInteger, nullable=False, comment="0 household.events, 1 hub.exceptions, 2 county.events"),
    Column("key", Text, nullable=False),
    Column("ce_id", UUID, nullable=False),
    Column("ce_type", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("payload", LargeBinary, nullable=False, comment="framed Avro, personal fields sealed"),
    comment="Household and county events, exceptions: the record itself, of which the topics are the published log",
)

publication = Table(
    "publication",
    metadata,
    Column("county_code", Text, primary_key=True),
    Column("position", BigInteger, nullable=False, comment="of the last outgoing row that the broker acknowledged"),
    comment="Locked by the one worker that publishes a county's rows",
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("exception_id", UUID, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("feed", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("field", Text),
    Column("message", Text, nullable=False),
    Column("record_key", UUID),
    Column("revision", BigInteger),
    Column("receipt_id", UUID),
    Column("receipt_index", Integer),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index("ix_quarantine_receipt_id", "receipt_id"),
    comment="What the correlator refused, so that a receipt can say so; the bytes are in outgoing, sealed",
)

vault_salt = Table(
    "vault_salt",
    metadata,
    Column("subject", LargeBinary, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    comment="A person's or household's key is derived with its salt; without the row nothing of theirs opens",
)
