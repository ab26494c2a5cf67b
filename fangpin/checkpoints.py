"""Guarded checkpoints: where a consumer goes on, moved in the transaction of what it did, and only from where it was.

A row that is not where the worker left it means that another worker has it: the zombie rolls back
(docs/decisions/0002-postgresql-is-the-record.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fangpin.broker import Broker, Place
from fangpin.database import Connection
from fangpin.errors import FatalError, FencedError

_ADVANCE = (
    "WITH held AS ("
    "SELECT consumer, topic, partition, moved.next FROM checkpoint "
    "JOIN unnest(%s::text[], %s::int[], %s::bigint[], %s::bigint[]) AS moved (topic, partition, expected, next) "
    "USING (topic, partition) WHERE consumer = %s AND next_offset = expected "
    "ORDER BY topic, partition FOR UPDATE OF checkpoint) "
    "UPDATE checkpoint SET next_offset = held.next, updated_at = now() FROM held "
    "WHERE (checkpoint.consumer, checkpoint.topic, checkpoint.partition) = (held.consumer, held.topic, held.partition) "
    "RETURNING checkpoint.topic, checkpoint.partition"
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The next offset of one partition, and the id of the topic that it counts in."""

    topic_id: str
    next_offset: int


@dataclass(frozen=True, slots=True)
class Outside:
    """A checkpoint that its log does not reach to, or no longer holds: not in `start`–`end`."""

    consumer: str
    topic: str
    partition: int
    next_offset: int
    start: int
    end: int


def load(conn: Connection, consumer: str, places: Iterable[Place]) -> dict[Place, Checkpoint]:
    """The checkpoints that exist."""
    wanted = set(places)
    rows = conn.execute(
        "SELECT topic, partition, topic_id, next_offset FROM checkpoint WHERE consumer = %s", (consumer,)
    )
    return {(row[0], row[1]): Checkpoint(row[2], row[3]) for row in rows if (row[0], row[1]) in wanted}


def create(conn: Connection, consumer: str, place: Place, topic_id: str, next_offset: int) -> None:
    """A first checkpoint; one that another worker made meanwhile stays."""
    conn.execute(
        "INSERT INTO checkpoint (consumer, topic, partition, topic_id, next_offset) VALUES (%s, %s, %s, %s, %s) "
        "ON CONFLICT DO NOTHING",
        (consumer, place[0], place[1], topic_id, next_offset),
    )


def check(place: Place, checkpoint: Checkpoint, topic_id: str, log_start: int, log_end: int) -> None:
    """Raises `FatalError` when the topic was made anew, or has lost records that were not yet read.

    `log_end` is asked for after the checkpoint was read: another worker moves it meanwhile. A checkpoint above it is of
    a broker that lost the end of its log; waiting would skip what is written there now.
    """
    topic, partition = place
    if checkpoint.topic_id != topic_id:
        raise FatalError(
            f"{topic}[{partition}]: the topic was deleted and made anew (id {topic_id}, checkpoint of {checkpoint.topic_id})"
        )
    if checkpoint.next_offset < log_start:
        raise FatalError(f"{topic}[{partition}]: records {checkpoint.next_offset} to {log_start - 1} expired unread")
    if checkpoint.next_offset > log_end:
        raise FatalError(
            f"{topic}[{partition}]: the checkpoint {checkpoint.next_offset} lies above the log's end {log_end}: the "
            "broker lost its last records (docs/guides/operating.md, Kafka lost the end of a log)"
        )


def outside(conn: Connection, broker: Broker) -> list[Outside]:
    """The checkpoints outside their logs, in order of topic; not those of a topic that was made anew, or is gone."""
    rows = conn.execute("SELECT consumer, topic, partition, topic_id, next_offset FROM checkpoint").fetchall()
    admin = broker.admin()
    try:
        topic_ids = admin.topic_ids()
    finally:
        admin.close()
    kept = [row for row in rows if topic_ids.get(row[1]) == row[3]]
    topics = sorted({row[1] for row in kept})
    if not topics:
        return []
    reader = broker.consumer(topics, None)
    try:
        places = reader.partitions(topics)
        starts, ends = reader.log_starts(places), reader.log_ends(places)
    finally:
        reader.close()
    found = [
        Outside(consumer, topic, partition, next_offset, starts[topic, partition], ends[topic, partition])
        for consumer, topic, partition, _, next_offset in kept
        if (topic, partition) in ends
    ]
    found = [one for one in found if not one.start <= one.next_offset <= one.end]
    return sorted(found, key=lambda one: (one.topic, one.partition, one.consumer))


def advance(conn: Connection, consumer: str, moves: Mapping[Place, tuple[int, int]]) -> None:
    """Move checkpoints from expected to new offsets; raises `FencedError` when one is not where it was left."""
    places = sorted(moves)  # locked in this order by everybody, so that nobody waits for another in a circle
    moved = conn.execute(
        _ADVANCE,
        (
            [topic for topic, _ in places],
            [partition for _, partition in places],
            [moves[place][0] for place in places],
            [moves[place][1] for place in places],
            consumer,
        ),
    ).fetchall()
    left = moves.keys() - set(moved)
    if left:
        topic, partition = min(left)
        expected = moves[topic, partition][0]
        raise FencedError(f"{consumer} {topic}[{partition}]: the checkpoint is no longer at {expected}")
