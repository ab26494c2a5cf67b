"""What goes out: household and county events with their sequences, exceptions, and their publication in order.

A county's outgoing rows have positions without gaps, given under the county's lock; publishing takes the lock of the
county's `publication` row, sends what lies behind its position, and moves it when the broker has acknowledged.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fangpin import avro, metrics
from fangpin.broker import Outgoing, Producer
from fangpin.cloudevents import headers
from fangpin.database import Connection
from fangpin.domain.ids import county_id, event_id
from fangpin.topics import COUNTY_EVENTS, EXCEPTIONS, HOUSEHOLD_EVENTS

TOPICS = (HOUSEHOLD_EVENTS, EXCEPTIONS, COUNTY_EVENTS)  # by the number in `outgoing.topic`
SOURCE = "urn:fangpin:hub"
Row = tuple[int, str, UUID, str, str, bytes]  # topic, key, id, the same as text, type, payload
AtHand = tuple[int, list[Outgoing]]  # the position of the first, and what has been committed from there on
CHUNK = 5000  # one unacknowledged chunk: what a failed publication has to send again


@dataclass(slots=True)
class Outbox:
    """Collects a batch's events and exceptions; `write` gives sequences and positions and stores them."""

    now: datetime
    events: list[tuple[str, UUID, str, dict[str, Any]]] = field(default_factory=list)
    county_events: list[tuple[str, str, date, dict[str, Any]]] = field(default_factory=list)
    exceptions: list[tuple[str, UUID, dict[str, Any]]] = field(default_factory=list)
    at_hand: dict[str, AtHand] = field(default_factory=dict)

    def event(self, county_code: str, household: UUID, kind: str, valid_on: date, **body: Any) -> None:
        """One event to come in a household's stream, in the order of the calls."""
        body["type"], body["county_code"], body["valid_on"] = kind, county_code, valid_on
        self.events.append((county_code, household, kind, body))

    def county_event(self, county_code: str, kind: str, valid_on: date, **body: Any) -> None:
        """One event to come in a county's own stream, in the order of the calls."""
        self.county_events.append((county_code, kind, valid_on, body))

    def exception(self, county_code: str, exception: UUID, **body: Any) -> None:
        """One record to come on `hub.exceptions`."""
        self.exceptions.append((county_code, exception, body))

    def write(self, conn: Connection) -> list[str]:
        """Store everything; returns the counties that have something to publish. The counties are locked.

        What they have is then `at_hand`: once it is committed it need not be read again to be published.
        """
        if not self.events and not self.exceptions and not self.county_events:
            return []
        sequences = self._sequences(conn)
        rows: dict[str, list[Row]] = defaultdict(list)
        for county, household, kind, datum in self.events:
            last = sequences[household]
            last[0] = sequence = last[0] + 1
            identity, name = event_id(household, sequence), str(household)
            datum["event_id"] = ce_id = str(identity)
            datum["household_id"], datum["sequence"], datum["recorded_at"] = name, sequence, self.now
            payload = avro.encode(f"event.{kind}", datum)
            rows[county].append((0, name, identity, ce_id, f"fangpin.household.{kind}", payload))
        for county, exception, body in self.exceptions:
            ce_id = str(exception)
            datum = {"exception_id": ce_id, "county_code": county, "recorded_at": self.now, **body}
            payload = avro.encode("hub.exceptions", datum)
            rows[county].append((1, county, exception, ce_id, "fangpin.exception", payload))
        self._county_rows(conn, rows)
        self._store(conn, rows)
        if sequences:
            conn.execute(
                "UPDATE household SET sequence = new.sequence FROM unnest(%b::uuid[], %b::bigint[]) "
                "AS new (household_id, sequence) WHERE household.household_id = new.household_id",
                (list(sequences), [last for (last,) in sequences.values()]),
            )
        return sorted(rows)

    def _sequences(self, conn: Connection) -> dict[UUID, list[int]]:
        """The last sequence of every household that has events, to be counted up in place."""
        wanted = list({household for _, household, _, _ in self.events})
        found = conn.execute("SELECT household_id, sequence FROM household WHERE household_id = ANY(%b)", (wanted,))
        return {household: [sequence] for household, sequence in found.fetchall()}

    def _county_rows(self, conn: Connection, rows: dict[str, list[Row]]) -> None:
        """The counties' own events, with sequences that the county's row keeps."""
        count = Counter(county for county, *_ in self.county_events)
        sequences = dict(
            conn.execute(
                "UPDATE county SET sequence = sequence + new.count FROM unnest(%b::text[], %b::bigint[]) "
                "AS new (county_code, count) WHERE county.county_code = new.county_code "
                "RETURNING county.county_code, sequence - new.count",
                (list(count), list(count.values())),
            ).fetchall()
            if count
            else ()
        )
        for county, kind, valid_on, body in self.county_events:
            sequences[county] += 1
            identity = event_id(county_id(county), sequences[county])
            datum = {
                "event_id": str(identity),
                "type": kind,
                "county_code": county,
                "sequence": sequences[county],
                "valid_on": valid_on,
                "recorded_at": self.now,
                **body,
            }
            payload = avro.encode(f"county.{kind}", datum)
            rows[county].append((2, county, identity, datum["event_id"], f"fangpin.county.{kind}", payload))

    def _store(self, conn: Connection, rows: dict[str, list[Row]]) -> None:
        counties = sorted(rows)
        positions = dict(
            conn.execute(
                "UPDATE county SET position = position + new.count FROM unnest(%b::text[], %b::bigint[]) "
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
                    topic, key, identity, _, kind, payload = row
                    copy.write_row((county, number, topic, key, identity, kind, self.now, payload))
                self.at_hand[county] = (
                    positions[county] + 1,
                    [
                        _outgoing(topic, key, ce_id, kind, self.now, payload)
                        for topic, key, _, ce_id, kind, payload in rows[county]
                    ],
                )


def _outgoing(topic: int, key: str, identity: str, kind: str, at: datetime, payload: bytes) -> Outgoing:
    return Outgoing(TOPICS[topic], key.encode(), payload, headers(identity, SOURCE, kind, at))


def publish(
    conn: Connection, producer: Producer, counties: list[str], at_hand: Mapping[str, AtHand] | None = None
) -> None:
    """Publish what lies behind each county's position, in order, chunk by chunk. Raises `TransientError`.

    `at_hand` is what these counties committed last; it is published as it is where nothing of theirs lies before it.
    """
    if not counties:
        return
    conn.execute(
        "INSERT INTO publication (county_code, position) SELECT *, 0 FROM unnest(%b::text[]) ON CONFLICT DO NOTHING",
        (counties,),
    )
    conn.commit()
    if at_hand and _publish_at_hand(conn, producer, at_hand):
        return
    while _publish_chunk(conn, producer, counties):
        pass


def _publish_at_hand(conn: Connection, producer: Producer, at_hand: Mapping[str, AtHand]) -> bool:
    """The whole of it as one chunk; False, and nothing done, when something is still before it or it is behind already."""
    with conn.transaction():
        held = _hold(conn, list(at_hand))
        if any(position + 1 != at_hand[county][0] for county, position in held):
            return False
        producer.publish(one for county, _ in held for one in at_hand[county][1])
        _move(conn, {county: position + len(at_hand[county][1]) for county, position in held})
    metrics.PUBLISHED.inc(sum(len(rows) for _, rows in at_hand.values()))
    return True


def _hold(conn: Connection, counties: list[str]) -> list[tuple[str, int]]:
    """Lock the counties' publication, in order of code; their positions."""
    return conn.execute(
        "SELECT county_code, position FROM publication WHERE county_code = ANY(%b) ORDER BY county_code FOR UPDATE",
        (counties,),
    ).fetchall()


def _move(conn: Connection, reached: Mapping[str, int]) -> None:
    conn.execute(
        "UPDATE publication SET position = new.position FROM unnest(%b::text[], %b::bigint[]) "
        "AS new (county_code, position) WHERE publication.county_code = new.county_code",
        (list(reached), list(reached.values())),
    )


def _publish_chunk(conn: Connection, producer: Producer, counties: list[str]) -> bool:
    """Some rows of each county in one go, their positions moved in the same transaction; whether there were any.

    A county that another worker is publishing is waited for: what it has read may be older than our rows.
    """
    with conn.transaction():
        held = _hold(conn, counties)
        rows = conn.execute(
            "SELECT own.* FROM unnest(%b::text[], %b::bigint[]) AS held (county_code, position), LATERAL ("
            "SELECT county_code, position, topic, key, ce_id::text, ce_type, recorded_at, payload FROM outgoing "
            "WHERE outgoing.county_code = held.county_code AND outgoing.position > held.position "
            "ORDER BY outgoing.position LIMIT %s) AS own",
            ([county for county, _ in held], [position for _, position in held], max(CHUNK // len(held), 1)),
            binary=True,
        ).fetchall()
        if not rows:
            return False
        producer.publish(_outgoing(*row[2:]) for row in rows)
        _move(conn, {row[0]: row[1] for row in rows})
    metrics.PUBLISHED.inc(len(rows))
    return True


def unpublished_counties(conn: Connection) -> list[str]:
    """The counties whose outgoing rows a crash left unpublished."""
    rows = conn.execute(
        "SELECT county.county_code FROM county LEFT JOIN publication USING (county_code) "
        "WHERE county.position > coalesce(publication.position, 0) ORDER BY 1"
    )
    return [row[0] for row in rows]
