"""What goes out: household events with their sequences, exceptions, and their publication in order.

A county's outgoing rows have positions without gaps, given under the county's lock; publishing takes the lock of the
county's `publication` row, sends what lies behind its position, and moves it when the broker has acknowledged.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fangpin import avro, metrics
from fangpin.broker import Outgoing, Producer
from fangpin.cloudevents import headers
from fangpin.database import Connection
from fangpin.domain.ids import event_id
from fangpin.topics import EXCEPTIONS, HOUSEHOLD_EVENTS

TOPICS = (HOUSEHOLD_EVENTS, EXCEPTIONS)
SOURCE = "urn:fangpin:hub"
CHUNK = 2000  # one unacknowledged chunk: what a failed publication has to send again


@dataclass(slots=True)
class Outbox:
    """Collects a batch's events and exceptions; `write` gives sequences and positions and stores them."""

    now: datetime
    events: list[tuple[str, UUID, str, date, dict[str, Any]]] = field(default_factory=list)
    exceptions: list[tuple[str, UUID, dict[str, Any]]] = field(default_factory=list)

    def event(self, county_code: str, household: UUID, kind: str, valid_on: date, **body: Any) -> None:
        """One event to come in a household's stream, in the order of the calls."""
        self.events.append((county_code, household, kind, valid_on, body))

    def exception(self, county_code: str, exception: UUID, **body: Any) -> None:
        """One record to come on `hub.exceptions`."""
        self.exceptions.append((county_code, exception, body))

    def write(self, conn: Connection) -> list[str]:
        """Store everything; returns the counties that have something to publish. The counties are locked."""
        if not self.events and not self.exceptions:
            return []
        sequences = self._sequences(conn)
        rows: dict[str, list[tuple[int, str, UUID, str, bytes]]] = defaultdict(list)
        for county, household, kind, valid_on, body in self.events:
            sequences[household] += 1
            identity = event_id(household, sequences[household])
            datum = {
                "event_id": str(identity),
                "type": kind,
                "household_id": str(household),
                "county_code": county,
                "sequence": sequences[household],
                "valid_on": valid_on,
                "recorded_at": self.now,
                **body,
            }
            payload = avro.encode(f"event.{kind}", datum)
            rows[county].append((0, str(household), identity, f"fangpin.household.{kind}", payload))
        for county, exception, body in self.exceptions:
            datum = {"exception_id": str(exception), "county_code": county, "recorded_at": self.now, **body}
            rows[county].append((1, county, exception, "fangpin.exception", avro.encode("hub.exceptions", datum)))
        self._store(conn, rows)
        if sequences:
            conn.execute(
                "UPDATE household SET sequence = new.sequence FROM unnest(%s::uuid[], %s::bigint[]) "
                "AS new (household_id, sequence) WHERE household.household_id = new.household_id",
                (list(sequences), list(sequences.values())),
            )
        return sorted(rows)

    def _sequences(self, conn: Connection) -> dict[UUID, int]:
        wanted = list({household for _, household, *_ in self.events})
        found = conn.execute("SELECT household_id, sequence FROM household WHERE household_id = ANY(%s)", (wanted,))
        return dict(found.fetchall())

    def _store(self, conn: Connection, rows: dict[str, list[tuple[int, str, UUID, str, bytes]]]) -> None:
        counties = sorted(rows)
        positions = dict(
            conn.execute(
                "UPDATE county SET position = position + new.count FROM unnest(%s::text[], %s::bigint[]) "
                "AS new (county_code, count) WHERE county.county_code = new.county_code "
                "RETURNING county.county_code, position - new.count",
                (counties, [len(rows[county]) for county in counties]),
            ).fetchall()
        )
        with conn.cursor().copy(
            "COPY outgoing (county_code, position, topic, key, ce_id, ce_type, recorded_at, payload) FROM STDIN (FORMAT binary)"
        ) as copy:
            copy.set_types(["text", "int8", "int2", "text", "uuid", "text", "timestamptz", "bytea"])
            for county in counties:
                for number, row in enumerate(rows[county], positions[county] + 1):
                    topic, key, identity, kind, payload = row
                    copy.write_row((county, number, topic, key, identity, kind, self.now, payload))


def publish(conn: Connection, producer: Producer, counties: list[str]) -> None:
    """Publish what lies behind each county's position, in order, chunk by chunk. Raises `TransientError`."""
    for county in counties:
        while _publish_chunk(conn, producer, county):
            pass


def _publish_chunk(conn: Connection, producer: Producer, county: str) -> bool:
    with conn.transaction():
        conn.execute("INSERT INTO publication (county_code, position) VALUES (%s, 0) ON CONFLICT DO NOTHING", (county,))
        held = conn.execute("SELECT position FROM publication WHERE county_code = %s FOR UPDATE", (county,)).fetchone()
        assert held is not None
        rows = conn.execute(
            "SELECT position, topic, key, ce_id, ce_type, recorded_at, payload FROM outgoing "
            "WHERE county_code = %s AND position > %s ORDER BY position LIMIT %s",
            (county, held[0], CHUNK),
            binary=True,
        ).fetchall()
        if not rows:
            return False
        producer.publish(
            Outgoing(TOPICS[topic], key.encode(), bytes(payload), headers(str(identity), SOURCE, kind, at))
            for _, topic, key, identity, kind, at, payload in rows
        )
        conn.execute("UPDATE publication SET position = %s WHERE county_code = %s", (rows[-1][0], county))
    metrics.PUBLISHED.inc(len(rows))
    return len(rows) == CHUNK


def unpublished_counties(conn: Connection) -> list[str]:
    """The counties whose outgoing rows a crash left unpublished."""
    rows = conn.execute(
        "SELECT county.county_code FROM county LEFT JOIN publication USING (county_code) "
        "WHERE county.position > coalesce(publication.position, 0) ORDER BY 1"
    )
    return [row[0] for row in rows]
