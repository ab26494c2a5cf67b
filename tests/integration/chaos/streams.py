"""`household.events`, `county.events` and `hub.exceptions` as they lie on the broker, read by a client that is not the hub's."""

from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import Consumer, TopicPartition

from fangpin import avro

Event = dict[str, Any]


@dataclass(slots=True)
class Streams:
    """The events of each household and each county once, in order; how many came again; what broke a reader's contract."""

    households: dict[str, list[Event]] = field(default_factory=dict)
    counties: dict[str, list[Event]] = field(default_factory=dict)
    again: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, event: Event, ce_id: str, value: bytes, values: dict[tuple[str, int], bytes]) -> None:
        """The next event of the log."""
        sequence, own = event["sequence"], "household_id" in event
        stream = event["household_id"] if own else event["county_code"]
        seen = (self.households if own else self.counties).setdefault(stream, [])
        if ce_id != event["event_id"]:
            self.faults.append(f"{stream} {sequence}: ce_id {ce_id} is not {event['event_id']}")
        if sequence <= len(seen):
            self.again += 1
            if values[stream, sequence] != value:
                self.faults.append(f"{stream} {sequence}: published again with other bytes")
        elif sequence == len(seen) + 1:
            seen.append(event)
            values[stream, sequence] = value
        else:
            self.faults.append(f"{stream}: from {len(seen)} to {sequence}")

    def warnings(self) -> list[Event]:
        """Every warning event, in the order of each household."""
        return [one for events in self.households.values() for one in events if one["type"].startswith("Warning")]


def read_streams(bootstrap: str) -> Streams:
    """The whole of `household.events` and of `county.events`."""
    found, values = Streams(), dict[tuple[str, int], bytes]()
    for message in [*_read(bootstrap, "household.events"), *_read(bootstrap, "county.events")]:
        headers = dict(message.headers())
        _, event = avro.decode(message.value())
        found.add(event, headers["ce_id"].decode(), message.value(), values)
    return found


def read_exceptions(bootstrap: str) -> list[Event]:
    """The whole of `hub.exceptions`, with what was published again."""
    return [avro.decode(message.value())[1] for message in _read(bootstrap, "hub.exceptions")]


def _read(bootstrap: str, topic: str) -> list[Any]:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "checker", "enable.auto.commit": False})
    places = [TopicPartition(topic, number, 0) for number in consumer.list_topics(topic, 20).topics[topic].partitions]
    ends = {place.partition: consumer.get_watermark_offsets(place, 20)[1] for place in places}
    consumer.assign(places)
    found = []
    while any(ends.values()):
        for message in consumer.consume(1000, 5.0):
            assert message.error() is None, message.error()
            found.append(message)
            if message.offset() + 1 >= ends[message.partition()]:
                ends[message.partition()] = 0
    consumer.close()
    return found
