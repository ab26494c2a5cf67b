"""Every topic: its name, its partitions, its configuration."""

from dataclasses import dataclass, field

from fangpin.domain.feeds import FEEDS

HOUSEHOLD_EVENTS = "household.events"
COUNTY_EVENTS = "county.events"
EXCEPTIONS = "hub.exceptions"
FEED_TOPICS = tuple(f"feed.{slug}" for slug in FEEDS)
MAX_RECORD_BYTES = 1_048_576  # of a department; a register record of sixty members is under 30 kB
# Of the hub's own: what it cannot use it passes on whole, sealed and with words about it, and a warning names all its evidence.
MAX_EVENT_BYTES = 16 * MAX_RECORD_BYTES
MESSAGE_BYTES = "max.message.bytes"
THIRTY_DAYS_MS = 30 * 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as the hub creates it."""

    name: str
    partitions: int
    config: dict[str, str] = field(default_factory=dict)


def topic_specs(partitions: int) -> list[TopicSpec]:
    """All topics; feed topics have the same number of partitions, so that one worker sees a county in all of them."""
    feed = {
        MESSAGE_BYTES: str(MAX_RECORD_BYTES),
        "cleanup.policy": "delete",
        "retention.ms": str(THIRTY_DAYS_MS),
        "message.timestamp.type": "LogAppendTime",
    }
    kept = {
        MESSAGE_BYTES: str(MAX_EVENT_BYTES),
        "cleanup.policy": "delete",
        "retention.ms": "-1",
        "retention.bytes": "-1",
    }
    return [
        *(TopicSpec(name, partitions, feed) for name in FEED_TOPICS),
        TopicSpec(HOUSEHOLD_EVENTS, partitions, kept),
        TopicSpec(COUNTY_EVENTS, partitions, kept),
        TopicSpec(EXCEPTIONS, partitions, kept),
    ]


def feed_of(topic: str) -> str:
    """The feed's slug of a feed topic."""
    return topic.removeprefix("feed.")


def partition_for(key: bytes, partitions: int) -> int:
    """The partition of a key as Java's and kafka-python's default partitioner computes it (murmur2)."""
    return (_murmur2(key) & 0x7FFFFFFF) % partitions


def _murmur2(data: bytes) -> int:
    seed, multiplier, mask = 0x9747B28C, 0x5BD1E995, 0xFFFFFFFF
    value = seed ^ len(data)
    whole = len(data) // 4 * 4
    for start in range(0, whole, 4):
        word = int.from_bytes(data[start : start + 4], "little") * multiplier & mask
        word ^= word >> 24
        value = (value * multiplier & mask) ^ (word * multiplier & mask)
    rest = data[whole:]
    if rest:
        value ^= int.from_bytes(rest, "little")
        value = value * multiplier & mask
    value ^= value >> 13
    value = value * multiplier & mask
    return value ^ (value >> 15)
