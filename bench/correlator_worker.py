"""`python -m bench.correlator_worker COUNTIES`: one worker over what lies on the topics now, then its end.

Composed as `consumers.correlator.__main__` composes it, but for the packs and the end.
"""

import sys

from bench.measured import measure
from bench.workload import book, documents
from consumers.correlator.handler import Correlator
from consumers.correlator.relay import Relay
from consumers.runtime import Loop, settle
from fangpin import logging
from fangpin.broker import Place
from fangpin.kafka import Consumer, Kafka
from fangpin.settings import Settings
from fangpin.topics import FEED_TOPICS
from fangpin.vault import Vault, load_or_create_secret


def main() -> None:
    """From the first poll to the last publication."""
    settings = Settings()
    logging.configure("bench")
    broker = Kafka(settings.bootstrap_servers)
    vault = Vault(load_or_create_secret(settings.secret_file))
    producer = broker.producer()
    relay = Relay(settings.database_url, producer)
    loop = Loop(
        Correlator(vault, book(documents(int(sys.argv[1]))), producer, relay),
        broker=broker,
        database_url=settings.database_url,
        group=None,
        max_records=settings.batch_records,
        ends=_ends(settings),
    )
    settle()

    def work() -> None:
        loop.run()
        relay.finish()

    measure(work)
    relay.close()
    producer.close()


def _ends(settings: Settings) -> dict[Place, int]:
    """Where the feed topics end now."""
    consumer = Consumer(settings.bootstrap_servers, FEED_TOPICS, None)
    try:
        return consumer.log_ends(consumer.partitions(FEED_TOPICS))
    finally:
        consumer.close()


if __name__ == "__main__":
    main()
