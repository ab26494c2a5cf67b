"""The handler of one version of one read model, for the consumer loop.

`household.events` is at least once: a sequence not above the last one seen is dropped; a gap stops the fold loudly.
"""

import time
from collections.abc import Sequence
from typing import Any

from fangpin import avro, metrics
from fangpin.database import Connection
from fangpin.errors import FatalError, FencedError
from fangpin.kafka import Message
from fangpin.topics import HOUSEHOLD_EVENTS
from projections import versions
from projections.base import Event, Projection, Tables

CHANNEL = "fangpin_warnings"


def consumer_name(projection: Projection, version: int) -> str:
    """The name under which a version keeps its checkpoints."""
    return f"projection.{projection.name}.v{version}"


class ProjectionHandler:
    """Folds events into the tables of one version."""

    def __init__(self, projection: Projection, version: int, *, live: bool) -> None:
        self.projection = projection
        self.version = version
        self.name = consumer_name(projection, version)
        self.topics: Sequence[str] = (projection.topic,)
        self._live = live

    def recover(self, conn: Connection) -> None:
        """Nothing follows a commit here."""

    def process(self, conn: Connection, messages: Sequence[Message]) -> None:
        """Fold what is new, and remember how far each household's stream was seen."""
        if self._live and versions.live_version(conn, self.projection) != self.version:
            raise FencedError(f"{self.name} is no longer the live version")
        events: list[Event] = [avro.decode(message.value)[1] for message in messages]
        if self.projection.topic == HOUSEHOLD_EVENTS:
            events = self._new(conn, events)
        if events:
            self.projection.fold(conn, Tables(self.version), events)
        if self._live:
            self._tell(conn, events)
            metrics.VISIBLE_SECONDS.labels(self.projection.name).observe(
                max(0.0, time.time() - min(message.timestamp for message in messages) / 1000)
            )

    def _new(self, conn: Connection, events: Sequence[Event]) -> list[Event]:
        households = list({event["household_id"] for event in events})
        rows = conn.execute(
            "SELECT household_id::text, sequence FROM projection_position "
            "WHERE projection = %s AND version = %s AND household_id = ANY(%s::uuid[])",
            (self.projection.name, self.version, households),
        )
        seen: dict[str, int] = dict(rows.fetchall())
        new: list[Event] = []
        for event in events:
            household, sequence = event["household_id"], event["sequence"]
            last = seen.get(household, 0)
            if sequence <= last:
                continue
            if sequence != last + 1:
                raise FatalError(f"{self.name}: household {household} goes from sequence {last} to {sequence}")
            seen[household] = sequence
            new.append(event)
        moved = {event["household_id"]: seen[event["household_id"]] for event in new}
        if moved:
            conn.execute(
                "INSERT INTO projection_position SELECT %s, %s, * FROM unnest(%s::uuid[], %s::bigint[]) "
                "ON CONFLICT (projection, version, household_id) DO UPDATE SET sequence = EXCLUDED.sequence",
                (self.projection.name, self.version, list(moved), list(moved.values())),
            )
        return new

    def _tell(self, conn: Connection, events: Sequence[Event]) -> None:
        """Wake pages that show these counties, when the transaction commits."""
        counties: set[Any] = {
            event["county_code"] for event in events if event.get("type", "").startswith(("Warning", "Finding"))
        }
        if self.projection.name == "village_inbox":
            for county in sorted(counties):
                conn.execute("SELECT pg_notify(%s, %s)", (CHANNEL, county))
