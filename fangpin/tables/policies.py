"""Policy packs that were proposed for a county, and what has still to be judged again by those that came into force."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, DateTime, Index, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from fangpin.tables.base import metadata

policy_pack = Table(
    "policy_pack",
    metadata,
    Column("proposal_key", UUID, primary_key=True, comment="record key of the proposal"),
    Column("county_code", Text, nullable=False),
    Column("record_id", Text, nullable=False, comment="of the proposal"),
    Column("revision", BigInteger, nullable=False, comment="of the proposal"),
    Column("pack_id", Text, nullable=False),
    Column("from_on", Date, nullable=False, comment="civil date from which it is to be in force"),
    Column("content", Text, nullable=False, comment="the pack as YAML; empty when the proposal was withdrawn"),
    Column("digest", Text, nullable=False, comment="fangpin.active_policies.digest_of"),
    Column("reason", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("approval_key", UUID, comment="record key of the approval that stands"),
    Column("approved_by", Text),
    Column("approved_on", Date),
    Column("approved_digest", Text, comment="what was approved; it counts while it is the digest"),
    Column("in_force", Boolean, nullable=False, comment="whether the county's facts are judged by it"),
    Column("in_force_at", DateTime(timezone=True), comment="when it last came into force"),
    Index("ix_policy_pack_county_code", "county_code"),
    comment="Written by the correlator alone, under the county's lock; every worker's book follows from it",
)

revaluation = Table(
    "revaluation",
    metadata,
    Column("county_code", Text, primary_key=True),
    Column("feeds", ARRAY(Text), nullable=False),
    Column("occurred_from", Date, nullable=False, comment="the first own date of a fact that may be judged otherwise"),
    Column("reason", Text, nullable=False, comment="for the events: policy:<pack>"),
    Column("after_key", UUID, comment="record key up to which it is done; null: nothing yet"),
    comment="Facts to be judged again, in bounded steps, each a transaction of its own",
)
