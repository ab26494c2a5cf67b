"""What the members of a household bring with them from an earlier one: context for whoever visits, never a trigger."""

from typing import Any

from fangpin.database import Connection
from services.inbox import reading
from services.inbox.telling import department, feed_title, record


def brought(conn: Connection, household: reading.Item, opener: reading.Opener) -> list[dict[str, Any]]:
    """Facts of today's members that belong to another household of the county, the latest first; never its number."""
    members = [
        bytes.fromhex(one["person_key"])
        for one in household["data"]["members"]
        if one["left_on"] is None and one["died_on"] is None
    ]
    rows = conn.execute(
        "SELECT feed, source, occurred_on, seal_subject, sealed FROM signal WHERE person_key = ANY(%s) AND is_current "
        "AND NOT withdrawn AND county_code = %s AND household_id IS NOT NULL AND household_id <> %s "
        "ORDER BY occurred_on DESC, record_id LIMIT 50",
        (members, household["county_code"], household["household_id"]),
    ).fetchall()
    opener.need(bytes(row[3]) for row in rows)
    return [
        {
            "occurred_on": day,
            "feed": feed_title(feed),
            "department": department(source),
            "text": record(feed, reading.content(opener.open(bytes(subject), bytes(sealed)))),
        }
        for feed, source, day, subject, sealed in rows
    ]
