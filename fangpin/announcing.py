"""Waking the pages that are open somewhere: the code of an area on a PostgreSQL channel.

Told when the transaction commits. The payload is the whole message: which area something changed for, never what, so
that a page learns of its own area only.
"""

from collections.abc import Iterable
from uuid import UUID

from fangpin.database import Connection

CHANNEL = "fangpin_warnings"


def announce(conn: Connection, areas: Iterable[str]) -> None:
    """Wake the pages that show these areas: villages, townships, counties (codes of 12, 9 or 6 digits)."""
    codes = sorted(set(areas))
    if codes:
        conn.execute("SELECT pg_notify(%s, code) FROM unnest(%s::text[]) AS code", (CHANNEL, codes))


def villages_of(conn: Connection, households: Iterable[UUID | str]) -> set[str]:
    """The villages in which these households are registered now."""
    wanted = [str(one) for one in households]
    rows = conn.execute("SELECT DISTINCT village_code FROM household WHERE household_id = ANY(%s::uuid[])", (wanted,))
    return {row[0] for row in rows}
