"""The contract of every reader of `household.events` and `county.events`: at least once; drop a sequence not above the last
one seen of its household or county; a gap means stop, never skip. How far a consumer saw each stream is kept in the
transaction of what it did.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fangpin.database import Connection
from fangpin.domain.ids import county_id
from fangpin.errors import FatalError

Event = Mapping[str, Any]


def stream_of(event: Event) -> str:
    """The id of the stream in which an event has its sequence: its household's, or its county's own."""
    return str(event["household_id"] if "household_id" in event else county_id(event["county_code"]))


def fresh(conn: Connection, consumer: str, events: Sequence[Event]) -> list[Event]:
    """The events that this consumer has not seen, in their order, now marked as seen. Raises `FatalError` on a gap."""
    streams = list({stream_of(event) for event in events})
    rows = conn.execute(
        "SELECT stream_id::text, sequence FROM stream_position WHERE consumer = %s AND stream_id = ANY(%s::uuid[])",
        (consumer, streams),
    )
    seen: dict[str, int] = dict(rows.fetchall())
    new = after(consumer, seen, events)
    moved = {stream_of(event): event["sequence"] for event in new}
    if moved:
        conn.execute(
            "INSERT INTO stream_position (consumer, stream_id, sequence) SELECT %s, * FROM unnest(%s::uuid[], %s::bigint[]) "
            "ON CONFLICT (consumer, stream_id) DO UPDATE SET sequence = EXCLUDED.sequence",
            (consumer, list(moved), list(moved.values())),
        )
    return new


def after(consumer: str, seen: Mapping[str, int], events: Sequence[Event]) -> list[Event]:
    """The events above the sequences seen, each one more than the last of its stream. Raises `FatalError`."""
    last = dict(seen)
    new = []
    for event in events:
        stream, sequence = stream_of(event), event["sequence"]
        before = last.get(stream, 0)
        if sequence <= before:
            continue
        if sequence != before + 1:
            raise FatalError(f"{consumer}: stream {stream} goes from sequence {before} to {sequence}")
        last[stream] = sequence
        new.append(event)
    return new


def forget(conn: Connection, consumer: str) -> None:
    """Nothing of a consumer that is gone."""
    conn.execute("DELETE FROM stream_position WHERE consumer = %s", (consumer,))
