"""A librdkafka client that has ended itself raises out of whatever takes its reports; the publisher gets its answer all the same."""

import threading
import time
from collections.abc import Callable

import pytest
from confluent_kafka import KafkaException

from fangpin import kafka_producer
from fangpin.broker import Outgoing
from fangpin.errors import TransientError
from fangpin.kafka_producer import Producer

Report = Callable[[object, object], None]


class Purged:
    """Stands for the client of a broker that does not answer: a purge is a fatal error, raised once, before the reports."""

    def __init__(self, raises_in: str) -> None:
        self._raises_in = raises_in
        self._waiting: list[Report] = []
        self._purged = False
        self.closed = False

    def list_topics(self, timeout: float) -> None:
        assert timeout

    def produce(self, *record: object, headers: object) -> None:
        report = record[-1]
        assert callable(report)
        self._waiting.append(report)

    def purge(self) -> None:
        self._purged = True

    def poll(self, seconds: float) -> None:
        time.sleep(min(seconds, 0.01))
        self._fail("poll")

    def flush(self, seconds: float) -> None:
        assert seconds
        self._fail("flush")
        if self._purged:
            for report in self._waiting:
                report("purged", None)
            self._waiting.clear()

    def close(self) -> None:
        self.closed = True

    def _fail(self, where: str) -> None:
        if self._purged and where == self._raises_in:
            self._raises_in = ""
            raise KafkaException("fatal: purged in flight")


@pytest.mark.parametrize("where", ["poll", "flush"])
def test_a_fatal_error_while_the_client_ends_is_no_other_failure(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Purged(where)
    monkeypatch.setattr(kafka_producer, "Client", lambda _: client)
    monkeypatch.setattr(kafka_producer, "DELIVERY_S", 0.05)
    monkeypatch.setattr(kafka_producer, "POLL_S", 0.01)
    before = set(threading.enumerate())
    with pytest.raises(TransientError, match="not acknowledged"):
        Producer("nowhere:9092").publish([Outgoing(topic="feed.clock", key=b"530925", value=b"x", headers=[])])
    assert client.closed
    assert set(threading.enumerate()) <= before
