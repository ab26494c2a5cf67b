"""The logs of events made anew from PostgreSQL, after one of the two was restored or lost.

PostgreSQL is the record. A log that knows more than it (a backup was restored) holds events that never were; one that
knows less (Kafka was lost) has gaps. Either way it is replaced: the topics are made anew, and the correlator publishes
everything again, with the same ids and sequences, of which each reader drops what it has seen.
"""

from collections.abc import Collection
from dataclasses import dataclass

from fangpin import checkpoints
from fangpin.broker import Broker
from fangpin.database import Connection
from fangpin.topics import COUNTY_EVENTS, FEED_TOPICS, HOUSEHOLD_EVENTS, topic_specs

LOGS = (HOUSEHOLD_EVENTS, COUNTY_EVENTS)  # not hub.exceptions: what intake refused is in that topic alone


@dataclass(frozen=True, slots=True)
class Republished:
    """What there is to publish, and the feed topics of which records may have gone that the correlator had not read."""

    records: int
    lost_feeds: Collection[str]


def republish(conn: Connection, broker: Broker, partitions: int) -> Republished:
    """While no part runs. The topics first: a run that was cut short leaves checkpoints that no part starts on.

    A checkpoint that its log cannot serve, of a topic that was made anew or outside what the log holds, is deleted: its
    consumer begins at the log's start, and drops what it has seen.
    """
    admin = broker.admin()
    try:
        admin.delete_topics(LOGS)
        admin.create_topics(topic_specs(partitions))
        ids = admin.topic_ids()
    finally:
        admin.close()
    rows = conn.execute("SELECT DISTINCT topic, topic_id FROM checkpoint").fetchall()
    stale = [(topic, topic_id) for topic, topic_id in rows if ids.get(topic) != topic_id]
    outside = checkpoints.outside(conn, broker)
    conn.execute("DELETE FROM checkpoint WHERE topic_id = ANY(%s)", ([topic_id for _, topic_id in stale],))
    for one in outside:
        conn.execute(
            "DELETE FROM checkpoint WHERE consumer = %s AND topic = %s AND partition = %s",
            (one.consumer, one.topic, one.partition),
        )
    conn.execute("UPDATE publication SET position = 0")
    row = conn.execute("SELECT count(*) FROM outgoing").fetchone()
    conn.commit()
    assert row is not None
    lost = {topic for topic, _ in stale} | {one.topic for one in outside}
    return Republished(int(row[0]), sorted(lost.intersection(FEED_TOPICS)))
