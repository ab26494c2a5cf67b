"""A department's producer may use transactions: what it took back was never sent, and its marks are no records."""

from contextlib import closing
from uuid import uuid4

from confluent_kafka import Producer as Client

from fangpin.kafka import Admin, Consumer
from fangpin.topics import TopicSpec


def test_only_what_was_committed_is_read_and_the_marks_are_passed(kafka_bootstrap: str, topic_prefix: str) -> None:
    topic = f"{topic_prefix}-transactions-{uuid4().hex[:8]}"
    with closing(Admin(kafka_bootstrap)) as admin:
        admin.create_topics([TopicSpec(topic, 1)])
        client = Client({"bootstrap.servers": kafka_bootstrap, "transactional.id": topic})
        client.init_transactions(20)
        for value, commit in ((b"sent", True), (b"taken back", False), (b"sent too", True)):
            client.begin_transaction()
            client.produce(topic, value, b"530925")
            client.flush(20)
            if commit:
                client.commit_transaction(20)
            else:
                client.abort_transaction(20)
        with closing(Consumer(kafka_bootstrap, [topic], None)) as consumer:
            place = (topic, 0)
            consumer.seek(place, 0)
            found: list[bytes | None] = []
            while len(found) < 2:
                found += [one.value for one in consumer.poll(1.0)]
            while consumer.reached()[place] < 6:  # three records, three marks
                assert consumer.poll(0.2) == []
            assert consumer.log_ends([place]) == {place: 6}
        admin.delete_topics([topic])
    assert found == [b"sent", b"sent too"]
