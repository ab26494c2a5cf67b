"""Every table of the write side and of access, on one metadata (read models own theirs in `projections/`)."""

from fangpin.tables.base import metadata
from fangpin.tables.write_side import (
    checkpoint,
    county,
    household,
    membership,
    outgoing,
    publication,
    quarantine,
    register_state,
    risk_state,
    signal,
    vault_salt,
    warning,
)

__all__ = [
    "checkpoint",
    "county",
    "household",
    "membership",
    "metadata",
    "outgoing",
    "publication",
    "quarantine",
    "register_state",
    "risk_state",
    "signal",
    "vault_salt",
    "warning",
]
