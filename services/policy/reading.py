"""What is in force in a county and what is proposed, for pages and the API."""

from typing import Any

from fangpin.active_policies import Proposal, pack_of, proposals
from fangpin.database import Connection
from fangpin.domain.policy import Pack, PackBook, PackError
from fangpin.domain.policy.difference import differences
from fangpin.ports import Account
from services.access import asking
from services.frame.policy_text import difference_lines
from services.policy.proposing import status_of


def in_force(book: PackBook, county: str) -> list[dict[str, Any]]:
    """The packs that judge the county's facts, by day."""
    return [
        {
            "pack": pack.id,
            "document": pack.document.number,
            "title": pack.document.title,
            "valid_from": pack.valid_from.isoformat(),
            "valid_until": pack.valid_until.isoformat() if pack.valid_until is not None else None,
            "rules": len(pack.rules),
        }
        for pack in book.of(county)
    ]


def proposed(conn: Connection, county: str) -> list[dict[str, Any]]:
    """Every proposal, the latest first day first."""
    return [shown(one) for one in reversed(proposals(conn, [county]))]


def shown(one: Proposal) -> dict[str, Any]:
    """A proposal without its text."""
    state = "withdrawn" if one.withdrawn else "in-force" if one.in_force else "approved" if one.approved else "proposed"
    return {
        "proposal": one.record_id,
        "county_code": one.county_code,
        "pack": one.pack_id,
        "from": one.from_on.isoformat(),
        "status": state,
        "status_label": status_of(one),
        "digest": one.digest,
        "reason": one.reason,
        "proposed_by": one.proposed_by,
        "approved_by": one.approved_by if one.approved else None,
        "approved_on": one.approved_on.isoformat() if one.approved and one.approved_on is not None else None,
    }


def find(conn: Connection, account: Account, record_id: str) -> Proposal | None:
    """A proposal in the account's county, any county for the operator. None: not there, or not there yet."""
    if len(record_id) > asking.MAX_TEXT or "\0" in record_id:
        return None
    row = conn.execute(
        "SELECT county_code FROM policy_pack WHERE record_id = %s AND county_code LIKE %s",
        (record_id, account.county + "%"),
    ).fetchone()
    if row is None:
        return None
    return next((one for one in proposals(conn, [row[0]]) if one.record_id == record_id), None)


def changes(book: PackBook, one: Proposal) -> tuple[Pack | None, list[str]]:
    """The pack that judges the day from which the proposed one is valid, and in what the two differ."""
    if one.withdrawn:
        return None, []
    try:
        pack = pack_of(one)
    except PackError:  # proved by an earlier release
        return None, []
    others = [own for own in book.packs.values() if own.county_code == one.county_code and own.id != pack.id]
    before = next((own for own in reversed(others) if own.covers(pack.valid_from)), others[-1] if others else None)
    return before, list(difference_lines(before, pack, differences(before, pack))) if before is not None else []
