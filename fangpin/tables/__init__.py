"""Every table of the write side and of access, on one metadata (read models own theirs in `projections/`)."""

from fangpin.tables.access import audit, officer, session, token
from fangpin.tables.base import metadata
from fangpin.tables.notices import area_notice, digest, notice
from fangpin.tables.operation import heartbeat
from fangpin.tables.policies import policy_pack, revaluation
from fangpin.tables.readers import stream_position
from fangpin.tables.receipts import receipt, receipt_item, receipt_rejection
from fangpin.tables.trials import trial_block
from fangpin.tables.write_side import (
    checkpoint,
    county,
    household,
    household_alias,
    match_decision,
    membership,
    outgoing,
    publication,
    quarantine,
    record_area,
    register_state,
    risk_state,
    signal,
    vault_salt,
    village_register,
    warning,
    watched_area,
)

__all__ = [
    "area_notice",
    "audit",
    "checkpoint",
    "county",
    "digest",
    "heartbeat",
    "household",
    "household_alias",
    "match_decision",
    "membership",
    "metadata",
    "notice",
    "officer",
    "outgoing",
    "policy_pack",
    "publication",
    "quarantine",
    "receipt",
    "receipt_item",
    "receipt_rejection",
    "record_area",
    "register_state",
    "revaluation",
    "risk_state",
    "session",
    "signal",
    "stream_position",
    "token",
    "trial_block",
    "vault_salt",
    "village_register",
    "warning",
    "watched_area",
]
