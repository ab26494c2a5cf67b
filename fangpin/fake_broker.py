"""A broker in memory, for unit tests: `fangpin.broker` as `fangpin.kafka` keeps it, and failures on demand.

`tests/contract/test_broker.py` runs on both. A group has one generation at a time: whoever joins or leaves begins the next,
and partitions are given out again only when every member has polled since, so that no two hold one at once.
"""

import time
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Condition

from fangpin.broker import Message, Outgoing, Place
from fangpin.errors import FatalError, TransientError
from fangpin.topics import TopicSpec, partition_for


@dataclass(slots=True)
class Stored:
    """A record in a partition's log."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


@dataclass(slots=True)
class Log:
    """One partition: the records from offset `start` on; None is the mark of a transaction, which nobody is given."""

    start: int = 0
    records: list[Stored | None] = field(default_factory=list)

    @property
    def end(self) -> int:
        """The offset of the next record."""
        return self.start + len(self.records)


@dataclass(slots=True)
class Topic:
    """A topic's id and its partitions."""

    id: str
    logs: list[Log]


class Group:
    """Who reads together, and who has come to the present generation."""

    def __init__(self) -> None:
        self.generation = 0
        self.members: dict[FakeConsumer, int] = {}
        self.given: dict[FakeConsumer, set[Place]] = {}

    def enter(self, member: "FakeConsumer") -> None:
        """A member joins; everybody has to come again."""
        self.members[member] = -1
        self._begin()

    def leave(self, member: "FakeConsumer") -> None:
        """A member goes; its partitions are for the others."""
        if self.members.pop(member, None) is not None:
            self._begin()

    def come(self, member: "FakeConsumer", places: list[Place]) -> None:
        """A member has polled since the generation began; the last one to come has the partitions given out."""
        self.members[member] = self.generation
        if all(generation == self.generation for generation in self.members.values()):
            everyone = list(self.members)
            self.given = {one: set(places[number :: len(everyone)]) for number, one in enumerate(everyone)}

    def _begin(self) -> None:
        self.generation += 1
        self.given = {}


class FakeBroker:
    """The broker, and what a test does to it. May be used from several threads.

    `away`: nothing can be opened, published or asked, and polls find nothing, as with kafka-python's client, which
    goes on trying. `forgotten`: so many consumers to come join a group that never hears of them. `unacknowledged`: of so many publications to come, the first half is stored and none acknowledged.
    `failing_polls`: so many polls to come raise `TransientError`. `handed_out` counts the records that polls returned.
    """

    def __init__(self) -> None:
        self.away = False
        self.forgotten = 0
        self.unacknowledged = 0
        self.failing_polls = 0
        self.handed_out = 0
        self.topics: dict[str, Topic] = {}
        self.groups: dict[str, Group] = {}
        self.changed = Condition()

    def producer(self) -> "FakeProducer":
        """A client that publishes."""
        return FakeProducer(self)

    def consumer(
        self, topics: Sequence[str], group: str | None, *, max_records: int = 5000, member: str | None = None
    ) -> "FakeConsumer":
        """A client that reads."""
        self.ask()
        return FakeConsumer(self, topics, group, max_records, member)

    def admin(self) -> "FakeAdmin":
        """A client that makes topics."""
        self.ask()
        return FakeAdmin(self)

    def ask(self) -> None:
        """Raises `TransientError` while the broker is away."""
        if self.away:
            raise TransientError("the broker does not answer")

    def records(self, topic: str) -> list[Message]:
        """What a topic holds, partition by partition."""
        with self.changed:
            return [record for log in self.topics[topic].logs for record in log.records if record is not None]

    def mark(self, place: Place) -> None:
        """The end of somebody's transaction: an offset without a record."""
        with self.changed:
            self.log(place).records.append(None)

    def expire(self, place: Place, offset: int) -> None:
        """Retention: the partition's log now begins at `offset`."""
        with self.changed:
            log = self.log(place)
            del log.records[: offset - log.start]
            log.start = offset

    def lose_end(self, place: Place, end: int) -> None:
        """A power cut: what was not on the disk yet is gone, and the next record gets the offset `end`."""
        with self.changed:
            log = self.log(place)
            del log.records[end - log.start :]

    def delete_topic(self, topic: str) -> None:
        """The topic and its records are gone."""
        with self.changed:
            del self.topics[topic]

    def log(self, place: Place) -> Log:
        """A partition's log; raises `TransientError` where there is none: clients wait for it in vain."""
        topic = self.topics.get(place[0])
        if topic is None or place[1] >= len(topic.logs):
            raise TransientError(f"no leader for {place[0]}[{place[1]}]")
        return topic.logs[place[1]]

    def places(self, topics: Iterable[str]) -> list[Place]:
        """Every partition of the topics that are there."""
        return [
            (topic, partition)
            for topic in topics
            if topic in self.topics
            for partition in range(len(self.topics[topic].logs))
        ]


class FakeProducer:
    """`fangpin.broker.Producer`."""

    def __init__(self, broker: FakeBroker) -> None:
        self._broker = broker

    def publish(self, records: Iterable[Outgoing]) -> None:
        """Stored in order and acknowledged, or `TransientError`."""
        chunk = list(records)
        broker = self._broker
        broker.ask()
        with broker.changed:
            acknowledged = broker.unacknowledged == 0
            if not acknowledged:
                broker.unacknowledged -= 1
                chunk = chunk[: len(chunk) // 2]
            for one in chunk:
                self._store(one)
            broker.changed.notify_all()
        if not acknowledged:
            raise TransientError("a record was not acknowledged")

    def _store(self, one: Outgoing) -> None:
        partition = one.partition
        if partition is None:
            count = len(self._broker.topics[one.topic].logs) if one.topic in self._broker.topics else 1
            partition = 0 if one.key is None else partition_for(one.key, count)
        log = self._broker.log((one.topic, partition))
        now = time.time_ns() // 1_000_000
        log.records.append(Stored(one.topic, partition, log.end, now, one.key, one.value, list(one.headers)))

    def close(self) -> None:
        """Nothing is in flight here."""


class FakeConsumer:
    """`fangpin.broker.Consumer`."""

    def __init__(
        self, broker: FakeBroker, topics: Sequence[str], group: str | None, max_records: int, member: str | None
    ) -> None:
        self._broker = broker
        self.member = member
        self._topics = list(topics)
        self._max_records = max_records
        self._generation = -1  # of the assignment that this consumer has
        self._assigned: set[Place] = set()
        self._positions: dict[Place, int] = {}
        self._change = False
        with broker.changed:
            self._group = None if group is None else broker.groups.setdefault(group, Group())
            if self._group is None:
                self._take(set(broker.places(topics)))
            else:
                for dead in [one for one in self._group.members if member is not None and one.member == member]:
                    self._group.leave(dead)
                if broker.forgotten:
                    broker.forgotten -= 1
                else:
                    self._group.enter(self)
                broker.changed.notify_all()

    def partitions(self, topics: Sequence[str]) -> list[Place]:
        """Every partition of the topics."""
        with self._broker.changed:
            return self._broker.places(topics)

    def poll(self, timeout_s: float) -> list[Message]:
        """Waits for records, for a new assignment, or for the time to run out."""
        deadline = time.monotonic() + timeout_s
        broker = self._broker
        with broker.changed:
            if broker.failing_polls:
                broker.failing_polls -= 1
                raise TransientError("polling failed")
            while True:
                if not broker.away:
                    if self._rejoin():
                        return []
                    if self._assigned - self._positions.keys():
                        self._change = True
                        return []
                    found = self._fetch()
                    if found:
                        return found
                left = deadline - time.monotonic()
                if left <= 0:
                    return []
                broker.changed.wait(left)

    def _rejoin(self) -> bool:
        """Come to the group's generation; whether the assignment changed."""
        group = self._group
        if group is None or self not in group.members:
            return False
        before = self._assigned
        if group.members[self] != group.generation:
            if self._assigned:
                self._take(set())
            group.come(self, self._broker.places(self._topics))
            self._broker.changed.notify_all()
        if self in group.given and self._generation != group.generation:
            self._generation = group.generation
            self._take(group.given[self])
        return self._assigned is not before

    def _take(self, places: set[Place]) -> None:
        self._assigned = places
        self._positions = {}
        self._change = True

    def _fetch(self) -> list[Message]:
        found: list[Message] = []
        for place in sorted(self._assigned):
            log, position = self._broker.log(place), self._positions[place]
            if not log.start <= position <= log.end:
                raise FatalError(
                    f"a checkpoint lies outside its log: {place} at {position}, not in {log.start}–{log.end}"
                )
            first = position - log.start
            taken = log.records[first : first + self._max_records - len(found)]
            found.extend(one for one in taken if one is not None)
            self._positions[place] = position + len(taken)
        self._broker.handed_out += len(found)
        return found

    def take_change(self) -> bool:
        """Whether the assignment changed since this was last asked."""
        with self._broker.changed:
            changed, self._change = self._change, False
            return changed

    def assignment(self) -> set[Place]:
        """The partitions that are this consumer's now."""
        return set(self._assigned)

    def seek(self, place: Place, offset: int) -> None:
        """Read on from that offset."""
        with self._broker.changed:
            if place in self._assigned:
                self._positions[place] = offset

    def reached(self) -> dict[Place, int]:
        """The offset from which each partition is read on."""
        with self._broker.changed:
            return dict(self._positions)

    def log_starts(self, places: Iterable[Place]) -> dict[Place, int]:
        """The first offset that each partition still holds."""
        return self._offsets(places, lambda log: log.start)

    def log_ends(self, places: Iterable[Place]) -> dict[Place, int]:
        """The offset that the next record of each partition will get."""
        return self._offsets(places, lambda log: log.end)

    def _offsets(self, places: Iterable[Place], read: Callable[[Log], int]) -> dict[Place, int]:
        self._broker.ask()
        with self._broker.changed:
            return {place: read(self._broker.log(place)) for place in places}

    def close(self) -> None:
        """Leave the group."""
        with self._broker.changed:
            if self._group is not None:
                self._group.leave(self)
                self._broker.changed.notify_all()


class FakeAdmin:
    """`fangpin.broker.Admin`."""

    def __init__(self, broker: FakeBroker) -> None:
        self._broker = broker

    def create_topics(self, specs: Iterable[TopicSpec]) -> None:
        """Make the topics that are not there yet."""
        self._broker.ask()
        with self._broker.changed:
            for spec in specs:
                if spec.name not in self._broker.topics:
                    self._broker.topics[spec.name] = Topic(str(uuid.uuid4()), [Log() for _ in range(spec.partitions)])

    def delete_topics(self, names: Collection[str]) -> None:
        """Delete those that are there."""
        self._broker.ask()
        with self._broker.changed:
            for name in names:
                self._broker.topics.pop(name, None)

    def members(self, group: str) -> set[str]:
        """The names of those whom a group knows."""
        self._broker.ask()
        with self._broker.changed:
            known = self._broker.groups.get(group)
            return {one.member for one in known.members if one.member is not None} if known is not None else set()

    def topic_ids(self) -> dict[str, str]:
        """The id of every topic."""
        self._broker.ask()
        with self._broker.changed:
            return {name: topic.id for name, topic in self._broker.topics.items()}

    def close(self) -> None:
        """Nothing is open here."""
