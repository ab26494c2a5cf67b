"""The contract of every reader of `household.events`: at least once; drop a sequence not above the last one seen; a gap
means stop, never skip. How far a consumer saw each household's stream is kept in the transaction of what it did.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fangpin.database import Connection
from fangpin.errors import FatalError

Event = Mapping[str, Any]


def fresh(conn: Connection, consumer: str, events: Sequence[Event]) -> list[Event]:
    """The events that this consumer has not seen, in their order, now marked as seen. Raises `FatalError` on a gap."""
    households = list({event["household_id"] for event in events})
    rows = conn.execute(
        "SELECT household_id::text, sequence FROM stream_position WHERE consumer = %s AND household_id = ANY(%s::uuid[])",
        (consumer, households),
    )
    seen: dict[str, int] = dict(rows.fetchall())
    new = after(consumer, seen, events)
    moved = {event["household_id"]: event["sequence"] for event in new}
    if moved:
        conn.execute(
            "INSERT INTO stream_position (consumer, household_id, sequence) SELECT %s, * FROM unnest(%s::uuid[], %s::bigint[]) "
            "ON CONFLICT (consumer, household_id) DO UPDATE SET sequence = EXCLUDED.sequence",
            (consumer, list(moved), list(moved.values())),
        )
    return new


def after(consumer: str, seen: Mapping[str, int], events: Sequence[Event]) -> list[Event]:
    """The events above the sequences seen, each one more than the last of its household. Raises `FatalError`."""
    last = dict(seen)
    new = []
    for event in events:
        household, sequence = event["household_id"], event["sequence"]
        before = last.get(household, 0)
        if sequence <= before:
            continue
        if sequence != before + 1:
            raise FatalError(f"{consumer}: household {household} goes from sequence {before} to {sequence}")
        last[household] = sequence
        new.append(event)
    return new


def forget(conn: Connection, consumer: str) -> None:
    """Nothing of a consumer that is gone."""
    conn.execute("DELETE FROM stream_position WHERE consumer = %s", (consumer,))
