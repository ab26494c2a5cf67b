"""`python -m tests.integration.chaos.crashing POINT`: a correlator that kills itself at a named point of its first batch.

before-commit · before-publication · amid-publication · after-publication (before the broker's word is remembered)
"""

import os
import signal
import sys
from collections.abc import Iterable, Sequence

from consumers.correlator.handler import Correlator
from consumers.correlator.relay import Relay
from consumers.runtime import Loop
from fangpin.broker import Message, Outgoing, Producer
from fangpin.database import Connection
from fangpin.kafka import Kafka
from fangpin.policies import load_book
from fangpin.settings import Settings
from fangpin.vault import Vault, load_or_create_secret

POINTS = ("before-commit", "before-publication", "amid-publication", "after-publication")


class DyingProducer:
    """Publishes nothing, half or all of its first chunk, and is gone."""

    def __init__(self, point: str, producer: Producer) -> None:
        self._point, self._producer = point, producer

    def publish(self, records: Iterable[Outgoing]) -> None:
        chunk = list(records)
        if self._point == "amid-publication":
            self._producer.publish(chunk[: (len(chunk) + 1) // 2])
        elif self._point == "after-publication":
            self._producer.publish(chunk)
        _die()

    def close(self) -> None:
        self._producer.close()


class DyingCorrelator(Correlator):
    """Does the batch's work and is gone before the commit."""

    def process(self, conn: Connection, messages: Sequence[Message]) -> None:
        super().process(conn, messages)
        _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(point: str) -> None:
    """Run until the point comes."""
    settings = Settings()
    broker = Kafka(settings.bootstrap_servers)
    kind = DyingCorrelator if point == "before-commit" else Correlator
    vault = Vault(load_or_create_secret(settings.secret_file))
    relay = Relay(settings.database_url, DyingProducer(point, broker.producer()))
    Loop(kind(vault, load_book(), relay), broker=broker, database_url=settings.database_url, group="crashing").run()


if __name__ == "__main__":
    main(sys.argv[1])
