"""The hub's clients at a broker that asks who they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.embedded.kafka import EmbeddedKafka
from fangpin.broker import Outgoing
from fangpin.errors import TransientError
from fangpin.kafka import Kafka
from fangpin.topics import TopicSpec

pytestmark = [pytest.mark.servers, pytest.mark.embedded]
TOPIC, USER, PASSWORD = "guarded", "hub", "a-password-of-a-test"
ASKING = {
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT",
    "inter.broker.listener.name": "SASL_PLAINTEXT",
    "sasl.enabled.mechanisms": "PLAIN",
    "sasl.mechanism.inter.broker.protocol": "PLAIN",
    "listener.name.sasl_plaintext.plain.sasl.jaas.config": (
        "org.apache.kafka.common.security.plain.PlainLoginModule required "
        f'username="{USER}" password="{PASSWORD}" user_{USER}="{PASSWORD}";'
    ),
}


class AskingKafka(EmbeddedKafka):
    """The embedded broker, with SASL in front of it."""

    def _write_settings(self, port: int, controller: int) -> Path:
        file = super()._write_settings(port, controller)
        kept = file.read_text().replace(f"PLAINTEXT://127.0.0.1:{port}", f"SASL_PLAINTEXT://127.0.0.1:{port}")
        file.write_text(kept + "".join(f"{name}={value}\n" for name, value in ASKING.items()))  # the last one holds
        return file


@pytest.fixture
def kafka(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kafka]:
    monkeypatch.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT")
    monkeypatch.setenv("KAFKA_SASL_MECHANISM", "PLAIN")
    monkeypatch.setenv("KAFKA_SASL_USERNAME", USER)
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", PASSWORD)
    with AskingKafka(tmp_path) as broker:
        yield Kafka(broker.bootstrap)


def test_whoever_knows_the_password_publishes_and_reads(kafka: Kafka, monkeypatch: pytest.MonkeyPatch) -> None:
    admin, producer = kafka.admin(), kafka.producer()
    admin.create_topics([TopicSpec(TOPIC, 1)])
    producer.publish([Outgoing(TOPIC, b"k", b"v")])
    consumer = kafka.consumer([TOPIC], None)
    consumer.seek((TOPIC, 0), 0)
    read = []
    while not read:
        read = consumer.poll(1.0)
    assert [one.value for one in read] == [b"v"]
    for one in (admin, producer, consumer):
        one.close()
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", "another")
    with pytest.raises(TransientError):
        kafka.admin()
    stranger = kafka.producer()
    with pytest.raises(TransientError):
        stranger.publish([Outgoing(TOPIC, b"k", b"v")])
    stranger.close()
