"""What the hub asks of a broker, whichever it is: `fangpin.kafka.Kafka`, or in unit tests `fangpin.fake_broker`.

One contract suite, `tests/contract/test_broker.py`, runs on both. Composition roots choose; what consumes and publishes
is given a `Broker` or a `Producer`. Every call may raise `TransientError` when the broker is away.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

import msgspec

from fangpin.topics import TopicSpec

Place = tuple[str, int]  # a topic and one of its partitions


class Message(Protocol):
    """What a poll returns, a record a piece."""

    topic: str
    partition: int
    offset: int
    timestamp: int  # milliseconds since 1970
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Outgoing(msgspec.Struct, frozen=True, gc=False):
    """A record to publish; without `partition` the key decides (murmur2)."""

    topic: str
    key: bytes | None
    value: bytes
    headers: list[tuple[str, bytes]] = []
    partition: int | None = None


class Producer(Protocol):
    """Publishes; for use from several threads."""

    def publish(self, records: Iterable[Outgoing]) -> None:
        """Publish in order and wait until all are acknowledged; raises `TransientError` when one is not."""

    def close(self) -> None:
        """End the client without a flush: what was not acknowledged was not published."""


class Consumer(Protocol):
    """Reads topics as one of a group, or, without a group, all their partitions. Starts nowhere until told to."""

    def partitions(self, topics: Sequence[str]) -> list[Place]:
        """Every partition of the topics."""

    def poll(self, timeout_s: float) -> list[Message]:
        """Records that have come, in order within each partition; none while partitions wait for a position.

        Raises `FatalError` when a position lies outside its log.
        """

    def take_change(self) -> bool:
        """Whether the assignment changed since this was last asked; every position must then be set again."""

    def assignment(self) -> set[Place]:
        """The partitions that are this consumer's now."""

    def seek(self, place: Place, offset: int) -> None:
        """Read on from that offset."""

    def reached(self) -> dict[Place, int]:
        """The offset from which each of its partitions is read on, once nothing more has come: behind what nobody is given,
        such as the marks and the aborted records of somebody's transactions.
        """

    def log_starts(self, places: Iterable[Place]) -> dict[Place, int]:
        """The first offset that each partition still holds."""

    def log_ends(self, places: Iterable[Place]) -> dict[Place, int]:
        """The offset that the next record of each partition will get."""

    def close(self) -> None:
        """Leave the group at once, so that the others need not wait for a timeout."""


class Admin(Protocol):
    """Makes topics and reads what they are."""

    def create_topics(self, specs: Iterable[TopicSpec]) -> None:
        """Make the topics that are not there yet, and wait until they can be used; the others take as large messages at least."""

    def delete_topics(self, names: Collection[str]) -> None:
        """Delete those that are there, with all that they hold, and wait until they are gone."""

    def members(self, group: str) -> set[str]:
        """The names of those whom a group knows."""

    def topic_ids(self) -> dict[str, str]:
        """The id of every topic: a topic made anew under the same name has another."""

    def close(self) -> None:
        """End the client."""


class Broker(Protocol):
    """Opens the three."""

    def producer(self) -> Producer:
        """Connects at its first publication."""

    def consumer(
        self, topics: Sequence[str], group: str | None, *, max_records: int = 5000, member: str | None = None
    ) -> Consumer:
        """Of all partitions without a group; a poll returns at most `max_records`.

        `member` is a name that no other living member of the group has: whoever still has it died, and is taken out of
        the group first, so that nobody waits for it. One that lives after all only has to join again.
        """

    def admin(self) -> Admin:
        """Connects at once."""
