"""Topics on a real broker that an earlier release has made."""

from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest

from fangpin.errors import TransientError
from fangpin.kafka import Admin, Consumer, Outgoing, Producer
from fangpin.topics import MAX_EVENT_BYTES, MAX_RECORD_BYTES, MESSAGE_BYTES, TopicSpec


def test_a_topic_made_by_an_earlier_release_takes_the_messages_of_this_one(
    kafka_bootstrap: str, topic_prefix: str
) -> None:
    topic = f"{topic_prefix}-large-{uuid4().hex[:8]}"
    with closing(Admin(kafka_bootstrap)) as admin:
        for largest in (MAX_RECORD_BYTES, MAX_EVENT_BYTES, MAX_RECORD_BYTES):  # never lowered again
            admin.create_topics([TopicSpec(topic, 1, {MESSAGE_BYTES: str(largest), "retention.ms": "-1"})])
        payload = b"x" * (4 * MAX_RECORD_BYTES)
        with closing(Producer(kafka_bootstrap)) as producer:
            producer.publish([Outgoing(topic, b"key", payload), Outgoing(topic, b"key", b"next")])
        with closing(Consumer(kafka_bootstrap, [topic], None)) as consumer:
            consumer.seek((topic, 0), 0)
            found: list[bytes | None] = []
            while len(found) < 2:
                found += [one.value for one in consumer.poll(1.0)]
        admin.delete_topics([topic])
    assert found == [payload, b"next"]


def test_what_a_topic_has_from_its_broker_is_not_lowered(kafka_bootstrap: str, topic_prefix: str) -> None:
    topic = f"{topic_prefix}-plain-{uuid4().hex[:8]}"
    with closing(Admin(kafka_bootstrap)) as admin:
        for config in ({}, {MESSAGE_BYTES: "1000"}):
            admin.create_topics([TopicSpec(topic, 1, config)])
        with closing(Producer(kafka_bootstrap)) as producer:
            producer.publish([Outgoing(topic, b"key", b"x" * 5000)])
        admin.delete_topics([topic])


def test_a_broker_that_refuses_is_told(
    kafka_bootstrap: str, topic_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = f"{topic_prefix}-refused-{uuid4().hex[:8]}"
    with closing(Admin(kafka_bootstrap)) as admin:
        admin.create_topics([TopicSpec(topic, 1, {MESSAGE_BYTES: "1000"})])

        def refuse(_: Any) -> dict[str, dict[str, str]]:
            return {"topic": {topic: "[Error 29] TopicAuthorizationFailedError"}}

        monkeypatch.setattr(admin._client, "alter_configs", refuse)
        with pytest.raises(TransientError, match="TopicAuthorizationFailed"):
            admin.create_topics([TopicSpec(topic, 1, {MESSAGE_BYTES: "2000"})])
        admin.delete_topics([topic])
