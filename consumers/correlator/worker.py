"""One correlator process, put together: its lanes, each with a relay of its own, and the producer that they share."""

from collections.abc import Mapping

from consumers.correlator.handler import Correlator
from consumers.correlator.relay import Relay
from consumers.runtime import Lanes, Loop
from fangpin.broker import Broker, Place
from fangpin.domain.policy import PackBook
from fangpin.settings import Settings
from fangpin.vault import Vault, load_or_create_secret

PACE_S = 0.05  # records that come one by one are twenty batches a second, not fifty: each costs every reader behind it


class Worker:
    """Runs until `stop`, or until it has read up to `ends`."""

    def __init__(
        self,
        settings: Settings,
        broker: Broker,
        book: PackBook,
        *,
        group: str = "fangpin-correlator",
        ends: Mapping[Place, int] | None = None,
    ) -> None:
        self._producer = broker.producer()
        self._relays = [Relay(settings.database_url, self._producer) for _ in range(settings.correlator_lanes)]
        vault = Vault(load_or_create_secret(settings.secret_file))
        self._lanes = Lanes(
            [
                Loop(
                    Correlator(vault, book, self._producer, relay),
                    broker=broker,
                    database_url=settings.database_url,
                    group=group,
                    max_records=settings.batch_records,
                    ends=ends,
                    part="correlator",
                    pace_s=PACE_S,
                )
                for relay in self._relays
            ]
        )

    def stop(self) -> None:
        """Ask for a drain; safe from a signal handler."""
        self._lanes.stop()
        for relay in self._relays:
            relay.stop()

    def run(self) -> None:
        """Returns when everything that was committed has been published, or was given up by `stop`."""
        try:
            self._lanes.run()
        finally:
            for relay in self._relays:
                relay.close()
            self._producer.close()
