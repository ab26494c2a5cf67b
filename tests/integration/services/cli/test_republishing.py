"""A backup was restored: the log of events knows what PostgreSQL does not, and is made anew from it."""

from collections.abc import Sequence
from contextlib import closing

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from consumers.correlator.handler import Correlator
from consumers.correlator.relay import Relay
from consumers.runtime import Loop
from deploy.embedded.kafka import EmbeddedKafka
from fangpin import database
from fangpin.errors import FatalError
from fangpin.kafka import Consumer, Kafka, Outgoing
from fangpin.policies import load_book
from fangpin.topics import EXCEPTIONS, FEED_TOPICS, HOUSEHOLD_EVENTS, topic_specs
from fangpin.vault import Vault
from projections import PROJECTIONS, versions
from projections.handler import ProjectionHandler
from services.cli.republishing import republish
from services.cli.starting import StartFailure, refuse_lost_tails
from tests.desk import Desk
from tests.records import Raw, bill, common, household

pytestmark = pytest.mark.embedded
DAY = common("clock", "c-1", date="2021-11-01", subject={})
BILLS = "feed.medical-expense"


class Hub:
    """The correlator and a read model, run until they have read what there is."""

    def __init__(self, bootstrap: str, url: str) -> None:
        self.bootstrap, self.url, self.broker = bootstrap, url, Kafka(bootstrap)
        self._vault = Vault(b"k" * 32)
        with closing(self.broker.admin()) as admin:
            admin.delete_topics([spec.name for spec in topic_specs(2)])  # the broker is this file's, not this test's
            admin.create_topics(topic_specs(2))

    def send(self, *raws: Raw) -> None:
        producer = self.broker.producer()
        found = [Desk.message(raw) for raw in raws]
        producer.publish(Outgoing(one.topic, one.key, one.value or b"") for one in found)
        producer.close()

    def expire(self, topic: str) -> None:
        """As retention does: nothing is left."""
        client = AdminClient({"bootstrap.servers": self.bootstrap})
        ends = [TopicPartition(*place, offset) for place, offset in self.ends([topic]).items()]
        for done in client.delete_records(ends).values():
            done.result(30)

    def ends(self, topics: Sequence[str]) -> dict[tuple[str, int], int]:
        with closing(Consumer(self.bootstrap, topics, None)) as consumer:
            return consumer.log_ends(consumer.partitions(topics))

    def work(self) -> None:
        with closing(self.broker.producer()) as producer, closing(Relay(self.url, producer)) as relay:
            self._run(Correlator(self._vault, load_book(), relay), FEED_TOPICS)
        with database.connect(self.url) as conn:
            version = versions.ensure(conn, PROJECTIONS["household_history"])
        self._run(ProjectionHandler(PROJECTIONS["household_history"], version, live=True), [HOUSEHOLD_EVENTS])

    def _run(self, handler: Correlator | ProjectionHandler, topics: Sequence[str]) -> None:
        ends = self.ends(topics)
        Loop(handler, broker=self.broker, database_url=self.url, group=None, ends=ends).run()  # type: ignore[arg-type]

    def history(self) -> list[tuple[str, int, str]]:
        with database.connect(self.url) as conn:
            rows = conn.execute("SELECT household_id::text, sequence, type FROM household_history ORDER BY 1, 2")
            return [(one, sequence, kind) for one, sequence, kind in rows]

    def on_topic(self) -> int:
        return sum(self.ends([HOUSEHOLD_EVENTS]).values())


@pytest.fixture
def hub(own_kafka: EmbeddedKafka, fresh_database: str) -> Hub:
    found = Hub(own_kafka.bootstrap, fresh_database)
    found.send(DAY, household(), bill("m-1"))
    found.work()
    return found


def test_a_log_that_is_ahead_of_a_restored_database_is_published_anew_and_read_once(hub: Hub) -> None:
    before = hub.history()
    assert [kind for _, _, kind in before] == ["HouseholdRegistered", "SignalRecorded", "WarningRaised"]
    producer = hub.broker.producer()
    producer.publish([Outgoing(HOUSEHOLD_EVENTS, b"k", b"what the database does not know")])
    producer.publish([Outgoing(EXCEPTIONS, b"530925", b"what intake refused")])
    producer.close()
    with database.connect(hub.url) as conn:
        done = republish(conn, hub.broker, 2)
    assert (done.records > len(before), done.lost_feeds) == (True, [])  # with the county's own events
    assert (hub.on_topic(), sum(hub.ends([EXCEPTIONS]).values())) == (0, 1)
    hub.send(bill("m-2"))
    hub.work()
    assert hub.history()[: len(before)] == before
    assert [kind for _, _, kind in hub.history()[len(before) :]] == ["SignalRecorded", "WarningGrew"]
    assert hub.on_topic() == len(hub.history())


def test_a_kafka_that_was_lost_is_filled_again_and_the_feeds_that_are_gone_are_named(hub: Hub) -> None:
    before = hub.history()
    with database.connect(hub.url) as conn, closing(hub.broker.admin()) as admin:
        admin.delete_topics([spec.name for spec in topic_specs(2)])
        done = republish(conn, hub.broker, 2)
    assert set(done.lost_feeds) == set(FEED_TOPICS)
    hub.send(bill("m-2"))
    hub.work()
    assert hub.history()[: len(before)] == before
    assert hub.on_topic() == len(hub.history()) == len(before) + 2


@pytest.mark.parametrize("kind", ["expired unread", "above the end"])
def test_checkpoints_that_no_log_serves_are_begun_anew_and_their_feed_is_named(hub: Hub, kind: str) -> None:
    before = hub.history()
    with database.connect(hub.url) as conn:
        if kind == "above the end":
            conn.execute("UPDATE checkpoint SET next_offset = next_offset + 7 WHERE topic = %s", (BILLS,))
            conn.commit()
            with pytest.raises(StartFailure):
                refuse_lost_tails(hub.url, hub.broker)
        else:
            hub.send(bill("m-0"))
            hub.expire(BILLS)
            with pytest.raises(FatalError):
                hub.work()
        done = republish(conn, hub.broker, 2)
    assert done.lost_feeds == [BILLS]
    hub.send(bill("m-2"))
    hub.work()
    assert hub.history()[: len(before)] == before
    assert [kind for _, _, kind in hub.history()[len(before) :]] == ["SignalRecorded", "WarningGrew"]
