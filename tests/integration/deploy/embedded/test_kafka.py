"""The embedded broker keeps its records through kill -9 and restart."""

from __future__ import annotations

from pathlib import Path

import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from deploy.embedded.failure import ServerFailure
from deploy.embedded.kafka import EmbeddedKafka

pytestmark = [pytest.mark.servers, pytest.mark.embedded]
TOPIC = "kept"


def test_records_survive_kill_and_restart(tmp_path: Path) -> None:
    broker = EmbeddedKafka(tmp_path)
    with broker:
        address, first = broker.bootstrap, broker.pid
        admin = AdminClient({"bootstrap.servers": address})
        admin.create_topics([NewTopic(TOPIC, 1, 1)])[TOPIC].result(30)
        _produce(address, b"before")

        broker.kill()
        assert not broker.is_running
        broker.start()

        assert broker.bootstrap == address
        assert broker.pid != first
        _produce(address, b"after")
        assert _read(address, 2) == [b"before", b"after"]

    with EmbeddedKafka(tmp_path) as again:
        assert again.bootstrap == address
        assert _read(address, 2) == [b"before", b"after"]
        with pytest.raises(ServerFailure, match="another process"):
            EmbeddedKafka(tmp_path).start()


def _produce(address: str, value: bytes) -> None:
    producer = Producer({"bootstrap.servers": address, "enable.idempotence": True})
    failures: list[object] = []
    producer.produce(TOPIC, value, on_delivery=lambda error, _: failures.append(error) if error else None)
    assert producer.flush(30) == 0
    assert failures == []


def _read(address: str, count: int) -> list[bytes | None]:
    consumer = Consumer({"bootstrap.servers": address, "group.id": "reader", "auto.offset.reset": "error"})
    try:
        consumer.assign([TopicPartition(TOPIC, 0, OFFSET_BEGINNING)])
        return [message.value() for message in consumer.consume(count, timeout=30)]
    finally:
        consumer.close()
