"""The read models on a real Kafka and a real PostgreSQL: a process that is killed, rebuilds beside it, verification."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from consumers.runtime import Loop
from deploy.embedded.kafka import EmbeddedKafka
from fangpin import database
from fangpin.errors import FatalError
from fangpin.kafka import Admin, Consumer, Kafka, Outgoing, Producer
from fangpin.settings import Settings
from fangpin.topics import COUNTY_EVENTS, EXCEPTIONS, HOUSEHOLD_EVENTS, topic_specs
from projections import PROJECTIONS, versions
from projections.handler import ProjectionHandler
from services.projector.rebuild import RebuildRunning, rebuild, verify
from tests.county_events import County
from tests.household_events import DAY, Event, Household, delivered, exception, payload

REPOSITORY = Path(__file__).resolve().parents[3]
WITHIN_S = 120.0  # a projector starts in two seconds; the rest is for a machine that does other things


@pytest.fixture(scope="module")
def broker(own_kafka: EmbeddedKafka) -> str:
    """The hub's topics on a broker of this module's own."""
    admin = Admin(own_kafka.bootstrap)
    admin.create_topics(topic_specs(2))
    admin.close()
    return own_kafka.bootstrap


@pytest.fixture
def settings(broker: str, fresh_database: str, tmp_path: Path) -> Settings:
    """The settings of a hub on these servers."""
    return Settings(KAFKA_BOOTSTRAP_SERVERS=broker, DATABASE_URL=fresh_database, data_dir=tmp_path)


def _publish(bootstrap: str, events: list[Event]) -> None:
    producer = Producer(bootstrap)
    producer.publish(_outgoing(event) for event in events)
    producer.close()


def _outgoing(event: Event) -> Outgoing:
    if "household_id" in event:
        return Outgoing(HOUSEHOLD_EVENTS, event["household_id"].encode(), payload(event))
    topic = EXCEPTIONS if "exception_id" in event else COUNTY_EVENTS
    return Outgoing(topic, event["county_code"].encode(), payload(event, topic))


def _lives(households: range, rounds: int) -> list[Event]:
    """Legal streams, interleaved."""
    log: list[Event] = []
    all_of_them = [Household(number, log) for number in households]
    for one in all_of_them:
        one.register()
        one.signal()
        one.warn("WarningRaised")
    for turn in range(rounds):
        for one in all_of_them:
            one.signal("SignalCorrected")
            one.warn("WarningGrew", records=[f"m-{number}" for number in range(turn % 5 + 2)])
            one.find("confirmed", "verified")
    return [*log, *(exception(number, "open", 0) for number in households), *_county(households)]


def _county(households: range) -> list[Event]:
    """A county of its own for each call: its number is that of the first household."""
    county = County(f"{households.start:06}")
    county.day(DAY)
    for number in households:
        county.deliver(records=number)
        county.nothing(record_id=f"n-{number}")
    return county.log


def _ends(bootstrap: str) -> dict[tuple[str, int], int]:
    topics = [HOUSEHOLD_EVENTS, COUNTY_EVENTS, EXCEPTIONS]
    consumer = Consumer(bootstrap, topics, None)
    try:
        return consumer.log_ends(consumer.partitions(topics))
    finally:
        consumer.close()


def _follow(settings: Settings, name: str, version: int = 1) -> None:
    """What the projector does, up to the ends of now."""
    Loop(
        ProjectionHandler(PROJECTIONS[name], version, live=True),
        broker=Kafka(settings.bootstrap_servers),
        database_url=settings.database_url,
        group=None,
        ends=_ends(settings.bootstrap_servers),
    ).run()


@contextmanager
def _projector(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "KAFKA_BOOTSTRAP_SERVERS": settings.bootstrap_servers,
        "DATABASE_URL": settings.database_url,
        "FANGPIN_DATA_DIR": str(settings.data_dir),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "services.projector"], cwd=REPOSITORY, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGKILL)


def _wait_until_read(settings: Settings) -> None:
    """Until every live read model has read to the ends of its topic."""
    ends = _ends(settings.bootstrap_servers)
    deadline = time.monotonic() + WITHIN_S
    while True:
        with database.connect(settings.database_url) as conn:
            live = conn.execute("SELECT to_regclass('projection')").fetchone() != (None,) and dict(
                conn.execute("SELECT name, live_version FROM projection").fetchall()
            )
            read = {
                (consumer, topic, partition): offset
                for consumer, topic, partition, offset in conn.execute(
                    "SELECT consumer, topic, partition, next_offset FROM checkpoint"
                )
            }
        if live and all(
            read.get((versions.consumer_name(one, live.get(name, 0)), topic, partition), 0) >= end
            for name, one in PROJECTIONS.items()
            for (topic, partition), end in ends.items()
            if topic == one.topic
        ):
            return
        assert time.monotonic() < deadline, "the projector did not catch up"
        time.sleep(0.05)


def test_a_rebuild_swaps_in_equal_rows_and_the_projector_goes_over_to_it(settings: Settings, broker: str) -> None:
    _publish(broker, _lives(range(100, 120), 3))
    projection = PROJECTIONS["village_inbox"]
    with database.connect(settings.database_url) as conn:
        versions.ensure(conn, projection)
    _follow(settings, "village_inbox")
    assert verify(settings, projection) == {"inbox_household": 0, "inbox_warning": 0}
    with database.connect(settings.database_url) as conn:
        before = conn.execute("SELECT * FROM inbox_warning ORDER BY warning_id").fetchall()
    shown: list[tuple[int, int]] = []
    assert rebuild(settings, projection, lambda done, total: shown.append((done, total))) == 3
    with database.connect(settings.database_url) as conn:
        assert conn.execute("SELECT * FROM inbox_warning ORDER BY warning_id").fetchall() == before
        names = conn.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'inbox_warning_v%'")
        assert names.fetchall() == [("inbox_warning_v3",)]
        consumers = conn.execute("SELECT DISTINCT consumer FROM stream_position").fetchall()
        assert consumers == [("projection.village_inbox.v3",)]
    assert shown[-1][0] == shown[-1][1] > 0
    _publish(broker, _lives(range(120, 122), 1))
    _follow(settings, "village_inbox", 3)
    assert verify(settings, projection) == {"inbox_household": 0, "inbox_warning": 0}


def test_a_rebuild_goes_to_the_end_of_the_log_where_the_live_one_is_behind(settings: Settings, broker: str) -> None:
    _publish(broker, _lives(range(150, 152), 1))
    assert rebuild(settings, PROJECTIONS["household_history"]) == 2
    with database.connect(settings.database_url) as conn:
        row = conn.execute("SELECT count(*) FROM household_history").fetchone()
        read = conn.execute("SELECT sum(next_offset) FROM checkpoint").fetchone()
    assert row == read == (sum(end for place, end in _ends(broker).items() if place[0] == HOUSEHOLD_EVENTS),)


def test_verify_finds_a_row_that_somebody_changed(settings: Settings, broker: str) -> None:
    _publish(broker, _lives(range(200, 205), 1))
    projection = PROJECTIONS["county_counts"]
    with database.connect(settings.database_url) as conn:
        versions.ensure(conn, projection)
    _follow(settings, "county_counts")
    with database.connect(settings.database_url) as conn:
        conn.execute(
            "UPDATE county_counts SET status = 'helped' WHERE warning_id = (SELECT min(warning_id::text)::uuid FROM county_counts)"
        )
    assert verify(settings, projection) == {"county_counts": 2}  # the row as it is, and as it should be
    rebuild(settings, projection)
    assert verify(settings, projection) == {"county_counts": 0}


def test_one_rebuild_at_a_time_and_a_broken_one_leaves_nothing(settings: Settings, broker: str) -> None:
    projection = PROJECTIONS["feed_activity"]
    with database.connect(settings.database_url) as conn:
        versions.ensure(conn, projection)
    _follow(settings, "feed_activity")
    with database.connect(settings.database_url) as conn:
        assert versions.claim(conn, projection)
        with pytest.raises(RebuildRunning):
            rebuild(settings, projection)
        orphan = versions.next_version(conn, projection)  # of a process that was killed
        conn.commit()
    assert rebuild(settings, projection) == orphan + 1

    def stop(done: int, total: int) -> None:
        raise FatalError("stopped by the test")

    with pytest.raises(FatalError):
        rebuild(settings, projection, stop)
    with database.connect(settings.database_url) as conn:
        names = conn.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'feed_activity_v%'")
        assert names.fetchall() == [(f"feed_activity_v{orphan + 1}",)]


def test_a_gap_in_a_household_stops_the_fold(settings: Settings, broker: str) -> None:
    """In a database of its own over a topic that goes on: a reader whose place was lost must not skip."""
    projection = PROJECTIONS["household_history"]
    with database.connect(settings.database_url) as conn:
        versions.ensure(conn, projection)
    _follow(settings, "household_history")
    with database.connect(settings.database_url) as conn:
        conn.execute(
            "UPDATE stream_position SET sequence = sequence - 2 WHERE consumer LIKE 'projection.household_history.%'"
        )
    log: list[Event] = []
    Household(100, log, sequence=12).signal()
    handler = ProjectionHandler(projection, 1, live=True)
    with database.connect(settings.database_url) as conn, pytest.raises(FatalError, match="from sequence 10 to 13"):
        handler.process(conn, delivered(log))


def test_kills_restarts_and_rebuilds_end_in_the_rows_of_a_fold_from_the_start(settings: Settings, broker: str) -> None:
    chance = random.Random(20211101)
    kills = 0
    for round_number in range(4):
        with _projector(settings) as process:
            start = 300 + 40 * round_number
            events = _lives(range(start, start + 40), 5)
            for at in range(0, len(events), 150):
                _publish(broker, events[at : at + 150])
                if at == 150 and round_number > 0:
                    rebuild(settings, PROJECTIONS[chance.choice(list(PROJECTIONS))])
                if at >= 300 and chance.random() < 0.5 and round_number < 3:
                    process.kill()
                    kills += 1
                    break
            _publish(broker, events[at + 150 :])
            if round_number == 3:
                _wait_until_read(settings)
    assert kills == 3
    for projection in PROJECTIONS.values():
        assert set(verify(settings, projection).values()) == {0}, projection.name
    with psycopg.connect(settings.database_url) as conn:
        rows = conn.execute("SELECT count(*), count(DISTINCT warning_id) FROM inbox_warning").fetchone()
        assert rows is not None
        assert rows[0] == rows[1] >= 160
