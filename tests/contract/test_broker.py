"""What a broker promises (`fangpin.broker`): one suite, on the fake in memory and on the real one."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from fangpin.broker import Broker, Consumer, Message, Outgoing, Place
from fangpin.errors import FatalError, TransientError
from fangpin.fake_broker import FakeBroker
from fangpin.kafka import Kafka
from fangpin.topics import TopicSpec, partition_for

WITHIN = 150.0  # seconds: a guard against a hang; a rebalance on a machine at load 20 has taken more than 60


class FakeLab:
    """The fake, and what an operator can do to its topics."""

    def __init__(self) -> None:
        self.fake = FakeBroker()
        self.broker: Broker = self.fake

    def expire(self, place: Place, offset: int) -> None:
        self.fake.expire(place, offset)

    def delete(self, topic: str) -> None:
        self.fake.delete_topic(topic)

    @contextmanager
    def away(self) -> Iterator[Broker]:
        self.fake.away = True
        yield self.broker
        self.fake.away = False


class RealLab:
    """Kafka, with another vendor's client for what an operator does."""

    def __init__(self, bootstrap: str) -> None:
        self.broker: Broker = Kafka(bootstrap)
        self._operator = AdminClient({"bootstrap.servers": bootstrap})

    def expire(self, place: Place, offset: int) -> None:
        for future in self._operator.delete_records([TopicPartition(*place, offset)]).values():
            future.result()

    def delete(self, topic: str) -> None:
        for future in self._operator.delete_topics([topic]).values():
            future.result()
        wait_for(lambda: topic not in self._operator.list_topics(timeout=10).topics)

    @contextmanager
    def away(self) -> Iterator[Broker]:
        with closing(socket.socket()) as unused:
            unused.bind(("127.0.0.1", 0))  # bound and not listening: refused, and nobody else's
            yield Kafka(f"127.0.0.1:{unused.getsockname()[1]}")


Lab = FakeLab | RealLab


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.servers)])
def lab(request: pytest.FixtureRequest) -> Lab:
    if request.param == "fake":
        return FakeLab()
    return RealLab(request.getfixturevalue("kafka_bootstrap"))


@pytest.fixture
def topic(lab: Lab, topic_prefix: str) -> str:
    """A topic of four partitions."""
    create(lab, f"{topic_prefix}records")
    return f"{topic_prefix}records"


def create(lab: Lab, topic: str) -> str:
    """Make it if it is not there; its id."""
    with closing(lab.broker.admin()) as admin:
        admin.create_topics([TopicSpec(topic, 4)])
        return admin.topic_ids()[topic]


def publish(lab: Lab, topic: str, count: int, partition: int = 0) -> None:
    with closing(lab.broker.producer()) as producer:
        producer.publish(Outgoing(topic, b"k", f"{n}".encode(), partition=partition) for n in range(count))


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def begin(consumer: Consumer, offsets: dict[Place, int] | None = None) -> None:
    """Set every position of a new assignment: nought, or what `offsets` says."""
    for place in consumer.assignment():
        consumer.seek(place, (offsets or {}).get(place, 0))


def read(consumer: Consumer, count: int) -> list[Message]:
    found: list[Message] = []
    wait_for(lambda: len(found.__iadd__(consumer.poll(0.5))) >= count)
    return found


def settle(*consumers: Consumer) -> None:
    """Poll, as members do, until they share out the topic's four partitions; note that each saw a change."""
    changed = set()

    def shared() -> bool:
        for consumer in consumers:
            assert consumer.poll(0.2) == []
            if consumer.take_change():
                changed.add(consumer)
        held = [consumer.assignment() for consumer in consumers]
        return sum(map(len, held)) == 4 and all(held) and len(changed) == len(consumers)

    wait_for(shared)
    assert len(set().union(*(consumer.assignment() for consumer in consumers))) == 4


def test_records_come_as_they_were_published(lab: Lab, topic: str) -> None:
    headers = [("ce_id", b"1"), ("ce_id", b"2"), ("empty", b"")]
    before = int(time.time() * 1000)
    with closing(lab.broker.producer()) as producer:
        producer.publish([Outgoing(topic, b"key", b"value", headers, 2), Outgoing(topic, None, b"", [], 2)])
    with closing(lab.broker.consumer([topic], None)) as consumer:
        begin(consumer)
        first, second = read(consumer, 2)
    assert (first.topic, first.partition, first.offset, first.key, first.value) == (topic, 2, 0, b"key", b"value")
    assert list(first.headers) == headers
    assert before - 1000 <= first.timestamp <= int(time.time() * 1000) + 1000
    assert (second.offset, second.key, second.value, list(second.headers)) == (1, None, b"", [])


def test_the_key_decides_the_partition_as_java_does(lab: Lab, topic: str) -> None:
    keys = [b"440229", b"440825", b"530925", b"410922"]
    with closing(lab.broker.producer()) as producer:
        producer.publish(Outgoing(topic, key, b"") for key in keys)
    with closing(lab.broker.consumer([topic], None)) as consumer:
        begin(consumer)
        assert {one.key: one.partition for one in read(consumer, 4)} == {key: partition_for(key, 4) for key in keys}


def test_order_holds_within_a_partition_and_offsets_have_no_gaps(lab: Lab, topic: str) -> None:
    for _ in range(2):
        publish(lab, topic, 500)
    with closing(lab.broker.consumer([topic], None, max_records=70)) as consumer:
        begin(consumer)
        found = read(consumer, 1000)
    assert [one.offset for one in found] == list(range(1000))
    assert [one.value for one in found] == [f"{n}".encode() for n in range(500)] * 2


def test_threads_publish_at_once_each_in_its_order(lab: Lab, topic: str) -> None:
    producer = lab.broker.producer()

    def work(number: int) -> None:
        for start in range(0, 90, 30):
            producer.publish(Outgoing(topic, b"k", b"%d:%d" % (number, n), [], 0) for n in range(start, start + 30))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    producer.close()
    with closing(lab.broker.consumer([topic], None)) as consumer:
        begin(consumer)
        found = [(one.value or b"").split(b":") for one in read(consumer, 270)]
    for number in range(3):
        assert [int(n) for thread, n in found if int(thread) == number] == list(range(90))


def test_a_reader_starts_nowhere_until_it_is_told_to(lab: Lab, topic: str) -> None:
    publish(lab, topic, 3)
    with closing(lab.broker.consumer([topic], None)) as consumer:
        assert consumer.assignment() == set(consumer.partitions([topic])) == {(topic, n) for n in range(4)}
        assert consumer.poll(1.0) == []
        assert consumer.take_change()
        begin(consumer, {(topic, 0): 1})
        assert [one.offset for one in read(consumer, 2)] == [1, 2]
        assert not consumer.take_change()


def test_a_partition_that_waits_for_its_position_holds_the_others_back(lab: Lab, topic: str) -> None:
    publish(lab, topic, 3, partition=0)
    with closing(lab.broker.consumer([topic], None)) as consumer:
        consumer.take_change()
        for number in range(3):
            consumer.seek((topic, number), 0)
        assert consumer.poll(1.0) == []
        assert consumer.take_change()


def test_seek_reads_again(lab: Lab, topic: str) -> None:
    publish(lab, topic, 5)
    with closing(lab.broker.consumer([topic], None)) as consumer:
        begin(consumer)
        assert len(read(consumer, 5)) == 5
        consumer.seek((topic, 0), 3)
        assert [one.offset for one in read(consumer, 2)] == [3, 4]


def test_a_poll_returns_no_more_than_it_was_allowed(lab: Lab, topic: str) -> None:
    publish(lab, topic, 50)
    with closing(lab.broker.consumer([topic], None, max_records=7)) as consumer:
        begin(consumer)
        sizes: list[int] = []
        wait_for(lambda: sizes.append(len(consumer.poll(0.5))) or sum(sizes) >= 50)
    assert max(sizes) == 7
    assert sum(sizes) == 50


def test_starts_and_ends_of_logs(lab: Lab, topic: str) -> None:
    publish(lab, topic, 5, partition=1)
    lab.expire((topic, 1), 2)
    with closing(lab.broker.consumer([topic], None)) as consumer:
        places = [(topic, 0), (topic, 1)]
        assert consumer.log_starts(places) == {(topic, 0): 0, (topic, 1): 2}
        assert consumer.log_ends(places) == {(topic, 0): 0, (topic, 1): 5}
        assert consumer.log_ends([]) == {}


@pytest.mark.parametrize("offset", [1, 6], ids=["expired", "beyond the end"])
def test_a_position_outside_the_log_is_fatal(lab: Lab, topic: str, offset: int) -> None:
    publish(lab, topic, 5)
    lab.expire((topic, 0), 2)
    with closing(lab.broker.consumer([topic], None)) as consumer:
        begin(consumer, {(topic, 0): offset})

        def look() -> bool:
            assert consumer.poll(0.5) == []
            return False

        with pytest.raises(FatalError, match="outside its log"):
            wait_for(look)


def test_a_group_shares_the_partitions_and_begins_anew_at_each_change(lab: Lab, topic: str, group: str) -> None:
    publish(lab, topic, 3, partition=0)
    with closing(lab.broker.consumer([topic], group)) as first:
        settle(first)
        begin(first)
        assert len(read(first, 3)) == 3
        second = lab.broker.consumer([topic], group)
        settle(first, second)
        assert second.poll(0.5) == []
        assert second.take_change()  # it waits for its positions
        for consumer in (first, second):
            begin(consumer)
        owner = first if (topic, 0) in first.assignment() else second
        assert len(read(owner, 3)) == 3
        second.close()
        settle(first)


def test_nobody_waits_for_a_member_that_died_and_came_back_under_its_name(lab: Lab, topic: str, group: str) -> None:
    """A dead member never polls again: without the name the others would have its partitions when its session ends."""
    with (
        closing(lab.broker.consumer([topic], group, member="worker.1")) as dead,
        closing(lab.broker.consumer([topic], group, member="worker.2")) as alive,
    ):
        settle(dead, alive)
        with closing(lab.broker.consumer([topic], group, member="worker.1")) as back:
            settle(back, alive)
            assert not back.assignment() & alive.assignment()
            with closing(lab.broker.admin()) as admin:
                assert admin.members(group) == {"worker.1", "worker.2"}
                assert admin.members(f"{group}-other") == set()


def test_groups_do_not_know_of_each_other(lab: Lab, topic: str, group: str) -> None:
    with (
        closing(lab.broker.consumer([topic], f"{group}-a")) as one,
        closing(lab.broker.consumer([topic], f"{group}-b")) as two,
    ):
        settle(one)
        settle(two)
        assert len(one.assignment()) == len(two.assignment()) == 4


def test_a_topic_is_made_once_and_has_another_id_when_it_is_made_anew(lab: Lab, topic: str) -> None:
    before = create(lab, topic)
    assert create(lab, topic) == before
    lab.delete(topic)
    assert create(lab, topic) != before


def test_topics_are_deleted_with_what_they_hold(lab: Lab, topic: str) -> None:
    publish(lab, topic, 3)
    with closing(lab.broker.admin()) as admin:
        before = admin.topic_ids()[topic]
        admin.delete_topics([topic, f"{topic}.other"])
        assert topic not in admin.topic_ids()
        admin.create_topics([TopicSpec(topic, 4)])
        assert admin.topic_ids()[topic] != before
    with closing(lab.broker.consumer([topic], None)) as consumer:
        assert set(consumer.log_ends(consumer.partitions([topic])).values()) == {0}


def test_a_topic_that_is_not_there_has_no_partitions(lab: Lab, topic: str) -> None:
    with closing(lab.broker.consumer([topic], None)) as consumer:
        assert consumer.partitions([f"{topic}.other"]) == []


@pytest.mark.parametrize("what", ["publish", "consumer", "admin"])
def test_a_broker_that_is_away_is_transient(lab: Lab, topic: str, what: str) -> None:
    with lab.away() as broker:
        ask: dict[str, Callable[[], object]] = {
            "publish": lambda: broker.producer().publish([Outgoing(topic, b"k", b"v")]),
            "consumer": lambda: broker.consumer([topic], None),
            "admin": broker.admin,
        }
        with pytest.raises(TransientError):
            ask[what]()


def test_a_producer_that_was_closed_publishes_again(lab: Lab, topic: str) -> None:
    producer = lab.broker.producer()
    for _ in range(2):
        producer.publish([Outgoing(topic, b"k", b"v", [], 0)])
        producer.close()
    with closing(lab.broker.consumer([topic], None)) as consumer:
        assert consumer.log_ends([(topic, 0)]) == {(topic, 0): 2}
