"""`python -m bench.correlator_least RECORDS`: of a record's way only what nobody can leave out, and no judgement.

Polled, decoded by columns, known by its key or not, pseudonyms, the household by the register, sealed, stored, told as
one event, published; in as many lanes as the correlator, exactly once, on tables of its own. Left out: whether the record is
right, corrections, rules, risk states, warnings, exceptions, receipts, deliveries. What is faster than this does less.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

from bench.measured import measure
from consumers.correlator import signals
from consumers.runtime import AfterCommit, Lanes, Loop, settle
from fangpin import avro, database, logging
from fangpin.avro_columns import decode_columns
from fangpin.broker import Message, Outgoing, Producer
from fangpin.cloudevents import headers
from fangpin.database import Connection
from fangpin.domain.feeds import FEEDS
from fangpin.domain.ids import event_id, household_id, record_key
from fangpin.kafka import Admin, Consumer, Kafka
from fangpin.salts import ensure_salts
from fangpin.settings import Settings
from fangpin.topics import TopicSpec, feed_of
from fangpin.vault import Vault, household_subject

EVENTS = "least.events"
TOPICS = tuple(f"feed.{slug}" for slug, feed in FEEDS.items() if feed.role == "fact")
TABLES = ("signal", "outgoing", "household", "county")
KIND = "fangpin.household.SignalRecorded"


def main() -> None:
    """Copies of the tables, the lanes, and the copies away again."""
    settings = Settings()
    logging.configure("bench")
    admin, reader = Admin(settings.bootstrap_servers), Consumer(settings.bootstrap_servers, TOPICS, None)
    admin.create_topics([TopicSpec(EVENTS, 8)])
    ends = reader.log_ends(reader.partitions(TOPICS))
    reader.close()
    admin.close()
    with database.connect(settings.database_url, autocommit=True) as conn:
        conn.execute("CREATE SCHEMA least")
        for table in TABLES:
            conn.execute(f"CREATE TABLE least.{table} (LIKE public.{table} INCLUDING ALL)")
        conn.execute("INSERT INTO least.household SELECT * FROM public.household")
        conn.execute("INSERT INTO least.county SELECT * FROM public.county")
        conn.execute("ANALYZE least.household")
        avro.schemas()
        settle()
        measure(Lanes([_Lane(settings, ends) for _ in range(settings.correlator_lanes)]).run)
        stored = conn.execute("SELECT count(*) FROM least.signal").fetchone()
        conn.execute("DROP SCHEMA least CASCADE")
    assert stored is not None
    assert stored[0] > 0.9 * int(sys.argv[1])


class _Lane:
    """A member of a group, whose batches are published behind its back."""

    def __init__(self, settings: Settings, ends: dict[tuple[str, int], int]) -> None:
        self._producer = Kafka(settings.bootstrap_servers).producer()
        self._handler = _Least(settings, self._producer)
        self._loop = Loop(
            self._handler,
            broker=Kafka(settings.bootstrap_servers),
            database_url=settings.database_url,
            group="bench-least",
            max_records=settings.batch_records,
            ends=ends,
        )

    def run(self) -> None:
        self._loop.run()
        self._handler.finish()
        self._producer.close()

    def stop(self) -> None:
        self._loop.stop()


class _Fact(NamedTuple):
    payload: bytes
    feed: str
    record_id: str
    revision: int
    county: str
    occurred_on: date
    key: UUID
    source: str
    person: bytes | None
    name: bytes | None
    household_no: str | None


Placed = tuple[_Fact, UUID | None, bytes, bytes]  # its household, the subject of its seal, what is sealed


class _Least:
    """The handler."""

    name = "least"
    topics: Sequence[str] = TOPICS

    def __init__(self, settings: Settings, producer: Producer) -> None:
        self._vault = Vault((settings.data_dir / "secrets" / "master.key").read_bytes())
        self._producer = producer
        self._thread: ThreadPoolExecutor | None = None
        self._running: Future[None] | None = None

    def recover(self, conn: Connection) -> bool:
        """Nothing is left over."""
        return False

    def process(self, conn: Connection, messages: Sequence[Message]) -> AfterCommit:
        """A batch, in one transaction; it is published when the one before is."""
        now = datetime.now(UTC)
        placed = self._sealed(conn, _new(conn, list(self._read(messages))))
        _store(conn, placed, now)
        told = _tell(conn, placed, now)
        return lambda: self._publish(told)

    def _publish(self, told: list[Outgoing]) -> None:
        self.finish()
        self._thread = self._thread or ThreadPoolExecutor(1)
        self._running = self._thread.submit(self._producer.publish, told)

    def finish(self) -> None:
        """Wait until all is published."""
        if self._running is not None:
            self._running.result()

    def _read(self, messages: Sequence[Message]) -> Iterator[_Fact]:
        by_topic = defaultdict(list)
        for message in messages:
            by_topic[message.topic].append(message.value)
        for topic, payloads in by_topic.items():
            feed = FEEDS[feed_of(topic)]
            decoded = decode_columns(topic, payloads)
            assert decoded is not None
            assert len(decoded[1]) == len(payloads)
            frame = decoded[0].unnest("subject")
            names = ("record_id", "revision", "county_code", feed.own_date, "name", "id_number", "household_no")
            rows = zip(payloads, *(frame[name].to_list() for name in names), strict=True)
            source = feed.departments[0]
            for payload, record_id, revision, county, on, name, number, household_no in rows:
                key = record_key(feed.slug, county, source, record_id)
                person = self._vault.person_key(number) if number is not None else None
                named = self._vault.name_key(name) if name is not None else None
                yield _Fact(
                    payload, feed.slug, record_id, revision, county, on, key, source, person, named, household_no
                )

    def _sealed(self, conn: Connection, facts: Sequence[_Fact]) -> list[Placed]:
        persons = list({one.person for one in facts if one.person is not None})
        rows = conn.execute(
            "SELECT person_key, household_id FROM membership WHERE person_key = ANY(%b)", (persons,), binary=True
        )
        of_person: dict[bytes | None, UUID] = {bytes(person): household for person, household in rows}
        where = [
            household_id(one.county, one.household_no)
            if one.person is None and one.household_no is not None
            else of_person.get(one.person)
            for one in facts
        ]
        subjects = [
            one.person if one.person is not None else household_subject(household) if household is not None else b"-"
            for one, household in zip(facts, where, strict=True)
        ]
        salts = ensure_salts(conn, set(subjects))
        seal = self._vault.seal
        return [
            (one, household, subject, seal(subject, salts[subject], one.payload))
            for one, household, subject in zip(facts, where, subjects, strict=True)
        ]


def _new(conn: Connection, facts: Sequence[_Fact]) -> list[_Fact]:
    """Those whose revision is neither stored nor twice in the batch."""
    rows = conn.execute(
        "SELECT record_key, revision, digest FROM least.signal WHERE record_key = ANY(%b)",
        (list({one.key for one in facts}),),
        binary=True,
    )
    stored = {(key, revision) for key, revision, _ in rows}
    found = {(one.key, one.revision): one for one in reversed(facts) if (one.key, one.revision) not in stored}
    return list(found.values())


def _store(conn: Connection, placed: Iterable[Placed], now: datetime) -> None:
    with conn.cursor().copy(f"COPY least.signal ({signals.COLUMNS}) FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(signals.TYPES)
        for one, household, subject, sealed in placed:
            copy.write_row(
                (
                    one.key, one.revision, one.feed, one.county, one.source, one.record_id, False,
                    blake2b(one.payload, digest_size=16).digest(), True, False, one.occurred_on, one.person,
                    one.household_no, household, "matched", [], False, one.name, subject, sealed, None, None, now,
                )
            )  # fmt: skip


def _tell(conn: Connection, placed: Sequence[Placed], now: datetime) -> list[Outgoing]:
    """One event a fact in its household's stream, stored and ready to be published."""
    wanted = list({household for _, household, _, _ in placed if household is not None})
    sequences: dict[UUID, int] = dict(
        conn.execute(
            "SELECT household_id, sequence FROM least.household WHERE household_id = ANY(%b)", (wanted,)
        ).fetchall()
    )
    events: dict[str, list[tuple[str, UUID, str, bytes]]] = defaultdict(list)
    for one, household, subject, sealed in placed:
        if household is None or household not in sequences:
            continue
        sequences[household] = sequence = sequences[household] + 1
        identity, name = event_id(household, sequence), str(household)
        datum: dict[str, Any] = {
            "event_id": str(identity), "type": "SignalRecorded", "household_id": name, "county_code": one.county,
            "sequence": sequence, "valid_on": one.occurred_on, "recorded_at": now, "feed": one.feed,
            "source": one.source, "record_id": one.record_id, "revision": one.revision,
            "person_key": one.person.hex() if one.person is not None else None, "notes": [], "baseline": False,
            "seal_subject": subject, "sealed": sealed,
        }  # fmt: skip
        events[one.county].append((name, identity, datum["event_id"], avro.encode("event.SignalRecorded", datum)))
    conn.execute(
        "UPDATE least.household SET sequence = new.sequence FROM unnest(%b::uuid[], %b::bigint[]) "
        "AS new (household_id, sequence) WHERE household.household_id = new.household_id",
        (list(sequences), list(sequences.values())),
    )
    return _outgoing(conn, events, now)


def _outgoing(conn: Connection, events: dict[str, list[tuple[str, UUID, str, bytes]]], now: datetime) -> list[Outgoing]:
    counties = sorted(events)
    rows = conn.execute(
        "UPDATE least.county SET position = position + new.count FROM unnest(%b::text[], %b::bigint[]) "
        "AS new (county_code, count) WHERE county.county_code = new.county_code "
        "RETURNING county.county_code, position - new.count",
        (counties, [len(events[county]) for county in counties]),
    )
    positions = dict(rows.fetchall())
    told = []
    columns = "county_code, position, topic, key, ce_id, ce_type, recorded_at, payload"
    with conn.cursor().copy(f"COPY least.outgoing ({columns}) FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(["text", "int8", "int2", "text", "uuid", "text", "timestamptz", "bytea"])
        for county in counties:
            for position, (name, identity, text, payload) in enumerate(events[county], positions[county] + 1):
                copy.write_row((county, position, 0, name, identity, KIND, now, payload))
                told.append(Outgoing(EVENTS, name.encode(), payload, headers(text, "urn:fangpin:hub", KIND, now)))
    return told


if __name__ == "__main__":
    main()
