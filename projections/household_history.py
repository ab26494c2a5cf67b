"""household_history: every event of a household, in order of its sequence; sealed bytes as base64."""

from collections.abc import Sequence

import msgspec

from fangpin.database import Connection
from fangpin.sequences import Event
from fangpin.topics import HOUSEHOLD_EVENTS
from projections.base import Projection, Table, Tables

_COMMON = frozenset(("event_id", "type", "household_id", "county_code", "sequence", "valid_on", "recorded_at"))


def body(event: Event) -> bytes:
    """The event's own fields as JSON."""
    return msgspec.json.encode({key: value for key, value in event.items() if key not in _COMMON})


def _fold(conn: Connection, tables: Tables, events: Sequence[Event]) -> None:
    columns = "household_id, sequence, county_code, type, valid_on, recorded_at, data"
    with conn.cursor().copy(f"COPY {tables['household_history']} ({columns}) FROM STDIN") as copy:
        for event in events:
            copy.write_row(
                (
                    event["household_id"],
                    event["sequence"],
                    event["county_code"],
                    event["type"],
                    event["valid_on"],
                    event["recorded_at"],
                    body(event).decode(),
                )
            )


HOUSEHOLD_HISTORY = Projection(
    name="household_history",
    topic=HOUSEHOLD_EVENTS,
    tables=(
        Table(
            "household_history",
            "household_id uuid NOT NULL, sequence bigint NOT NULL, county_code text NOT NULL, type text NOT NULL, "
            "valid_on date NOT NULL, recorded_at timestamptz NOT NULL, data jsonb NOT NULL, "
            "PRIMARY KEY (household_id, sequence)",
        ),
    ),
    fold=_fold,
    pace_s=0.0,  # a warning that is in the inbox is here as well
)
