"""`python -m consumers.correlator`: one worker; several share the counties."""

import gc
import signal
import sys

from consumers.correlator.handler import Correlator
from consumers.runtime import Loop
from fangpin import logging
from fangpin.kafka import Kafka
from fangpin.policies import load_book
from fangpin.settings import Settings
from fangpin.vault import Vault, load_or_create_secret


def main() -> None:
    """Run until SIGTERM or SIGINT, then drain."""
    settings = Settings()
    logging.configure("correlator")
    sys.setswitchinterval(0.0005)  # the client's threads and ours hand over often; the default costs a fifth
    broker = Kafka(settings.bootstrap_servers)
    handler = Correlator(Vault(load_or_create_secret(settings.secret_file)), load_book(), broker.producer())
    loop = Loop(
        handler,
        broker=broker,
        database_url=settings.database_url,
        group="fangpin-correlator",
        max_records=settings.batch_records,
        part="correlator",
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.stop())
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    loop.run()


if __name__ == "__main__":
    main()
