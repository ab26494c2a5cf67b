"""Guarded checkpoints: where a consumer goes on, moved in the transaction of what it did, and only from where it was.

A row that is not where the worker left it means that another worker has it: the zombie rolls back
(docs/decisions/0002-postgresql-is-the-record.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fangpin.broker import Place
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


def check(place: Place, checkpoint: Checkpoint, topic_id: str, log_start: int) -> None:
    """Raises `FatalError` when the topic was made anew, or has lost records that were not yet read."""
    topic, partition = place
    if checkpoint.topic_id != topic_id:
        raise FatalError(
            f"{topic}[{partition}]: the topic was deleted and made anew (id {topic_id}, checkpoint of {checkpoint.topic_id})"
        )
    if checkpoint.next_offset < log_start:
        raise FatalError(f"{topic}[{partition}]: records {checkpoint.next_offset} to {log_start - 1} expired unread")


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
