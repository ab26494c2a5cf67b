"""Whose record an officer's is: villages (townships) are one source department each other, and number by themselves.

A record is known by feed, county, source department and record id; the area that first delivered an id keeps it.
"""

from collections.abc import Sequence
from uuid import UUID

from consumers.correlator.arrivals import Arrival
from fangpin.cloudevents import first, source_area
from fangpin.database import Connection
from fangpin.domain.errors import Problem
from fangpin.domain.feeds import LOCAL_DEPARTMENTS

TAKEN = Problem(
    "ID_REUSED",
    "record_id",
    "这个记录编号本县另一村（乡镇）已经用过，先到的保留，本条未采用；请改用带本村（乡镇）代码的编号重新报送。",
)


def foreign(conn: Connection, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """The arrivals whose id belongs to another area of the same level, whatever their revision and content; the ids of
    the others become their area's. Under the counties' lock, in the order of arrival.

    What came without an area, straight to Kafka from a system that is trusted, is held to nothing.
    """
    delivered = [
        (arrival, area)
        for arrival in arrivals
        if arrival.source in LOCAL_DEPARTMENTS
        and (area := source_area(first(arrival.message.headers, "ce_source"))) is not None
    ]
    if not delivered:
        return []
    rows = conn.execute(
        "SELECT record_key, area FROM record_area WHERE record_key = ANY(%b)",
        ([arrival.record_key for arrival, _ in delivered],),
    )
    known: dict[UUID, str] = dict(rows.fetchall())
    new: dict[UUID, str] = {}
    found = []
    for arrival, area in delivered:
        owner = known.get(arrival.record_key) or new.setdefault(arrival.record_key, area)
        if owner != area:
            found.append(arrival)
    conn.execute(
        "INSERT INTO record_area (record_key, area) SELECT * FROM unnest(%b::uuid[], %b::text[])",
        (list(new), list(new.values())),
    )
    return found
