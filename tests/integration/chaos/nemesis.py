"""Who kills, when, and how long it took until the killed part had done what lay before it."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random

import psycopg
from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from deploy.embedded.kafka import EmbeddedKafka
from fangpin.topics import FEED_TOPICS, HOUSEHOLD_EVENTS
from tests.integration.chaos.journal import Journal
from tests.integration.chaos.parts import NOTIFIER, PROJECTOR, WEB, WORKER, Parts

BROKER = "broker"
SHARES = {WORKER: 10, WEB: 5, PROJECTOR: 4, NOTIFIER: 3, BROKER: 2}  # how often each is killed, beside the others
CONSUMERS = {WORKER: ("correlator",), NOTIFIER: ("notifier",), PROJECTOR: ("projection.village_inbox.v1",)}
LOOK_S = 0.1
ENDS_TRIES = 50
Place = tuple[str, int]


def schedule(random: Random, kills: int) -> list[str]:
    """Whom to kill, in order: each part once at least, else by its share."""
    found = [*SHARES, *random.choices(list(SHARES), list(SHARES.values()), k=kills - len(SHARES))]
    random.shuffle(found)
    return found


@dataclass(slots=True)
class Kill:
    """One kill: what had to be read when it came, and when that had been done."""

    part: str
    at: float
    ends: dict[Place, int] = field(default_factory=dict)
    recovered_at: float | None = None


class Nemesis:
    """Kills by the schedule; a thread watches how the killed parts come back."""

    def __init__(self, parts: Parts, kafka: EmbeddedKafka, database_url: str, journal: Journal, random: Random) -> None:
        self._parts, self._kafka, self._journal, self._random = parts, kafka, journal, random
        self._database_url = database_url
        self.kills: list[Kill] = []
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def kill(self, part: str) -> None:
        """SIGKILL, and a new one in its place."""
        ends = self._ends(part)
        self.kills.append(Kill(part, time.time(), ends))
        if part == BROKER:
            self._kafka.kill()
            self._kafka.start()
        else:
            self._parts.kill(self._random, part)

    def close(self) -> None:
        """The watcher's last look; ends it."""
        self._stopping.set()
        self._watcher.join()

    def counts(self) -> Counter[str]:
        """How often each part was killed."""
        return Counter(one.part for one in self.kills)

    def worst(self) -> dict[str, float]:
        """Per part the longest time, in seconds, from a kill until what lay on the topics at the kill was done.

        For the web process and the broker: until the next acknowledgement.
        """
        answers = sorted((line["at"], line["way"]) for line in self._journal.read())
        worst: dict[str, float] = {}
        for one in self.kills:
            if one.part in (WEB, BROKER):
                ways = ("http",) if one.part == WEB else ("http", "kafka")
                one.recovered_at = next((at for at, way in answers if at > one.at and way in ways), None)
            if one.recovered_at is not None:
                worst[one.part] = max(worst.get(one.part, 0.0), one.recovered_at - one.at)
        return worst

    def _ends(self, part: str) -> dict[Place, int]:
        if part not in CONSUMERS:
            return {}
        topics = FEED_TOPICS if part == WORKER else (HOUSEHOLD_EVENTS,)
        asked = {TopicPartition(topic, number): OffsetSpec.latest() for topic in topics for number in range(8)}
        for _ in range(ENDS_TRIES):
            # A new client each time: one that knew the broker before it was killed asks with a leader epoch of the
            # past; and a broker that has just come back may not know its own yet.
            client = AdminClient({"bootstrap.servers": self._kafka.bootstrap, "error_cb": lambda _error: None})
            try:
                found = client.list_offsets(asked, request_timeout=20)
                return {(place.topic, place.partition): future.result().offset for place, future in found.items()}
            except KafkaException:
                time.sleep(LOOK_S)
        raise AssertionError("the broker does not say where its logs end")

    def _watch(self) -> None:
        with psycopg.connect(self._database_url, autocommit=True) as conn:
            while not self._stopping.wait(LOOK_S):
                waiting = [one for one in self.kills if one.recovered_at is None and one.part in CONSUMERS]
                rows = conn.execute("SELECT consumer, topic, partition, next_offset FROM checkpoint").fetchall()
                offsets = {(row[0], row[1], row[2]): row[3] for row in rows}
                for one in waiting:
                    if all(
                        offsets.get((consumer, *place), 0) >= end
                        for consumer in CONSUMERS[one.part]
                        for place, end in one.ends.items()
                    ):
                        one.recovered_at = time.time()
