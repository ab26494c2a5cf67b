"""What is committed goes out behind the worker's back: in order, again after an outage, and never less for a stop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import psycopg
import pytest

from consumers.correlator.outbox import AtHand, unpublished_counties
from consumers.correlator.relay import Relay
from fangpin.broker import Outgoing
from fangpin.fake_broker import FakeBroker
from fangpin.topics import HOUSEHOLD_EVENTS, topic_specs

COUNTY = "530925"
WITHIN = 120.0  # a guard against a hang, on a machine that does other things


class Desk:
    """A worker's side: commits rows, and has a relay to publish them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.broker = FakeBroker()
        self.broker.admin().create_topics(topic_specs(2))
        self.relay = Relay(url, self.broker.producer())
        self.conn = psycopg.connect(url, autocommit=True)
        self.conn.execute("INSERT INTO county (county_code) VALUES (%s)", (COUNTY,))

    def commit(self, count: int) -> None:
        with self.conn.transaction():
            row = self.conn.execute(
                "UPDATE county SET position = position + %s RETURNING position - %s", (count, count)
            ).fetchone()
            assert row is not None
            for position in range(row[0] + 1, row[0] + 1 + count):
                self.conn.execute(
                    "INSERT INTO outgoing VALUES (%s, %s, 0, 'household', %s, 'type', now(), %s)",
                    (COUNTY, position, uuid4(), b"%d" % position),
                )

    def published(self) -> list[int]:
        return [int(one.value or b"") for one in self.broker.records(HOUSEHOLD_EVENTS)]

    def close(self) -> None:
        self.relay.stop()
        self.relay.close()
        self.conn.close()


@pytest.fixture
def desk(fresh_database: str) -> Iterator[Desk]:
    with closing(Desk(fresh_database)) as found:
        yield found


def test_batches_are_published_one_after_the_other(desk: Desk) -> None:
    for _ in range(3):
        desk.commit(4)
        desk.relay.start([COUNTY])
    desk.relay.finish()
    assert desk.published() == list(range(1, 13))
    assert unpublished_counties(desk.conn) == []


def test_an_outage_is_waited_out_and_holds_the_next_batch_back(desk: Desk) -> None:
    desk.broker.away = True
    desk.commit(2)
    desk.relay.start([COUNTY])
    desk.commit(2)
    second = threading.Thread(target=desk.relay.start, args=([COUNTY],))
    second.start()
    assert desk.published() == []
    desk.broker.away = False
    second.join(WITHIN)
    desk.relay.finish()
    assert desk.published() == [1, 2, 3, 4]


def test_a_lost_connection_is_made_anew(desk: Desk) -> None:
    desk.commit(1)
    desk.relay.start([COUNTY])
    desk.relay.finish()
    desk.conn.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
        "AND datname = current_database()"
    )
    desk.commit(1)
    desk.relay.start([COUNTY])
    desk.relay.finish()
    assert desk.published() == [1, 2]


def test_a_stop_during_an_outage_leaves_the_rest_to_the_next_start(desk: Desk) -> None:
    desk.broker.away = True
    desk.commit(2)
    desk.relay.start([COUNTY])
    desk.relay.stop()
    desk.relay.close()
    assert unpublished_counties(desk.conn) == [COUNTY]


def test_what_will_not_pass_is_raised_at_the_next_batch(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("consumers.correlator.relay.publish", fail)
    desk.relay.start([COUNTY])
    with pytest.raises(ZeroDivisionError):
        desk.relay.start([COUNTY])


def at_hand(first: int, count: int) -> dict[str, AtHand]:
    """What a batch has committed from that position on, as it would be read again."""
    rows = [Outgoing(HOUSEHOLD_EVENTS, b"household", b"%d" % (first + n)) for n in range(count)]
    return {COUNTY: (first, rows)}


def test_what_is_at_hand_is_published_as_it_is(desk: Desk) -> None:
    desk.commit(3)
    desk.relay.start([COUNTY], at_hand(1, 3))
    desk.commit(2)
    desk.relay.start([COUNTY], at_hand(4, 2))
    desk.relay.finish()
    assert desk.published() == [1, 2, 3, 4, 5]
    assert unpublished_counties(desk.conn) == []


def test_what_an_earlier_life_left_goes_before_what_is_at_hand(desk: Desk) -> None:
    desk.commit(5)
    desk.relay.start([COUNTY], at_hand(4, 2))
    desk.relay.finish()
    assert desk.published() == [1, 2, 3, 4, 5]


def test_what_another_worker_has_published_is_not_published_again(desk: Desk) -> None:
    desk.commit(3)
    with closing(Relay(desk.url, desk.broker.producer())) as other:
        other.start([COUNTY])
        other.finish()
        desk.relay.start([COUNTY], at_hand(1, 3))
        desk.relay.finish()
    assert desk.published() == [1, 2, 3]
