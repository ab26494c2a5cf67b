"""Departments' producers compress as they like: whatever Kafka knows is read."""

from contextlib import closing
from uuid import uuid4

import pytest
from confluent_kafka import Producer as Client

from fangpin.kafka import Admin, Consumer
from fangpin.topics import TopicSpec


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_every_codec_is_read(kafka_bootstrap: str, topic_prefix: str, codec: str) -> None:
    topic = f"{topic_prefix}-{codec}-{uuid4().hex[:8]}"
    payloads = [b"%d " % number * 1000 for number in range(20)]
    with closing(Admin(kafka_bootstrap)) as admin:
        admin.create_topics([TopicSpec(topic, 1)])
        client = Client({"bootstrap.servers": kafka_bootstrap, "compression.type": codec, "linger.ms": 50})
        for one in payloads:
            client.produce(topic, one, b"530925")
        assert client.flush(20) == 0
        with closing(Consumer(kafka_bootstrap, [topic], None)) as consumer:
            consumer.seek((topic, 0), 0)
            found: list[bytes | None] = []
            while len(found) < len(payloads):
                found += [one.value for one in consumer.poll(1.0)]
        admin.delete_topics([topic])
    assert found == payloads
