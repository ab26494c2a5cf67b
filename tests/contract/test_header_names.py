"""A header's name may be any bytes: what a department's C program sent is read, and so is all that follows it."""

from contextlib import closing
from uuid import uuid4

from kafka import KafkaProducer

from fangpin.kafka import Admin, Consumer
from fangpin.topics import TopicSpec
from tests.property.test_kafka_batches import Name


def test_a_name_that_is_not_utf8_does_not_stop_its_partition(kafka_bootstrap: str, topic_prefix: str) -> None:
    topic = f"{topic_prefix}-names-{uuid4().hex[:8]}"
    with closing(Admin(kafka_bootstrap)) as admin:
        admin.create_topics([TopicSpec(topic, 1)])
        with closing(KafkaProducer(bootstrap_servers=kafka_bootstrap)) as client:
            client.send(topic, b"first", headers=[(Name("x"), b"1")])
            client.send(topic, b"second", headers=[("ce_id", b"2")])
            client.flush(20)
        with closing(Consumer(kafka_bootstrap, [topic], None)) as consumer:
            consumer.seek((topic, 0), 0)
            found: list[bytes | None] = []
            while len(found) < 2:
                found += [one.value for one in consumer.poll(1.0)]
        admin.delete_topics([topic])
    assert found == [b"first", b"second"]
