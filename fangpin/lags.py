"""How far each consumer is behind: log ends of the broker against checkpoints of the database.

Taken by who asks, not told by the consumers: the lag of one that died goes on growing, and partitions that nobody has begun
count whole.
"""

from dataclasses import dataclass

from fangpin.broker import Broker, Place
from fangpin.database import Connection


@dataclass(frozen=True, slots=True)
class Lag:
    """Of one consumer on one topic, in records."""

    consumer: str
    topic: str
    read: int
    lag: int


def lags(conn: Connection, broker: Broker) -> list[Lag]:
    """Of every consumer that has a checkpoint, in order of name and topic. Raises `TransientError`."""
    rows = conn.execute("SELECT consumer, topic, partition, next_offset FROM checkpoint").fetchall()
    conn.rollback()
    offsets: dict[tuple[str, Place], int] = {(row[0], (row[1], row[2])): row[3] for row in rows}
    topics = sorted({row[1] for row in rows})
    if not topics:
        return []
    consumer = broker.consumer(topics, None)
    try:
        places = consumer.partitions(topics)
        starts, ends = consumer.log_starts(places), consumer.log_ends(places)
    finally:
        consumer.close()
    found = []
    for name, topic in sorted({(row[0], row[1]) for row in rows}):
        own = [place for place in places if place[0] == topic]
        read = [offsets.get((name, place), starts[place]) for place in own]
        lag = sum(ends[place] - offset for place, offset in zip(own, read, strict=True))
        found.append(Lag(name, topic, sum(read), lag))
    return found
