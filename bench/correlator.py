"""`python -m bench.correlator [--records N]`: one worker over records that are already on the topics.

events/s from the first poll to the last committed transaction with its outbox published, compared with the expected
warnings; beside it, in the same run, the floor: kafka-python poll + fastavro decode + binary COPY of the same rows.
"""

import argparse
import resource
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from bench.machine import describe
from bench.servers import hub_servers
from consumers.correlator.handler import Correlator
from consumers.runtime import Loop
from fangpin import avro, database
from fangpin.domain.feeds import FEEDS
from fangpin.domain.records import parse_record
from fangpin.kafka import Consumer, Kafka, Outgoing, Place, Producer
from fangpin.policies import load_book
from fangpin.settings import Settings
from fangpin.topics import FEED_TOPICS
from fangpin.vault import Vault, load_or_create_secret
from fangpin.wire import encode_record
from services.simulator import simulate_records, simulate_register
from tests.oracle import OWN_DATE, expected

COUNTIES = ("530925", "410922")
TODAY = date(2021, 12, 20)
CHUNK = 5000


def main() -> None:
    """Publish, run, compare, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--households", type=int, default=20_000)
    asked = parser.parse_args()
    print(describe())
    with hub_servers() as settings:
        producer = Producer(settings.bootstrap_servers)
        raws: list[dict[str, Any]] = []
        registers = {county: list(simulate_register(county, asked.households // 2, 3, TODAY)) for county in COUNTIES}
        preparation = [one for register in registers.values() for one in register] + [_clock(one) for one in COUNTIES]
        _publish(producer, preparation)
        _seconds(settings, producer)
        with database.connect(settings.database_url, autocommit=True) as conn:
            conn.execute("ANALYZE")
        for county, register in registers.items():
            raws += simulate_records(county, register, 3, date(2021, 10, 1), TODAY, asked.records // 2, set(OWN_DATE))
        _publish(producer, raws)
        floor = _floor(settings, len(raws))
        seconds = _seconds(settings, producer)
        _compare(settings, [*preparation, *raws])
    rate, floor_rate = len(raws) / seconds, len(raws) / floor
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(raws)} records, {asked.households} households, {len(COUNTIES)} counties, 8 partitions, one worker")
    print(f"correlator {rate:,.0f}/s · floor {floor_rate:,.0f}/s · ratio {rate / floor_rate:.2f}")
    print(f"peak memory of this process (worker and generator together) {memory:,.0f} MiB")


def _clock(county: str) -> dict[str, Any]:
    common = {"record_id": "c-1", "revision": 1, "status": "active", "county_code": county}
    return {"feed": "clock", **common, "date": TODAY.isoformat(), "reported_at": "2021-12-20T08:00:00+08:00"}


def _publish(producer: Producer, raws: list[dict[str, Any]]) -> None:
    outgoing = list(_outgoing(raws))
    for start in range(0, len(outgoing), CHUNK):
        producer.publish(outgoing[start : start + CHUNK])


def _outgoing(raws: list[dict[str, Any]]) -> Iterator[Outgoing]:
    now = datetime.now(UTC)
    for raw in raws:
        feed = FEEDS[raw["feed"]]
        record = parse_record(feed, {key: value for key, value in raw.items() if key != "feed"}, now=now)
        yield Outgoing(f"feed.{feed.slug}", record.county_code.encode(), encode_record(record))


def _seconds(settings: Settings, producer: Producer) -> float:
    """One worker from the first poll to the last publication."""
    vault = Vault(load_or_create_secret(settings.secret_file))
    loop = Loop(
        Correlator(vault, load_book(), producer),
        broker=Kafka(settings.bootstrap_servers),
        database_url=settings.database_url,
        group=None,
        max_records=settings.batch_records,
        ends=_ends(settings),
    )
    began = time.perf_counter()
    loop.run()
    return time.perf_counter() - began


def _ends(settings: Settings) -> dict[Place, int]:
    """Where the feed topics end now."""
    consumer = Consumer(settings.bootstrap_servers, FEED_TOPICS, None)
    try:
        return consumer.log_ends(consumer.partitions(FEED_TOPICS))
    finally:
        consumer.close()


def _floor(settings: Settings, count: int) -> float:
    """Poll, decode, COPY: what no correlator on this stack can be faster than."""
    topics = [f"feed.{slug}" for slug, feed in FEEDS.items() if feed.role == "fact"]
    consumer = Consumer(settings.bootstrap_servers, topics, None, max_records=5000)
    for place in consumer.assignment():
        consumer.seek(place, 0)
    with database.connect(settings.database_url) as conn:
        conn.execute("CREATE TABLE floor (feed text, county text, record_id text, occurred_on date, payload bytea)")
        began, read = time.perf_counter(), 0
        while read < count:
            messages = consumer.poll(1.0)
            with conn.cursor().copy("COPY floor FROM STDIN (FORMAT binary)") as copy:
                copy.set_types(["text", "text", "text", "date", "bytea"])
                for message in messages:
                    _, datum = avro.decode(message.value)
                    row = (message.topic, datum["county_code"], datum["record_id"], datum["occurred_on"], message.value)
                    copy.write_row(row)
            conn.commit()
            read += len(messages)
        seconds = time.perf_counter() - began
        conn.execute("DROP TABLE floor")
    consumer.close()
    return seconds


def _compare(settings: Settings, raws: list[dict[str, Any]]) -> None:
    """The warnings must be those of the oracle, but for revisions that were used for two contents."""
    with database.connect(settings.database_url) as conn:
        rows = conn.execute(
            "SELECT s.county_code, h.household_no, s.risk FROM risk_state s JOIN household h USING (household_id) "
            "WHERE (s.state #>> '{episodes,0,raised}')::boolean"
        )
        found = {(row[0], row[1], row[2]) for row in rows}
        reused = conn.execute("SELECT count(*) FROM quarantine WHERE code = 'ID_REUSED'").fetchone()
    wanted = set(expected(raws, dict.fromkeys(COUNTIES, TODAY.isoformat())))
    print(f"warnings {len(found)}, expected {len(wanted)}, differing {len(found ^ wanted)}, revisions reused {reused}")


if __name__ == "__main__":
    main()
