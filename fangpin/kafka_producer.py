"""The only door to librdkafka (confluent-kafka): publication, at a tenth of kafka-python's cost (decision 0031)."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka import Producer as Client

from fangpin.broker import Outgoing
from fangpin.errors import TransientError
from fangpin.kafka_security import kafka_security
from fangpin.topics import MAX_EVENT_BYTES

OPENING_S = 3.0  # a healthy broker answers in milliseconds; beyond this it is away
DELIVERY_S = 20.0  # a broker that restarts is back sooner; the senders' requests wait so long at the most
PURGE_S = 2.0  # everything it has is reported at once
POLL_S = 0.2  # how soon the thread that takes the reports sees its client's end
ROOM_S = 0.005  # between two tries to put a record into a full queue
QUEUED_KIB = 262_144  # what waits in one process at the most: memory stays bounded whatever callers do


class Producer:
    """Publishes with acks=all. After a failure it throws away what is in flight and begins anew.

    A partition's records must never reach the log with one missing in between. Two things see to it: the client ends
    itself when the broker refuses one (`enable.gapless.guarantee`), and none ever runs out of time within it
    (`message.timeout.ms=0`): it is this class that gives up, and then it purges all at once.
    """

    def __init__(self, bootstrap: str, *, linger_ms: int = 2) -> None:
        self._bootstrap = bootstrap
        self._linger_ms = linger_ms
        self._open: _Open | None = None
        self._lock = threading.Lock()

    def publish(self, records: Iterable[Outgoing]) -> None:
        """Publish in order and wait until all are acknowledged; raises `TransientError` when one is not."""
        client = self._opened()
        try:
            client.publish(records)
        except (KafkaException, TransientError, TypeError, ValueError) as error:
            self._discard(client)
            raise TransientError(f"publishing failed: {error}") from error
        except BaseException:
            self._discard(client)
            raise

    def close(self) -> None:
        """End the client without a flush: what was not acknowledged was not published."""
        self._discard(self._open)

    def _opened(self) -> "_Open":
        with self._lock:
            if self._open is None:
                self._open = _Open(self._bootstrap, self._linger_ms)
            return self._open

    def _discard(self, client: "_Open | None") -> None:
        """End that client; one that another thread has opened meanwhile stays."""
        with self._lock:
            if self._open is client:
                self._open = None
        if client is not None:
            client.end()


class _Open:
    """A client that has reached its broker, and the thread that takes its delivery reports."""

    def __init__(self, bootstrap: str, linger_ms: int) -> None:
        self._client: Any = Client(
            {
                "bootstrap.servers": bootstrap,
                "acks": "all",
                "enable.idempotence": True,
                "enable.gapless.guarantee": True,
                "message.timeout.ms": 0,
                "partitioner": "murmur2_random",  # as Java and `topics.partition_for`
                "linger.ms": linger_ms,
                "batch.size": 262_144,
                "message.max.bytes": MAX_EVENT_BYTES,
                "queue.buffering.max.messages": 1_000_000,
                "queue.buffering.max.kbytes": QUEUED_KIB,
                "socket.nagle.disable": True,
                "allow.auto.create.topics": False,
                "log_level": 0,  # what goes wrong is raised; its own lines are none of ours
                **kafka_security().for_librdkafka(),
            }
        )
        try:
            self._client.list_topics(timeout=OPENING_S)
        except KafkaException as error:
            self._client.close()
            raise TransientError(f"the broker does not answer: {error}") from error
        self._ended = threading.Event()
        self._ending = threading.Lock()
        self._reports = threading.Thread(target=self._take_reports, name="kafka-producer-reports", daemon=True)
        self._reports.start()

    def publish(self, records: Iterable[Outgoing]) -> None:
        """Raises `TransientError`, `KafkaException`; what was sent before may or may not be in the log."""
        chunk = _Chunk()
        deadline = time.monotonic() + DELIVERY_S
        count = 0
        for one in records:
            self._send(one, chunk, deadline)
            count += 1
        chunk.wait(count, DELIVERY_S)

    def _send(self, one: Outgoing, chunk: "_Chunk", deadline: float) -> None:
        partition = -1 if one.partition is None else one.partition  # -1: the key decides
        while not self._ended.is_set():
            try:
                self._client.produce(one.topic, one.value, one.key, partition, chunk.report, headers=one.headers)
                return
            except BufferError as error:
                if time.monotonic() > deadline:
                    raise TransientError("the queue stays full") from error
                time.sleep(ROOM_S)
        raise TransientError("another publication failed")

    def end(self) -> None:
        """Purge, so that nothing is sent behind the caller's back and every waiting chunk is told; then close."""
        with self._ending:
            if self._ended.is_set():
                return
            self._ended.set()
        self._client.purge()
        self._reports.join()
        self._take(lambda: self._client.flush(PURGE_S))
        self._client.close()

    def _take_reports(self) -> None:
        while not self._ended.is_set():
            self._take(lambda: self._client.poll(POLL_S))

    def _take(self, reports: Callable[[], object]) -> None:
        """Take what the client reports.

        A client that has ended itself, as it does when a record in flight is purged, says so by an exception, once and
        amid the reports: the rest still waits. Whoever published hears of it by the report of a record.
        """
        try:
            reports()
        except KafkaException:
            self._client.flush(PURGE_S)


class _Chunk:
    """What one call publishes: how many records are acknowledged, and what went wrong."""

    __slots__ = ("_acknowledged", "_count", "_done", "_error")

    def __init__(self) -> None:
        self._acknowledged = 0
        self._count = -1
        self._error: object = None
        self._done = threading.Event()

    def report(self, error: object, _message: object) -> None:
        """One record's fate; called by whichever thread polls the client, one at a time."""
        if error is not None:
            self._error = error
            self._done.set()
            return
        self._acknowledged += 1
        if self._acknowledged == self._count:
            self._done.set()

    def wait(self, count: int, timeout_s: float) -> None:
        """Until all are acknowledged; raises `TransientError` when one is not."""
        self._count = count
        done = self._acknowledged == count or self._done.wait(timeout_s)
        if self._error is not None or not done:
            raise TransientError(f"a record was not acknowledged: {self._error or 'no answer'}")
