"""`python -m consumers.correlator`: one worker; several share the counties."""

import signal

from consumers.correlator.handler import Correlator
from consumers.correlator.relay import Relay
from consumers.runtime import Loop, settle
from fangpin import logging
from fangpin.kafka import Kafka
from fangpin.policies import load_book
from fangpin.settings import Settings
from fangpin.vault import Vault, load_or_create_secret


def main() -> None:
    """Run until SIGTERM or SIGINT, then drain."""
    settings = Settings()
    logging.configure("correlator")
    broker = Kafka(settings.bootstrap_servers)
    producer = broker.producer()
    relay = Relay(settings.database_url, producer)
    vault = Vault(load_or_create_secret(settings.secret_file))
    loop = Loop(
        Correlator(vault, load_book(), producer, relay),
        broker=broker,
        database_url=settings.database_url,
        group="fangpin-correlator",
        max_records=settings.batch_records,
        part="correlator",
    )

    def stop(*_: object) -> None:
        loop.stop()
        relay.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    settle()
    try:
        loop.run()
    finally:
        relay.close()
        producer.close()


if __name__ == "__main__":
    main()
