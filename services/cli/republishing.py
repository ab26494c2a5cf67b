"""The logs of events made anew from PostgreSQL, after one of the two was restored or lost.

PostgreSQL is the record. A log that knows more than it (a backup was restored) holds events that never were; one that
knows less (Kafka was lost) has gaps. Either way it is replaced: the topics are made anew, and the correlator publishes
everything again, with the same ids and sequences, of which each reader drops what it has seen.
"""

from collections.abc import Collection
from dataclasses import dataclass

from fangpin.broker import Admin
from fangpin.database import Connection
from fangpin.topics import COUNTY_EVENTS, FEED_TOPICS, HOUSEHOLD_EVENTS, topic_specs

LOGS = (HOUSEHOLD_EVENTS, COUNTY_EVENTS)  # not hub.exceptions: what intake refused is in that topic alone


@dataclass(frozen=True, slots=True)
class Republished:
    """What there is to publish, and the feed topics that are not those which the correlator has read."""

    records: int
    lost_feeds: Collection[str]


def republish(conn: Connection, admin: Admin, partitions: int) -> Republished:
    """While no part runs. The topics first: a run that was cut short leaves checkpoints that no part starts on."""
    admin.delete_topics(LOGS)
    admin.create_topics(topic_specs(partitions))
    ids = admin.topic_ids()
    rows = conn.execute("SELECT DISTINCT topic, topic_id FROM checkpoint").fetchall()
    stale = [topic_id for topic, topic_id in rows if ids.get(topic) != topic_id]
    conn.execute("DELETE FROM checkpoint WHERE topic_id = ANY(%s)", (stale,))
    conn.execute("UPDATE publication SET position = 0")
    row = conn.execute("SELECT count(*) FROM outgoing").fetchone()
    conn.commit()
    assert row is not None
    lost = {topic for topic, topic_id in rows if topic_id in stale and topic in FEED_TOPICS}
    return Republished(int(row[0]), sorted(lost))
