"""The only door to kafka-python: `Kafka`, and the three that it opens, `Producer`, `Consumer`, `Admin` (`fangpin.broker`).

The producer is librdkafka's: `fangpin.kafka_producer`.

Nothing is committed to Kafka: positions are checkpoints in PostgreSQL, so a consumer starts nowhere until it is told
to (`auto_offset_reset=none`), and says which partitions wait for that.
"""

import selectors
import socket
import threading
import time
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from kafka import ConsumerRebalanceListener, KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, MemberToRemove
from kafka.errors import (
    KafkaError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
    TopicAlreadyExistsError,
)
from kafka.net.compat import KafkaNetClient

from fangpin import kafka_batches
from fangpin.broker import Message, Outgoing, Place
from fangpin.errors import FatalError, TransientError
from fangpin.kafka_producer import Producer
from fangpin.kafka_security import kafka_security
from fangpin.topics import MESSAGE_BYTES, TopicSpec

__all__ = ["Admin", "Consumer", "Kafka", "Message", "Outgoing", "Place", "Producer"]

kafka_batches.install()
log = structlog.get_logger()
REQUEST_TIMEOUT_MS = 10_000  # a healthy broker answers in milliseconds; beyond this it is away


class ClosingSelector(selectors.DefaultSelector):
    """Closes, at its end, every socket that was ever given to it.

    kafka-python forgets a connection that is closed while something still waits to be written to it: its descriptor
    stayed open until the next garbage collection.
    """

    def __init__(self) -> None:
        super().__init__()
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """As the standard one does, and remember it."""
        if isinstance(fileobj, socket.socket):
            self._sockets.add(fileobj)
        return super().register(fileobj, events, data)

    def close(self) -> None:
        """The selector's own descriptor, and what is left of the connections."""
        super().close()
        for one in tuple(self._sockets):
            one.close()


@contextmanager
def _opening() -> Iterator[Callable[..., Any]]:
    """For a client that connects in its constructor: gives its `kafka_client`, and closes that when it raises.

    kafka-python leaves it running, with a thread and four descriptors a try; an outage would use them all up.
    """
    opened: list[Any] = []

    def network(**config: Any) -> Any:
        opened.append(KafkaNetClient(**config | {"selector": ClosingSelector}))
        return opened[0]

    try:
        yield network
    except (KafkaError, OSError) as error:
        for one in opened:
            one.close()
        raise TransientError(f"the broker does not answer: {error}") from error


class _Facts(ConsumerRebalanceListener):  # type: ignore[misc]
    """The rebalance listener runs on the client's own thread, so it only writes down that something changed."""

    def __init__(self) -> None:
        self.changed = threading.Event()

    def on_partitions_revoked(self, revoked: object) -> None:
        self.changed.set()

    def on_partitions_assigned(self, assigned: object) -> None:
        self.changed.set()


class Consumer:
    """Reads topics as one of a group, or, without a group, all their partitions."""

    def __init__(
        self,
        bootstrap: str,
        topics: Sequence[str],
        group: str | None,
        *,
        max_records: int = 5000,
        member: str | None = None,
    ) -> None:
        if group is not None and member is not None:
            _bury(bootstrap, group, member)
        self._facts = _Facts()
        with _opening() as network:
            self._client = KafkaConsumer(
                kafka_client=network,
                bootstrap_servers=bootstrap.split(","),
                group_id=group,
                client_id=member or "fangpin",
                # No group_instance_id: with kafka-python 3.0.12 a static member that came back was once left without
                # partitions for good, while its loop gave every sign of life. `_bury` does what it would be for.
                enable_auto_commit=False,
                auto_offset_reset="none",
                isolation_level="read_committed",  # what a department's transaction took back was never sent
                max_poll_records=max_records,
                max_partition_fetch_bytes=1024 * 1024,  # a lane reads many: what lies ready of all of them is memory
                fetch_max_bytes=16 * 1024 * 1024,
                fetch_max_wait_ms=500,
                session_timeout_ms=10_000,
                heartbeat_interval_ms=1_000,  # also how soon a member learns that it has to join again
                max_poll_interval_ms=300_000,
                request_timeout_ms=REQUEST_TIMEOUT_MS + 5_000,
                bootstrap_timeout_ms=3_000,
                allow_auto_create_topics=False,
                metrics_enabled=False,
                **kafka_security().for_kafka_python(),
            )
            if group is None:
                self._client.assign([TopicPartition(*place) for place in self.partitions(topics)])
                self._facts.changed.set()
            else:
                self._client.subscribe(list(topics), listener=self._facts)

    def partitions(self, topics: Sequence[str]) -> list[Place]:
        """Every partition of the topics."""
        return [
            (topic, partition)
            for topic in topics
            for partition in sorted(self._client.partitions_for_topic(topic) or ())
        ]

    def poll(self, timeout_s: float) -> list[Message]:
        """Records that have come, in order within each partition; none while partitions wait for a position."""
        try:
            found = self._client.poll(timeout_ms=int(timeout_s * 1000))
        except NoOffsetForPartitionError:
            self._facts.changed.set()
            return []
        except OffsetOutOfRangeError as error:
            raise FatalError(f"a checkpoint lies outside its log: {error}") from error
        except (KafkaError, OSError) as error:
            raise TransientError(f"polling failed: {error}") from error
        return [message for messages in found.values() for message in messages]

    def take_change(self) -> bool:
        """Whether the assignment changed since this was last asked; every position must then be set again."""
        changed = self._facts.changed.is_set()
        self._facts.changed.clear()
        return changed

    def assignment(self) -> set[Place]:
        """The partitions that are this consumer's now."""
        return {(place.topic, place.partition) for place in self._client.assignment()}

    def seek(self, place: Place, offset: int) -> None:
        """Read on from that offset."""
        self._client.seek(TopicPartition(*place), offset)

    def reached(self) -> dict[Place, int]:
        """The offset from which each partition is read on; a partition that has just gone, or has none yet, is left out."""
        found = {}
        for place in self._client.assignment():
            try:
                offset = self._client.position(place, timeout_ms=REQUEST_TIMEOUT_MS)
            except (KafkaError, OSError) as error:
                log.info("no position", topic=place.topic, partition=place.partition, reason=str(error)[:200])
                continue
            if offset is not None:
                found[place.topic, place.partition] = offset
        return found

    def log_starts(self, places: Iterable[Place]) -> dict[Place, int]:
        """The first offset that each partition still holds."""
        return self._offsets(self._client.beginning_offsets, places)

    def log_ends(self, places: Iterable[Place]) -> dict[Place, int]:
        """The offset that the next record of each partition will get."""
        return self._offsets(self._client.end_offsets, places)

    def _offsets(self, ask: Callable[..., Any], places: Iterable[Place]) -> dict[Place, int]:
        wanted = [TopicPartition(*place) for place in places]
        try:
            found = ask(wanted, timeout_ms=REQUEST_TIMEOUT_MS) if wanted else {}
        except (KafkaError, OSError) as error:
            raise TransientError(f"the broker does not answer: {error}") from error
        return {(place.topic, place.partition): offset for place, offset in found.items()}

    def close(self) -> None:
        """Leave the group at once, so that the others need not wait for a timeout."""
        self._client.close(autocommit=False, timeout_ms=2_000)


class Admin:
    """Makes topics and reads what they are."""

    def __init__(self, bootstrap: str) -> None:
        with _opening() as network:
            self._client = KafkaAdminClient(
                kafka_client=network,
                bootstrap_servers=bootstrap.split(","),
                request_timeout_ms=REQUEST_TIMEOUT_MS,
                bootstrap_timeout_ms=3_000,
                **kafka_security().for_kafka_python(),
            )

    def create_topics(self, specs: Iterable[TopicSpec]) -> None:
        """Make the topics that are not there yet, and wait until they have leaders; the others take as large messages at least."""
        specs = tuple(specs)
        existing = {topic["name"] for topic in self._topics()}
        self._widen([spec for spec in specs if spec.name in existing and MESSAGE_BYTES in spec.config])
        wanted = {
            spec.name: {"num_partitions": spec.partitions, "replication_factor": -1, "configs": spec.config}
            for spec in specs
            if spec.name not in existing
        }
        try:
            if wanted:
                self._client.create_topics(wanted, wait_for_metadata=True)
        except TopicAlreadyExistsError:
            self.create_topics(specs)
        except (KafkaError, OSError) as error:
            raise TransientError(f"topics could not be made: {error}") from error

    def _widen(self, specs: Sequence[TopicSpec]) -> None:
        """Raise the largest message of topics made by an earlier release; whatever else an operator has set stays."""

        def resource(spec: TopicSpec, value: str | None = None) -> ConfigResource:
            return ConfigResource(ConfigResourceType.TOPIC, spec.name, {MESSAGE_BYTES: value})

        if not specs:
            return
        try:
            # "all": what a topic has from its broker, too.
            found = self._client.describe_configs([resource(spec) for spec in specs], config_filter="all")["topic"]
            narrow = [
                resource(spec, spec.config[MESSAGE_BYTES])
                for spec in specs
                if int(found[spec.name][MESSAGE_BYTES]["value"]) < int(spec.config[MESSAGE_BYTES])
            ]
            answers = self._client.alter_configs(narrow)["topic"] if narrow else {}
        except (KafkaError, OSError) as error:
            raise TransientError(f"topics could not be configured: {error}") from error
        refused = {name: said for name, said in answers.items() if said != "OK"}
        if refused:
            raise TransientError(f"topics could not be configured: {refused}")

    def delete_topics(self, names: Collection[str]) -> None:
        """Delete those that are there, with all that they hold, and wait until they are gone."""
        there = [topic["name"] for topic in self._topics() if topic["name"] in names]
        try:
            if there:
                self._client.delete_topics(there, timeout_ms=REQUEST_TIMEOUT_MS)
        except (KafkaError, OSError) as error:
            raise TransientError(f"topics could not be deleted: {error}") from error
        deadline = time.monotonic() + REQUEST_TIMEOUT_MS / 1000
        while not self.topic_ids().keys().isdisjoint(there):
            if time.monotonic() > deadline:
                raise TransientError("topics were not deleted in time")
            time.sleep(0.05)

    def members(self, group: str) -> set[str]:
        """The names of those whom a group knows; none of a group that is not there."""
        try:
            return {one["client_id"] for one in self._client.describe_groups([group])[group]["members"]}
        except (KafkaError, OSError) as error:
            raise TransientError(f"the group could not be asked: {error}") from error

    def remove_members(self, group: str, member: str) -> int:
        """Take whoever has that name out of a group; how many there were. A group that is not there has none."""
        try:
            found = self._client.describe_groups([group])[group]
            named = [
                MemberToRemove(member_id=one["member_id"], reason="its process died")
                for one in found["members"]
                if one["client_id"] == member
            ]
            if named:
                self._client.remove_group_members(group, named)
        except (KafkaError, OSError) as error:
            raise TransientError(f"the group could not be asked: {error}") from error
        return len(named)

    def topic_ids(self) -> dict[str, str]:
        """The id of every topic: a topic made anew under the same name has another."""
        return {topic["name"]: str(topic["topic_id"]) for topic in self._topics()}

    def _topics(self) -> list[dict[str, Any]]:
        try:
            found: list[dict[str, Any]] = self._client.describe_topics()
        except (KafkaError, OSError) as error:
            raise TransientError(f"the broker does not answer: {error}") from error
        return found

    def close(self) -> None:
        """End the client."""
        self._client.close()


def _bury(bootstrap: str, group: str, member: str) -> None:
    """Take a dead member out of its group: the others wait for it until its session ends, ten seconds after a kill -9.

    Only as a help: a broker that has just been started may not know yet who keeps the group; then they wait.
    """
    admin = Admin(bootstrap)
    try:
        admin.remove_members(group, member)
    except TransientError as error:
        log.info("not buried", group=group, member=member, reason=str(error)[:300])
    finally:
        admin.close()


@dataclass(frozen=True, slots=True)
class Kafka:
    """The broker at `bootstrap` (`host:port`, several with commas)."""

    bootstrap: str

    def producer(self) -> Producer:
        """Connects at its first publication."""
        return Producer(self.bootstrap)

    def consumer(
        self, topics: Sequence[str], group: str | None, *, max_records: int = 5000, member: str | None = None
    ) -> Consumer:
        """Of all partitions without a group; a poll returns at most `max_records`. `member`: as `broker.Broker` says."""
        return Consumer(self.bootstrap, topics, group, max_records=max_records, member=member)

    def admin(self) -> Admin:
        """Connects at once."""
        return Admin(self.bootstrap)
