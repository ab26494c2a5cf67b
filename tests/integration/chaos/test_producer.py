"""A producer whose broker dies under it: an honest error, and nothing of it goes on behind the caller's back."""

import threading

import pytest

from deploy.embedded.kafka import EmbeddedKafka
from fangpin.errors import TransientError
from fangpin.kafka import Admin, Outgoing, Producer
from fangpin.topics import TopicSpec

pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def test_a_failed_publication_is_transient_and_ends_its_client(own_kafka: EmbeddedKafka) -> None:
    """It was KafkaTimeoutError (a 500 at intake), and the old client's sender went on."""
    admin = Admin(own_kafka.bootstrap)
    admin.create_topics([TopicSpec("dies", 1)])
    admin.close()
    producer = Producer(own_kafka.bootstrap)
    producer.publish([Outgoing("dies", b"k", b"first")])
    senders = _senders()
    assert senders
    own_kafka.kill()
    with pytest.raises(TransientError):
        producer.publish([Outgoing("dies", b"k", b"second")])
    assert not _senders() & senders
    own_kafka.start()
    producer.publish([Outgoing("dies", b"k", b"second")])
    producer.close()
    assert not _senders()


def _senders() -> set[threading.Thread]:
    return {one for one in threading.enumerate() if one.name == "kafka-producer-reports"}
