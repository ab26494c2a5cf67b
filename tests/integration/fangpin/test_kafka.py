"""Members of a group that have numbers: one that comes in a dead one's place disturbs nobody."""

from __future__ import annotations

import uuid
from contextlib import closing

from fangpin.broker import Consumer
from fangpin.kafka import Admin, Kafka
from fangpin.topics import TopicSpec
from tests.contract.test_broker import begin, settle
from tests.servers import Addresses


def test_whoever_takes_a_dead_member_s_number_has_its_partitions_and_the_others_keep_theirs(servers: Addresses) -> None:
    topic = group = uuid.uuid4().hex
    broker = Kafka(servers.kafka_bootstrap)
    admin = Admin(servers.kafka_bootstrap)
    admin.create_topics([TopicSpec(topic, 4)])
    admin.close()

    def member(worker: int) -> Consumer:
        return broker.consumer([topic], group, worker=worker)

    with closing(member(2)) as other:
        first = member(1)
        settle(first, other)
        theirs, others = first.assignment(), other.assignment()
        begin(other)
        other.take_change()
        for _ in range(2):
            first.close()  # as when it is killed, it says nothing to the group
            first = member(1)
            while not first.assignment():
                first.poll(0.1)
                other.poll(0.1)
            assert first.assignment() == theirs
            assert (other.assignment(), other.take_change()) == (others, False)
        first.close()
