"""`python -m bench.correlator_floor RECORDS`: poll, decode, COPY: what no correlator on this stack can be faster than."""

import sys

from bench.measured import measure
from consumers.runtime import settle
from fangpin import avro, database
from fangpin.domain.feeds import FEEDS
from fangpin.kafka import Consumer
from fangpin.settings import Settings


def main() -> None:
    """kafka-python, fastavro, and a binary COPY of the same rows into a table that is gone afterwards."""
    settings, count = Settings(), int(sys.argv[1])
    topics = [f"feed.{slug}" for slug, feed in FEEDS.items() if feed.role == "fact"]
    consumer = Consumer(settings.bootstrap_servers, topics, None, max_records=settings.batch_records)
    for place in consumer.assignment():
        consumer.seek(place, 0)
    settle()
    with database.connect(settings.database_url) as conn:
        conn.execute("CREATE TABLE floor (feed text, county text, record_id text, occurred_on date, payload bytea)")
        measure(lambda: _copy(conn, consumer, count))
        conn.execute("DROP TABLE floor")
    consumer.close()


def _copy(conn: database.Connection, consumer: Consumer, count: int) -> None:
    read = 0
    while read < count:
        messages = consumer.poll(1.0)
        with conn.cursor().copy("COPY floor FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(["text", "text", "text", "date", "bytea"])
            for message in messages:
                assert message.value is not None
                _, datum = avro.decode(message.value)
                copy.write_row(
                    (message.topic, datum["county_code"], datum["record_id"], datum["occurred_on"], message.value)
                )
        conn.commit()
        read += len(messages)


if __name__ == "__main__":
    main()
