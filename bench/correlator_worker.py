"""`python -m bench.correlator_worker COUNTIES`: one worker over what lies on the topics now, then its end.

The product's own worker, but for the packs and the end.
"""

import sys

from bench.measured import measure
from bench.workload import book, documents
from consumers.correlator.worker import Worker
from consumers.runtime import settle
from fangpin import logging
from fangpin.broker import Place
from fangpin.kafka import Consumer, Kafka
from fangpin.settings import Settings
from fangpin.topics import FEED_TOPICS


def main() -> None:
    """From the first poll to the last publication."""
    settings = Settings()
    logging.configure("bench")
    broker = Kafka(settings.bootstrap_servers)
    worker = Worker(settings, broker, book(documents(int(sys.argv[1]))), ends=_ends(settings))
    settle()
    measure(worker.run)


def _ends(settings: Settings) -> dict[Place, int]:
    """Where the feed topics end now."""
    consumer = Consumer(settings.bootstrap_servers, FEED_TOPICS, None)
    try:
        return consumer.log_ends(consumer.partitions(FEED_TOPICS))
    finally:
        consumer.close()


if __name__ == "__main__":
    main()
