"""`python -m consumers.correlator`: one worker; several share the counties."""

import signal

from consumers.correlator.worker import Worker
from consumers.runtime import settle
from fangpin import logging
from fangpin.kafka import Kafka
from fangpin.policies import load_book
from fangpin.settings import Settings


def main() -> None:
    """Run until SIGTERM or SIGINT, then drain."""
    settings = Settings()
    logging.configure("correlator")
    worker = Worker(settings, Kafka(settings.bootstrap_servers), load_book())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    settle()
    worker.run()


if __name__ == "__main__":
    main()
