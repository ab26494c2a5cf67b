"""One correlator worker, put together: its lanes, each with a loop, a relay and a producer of its own."""

from collections.abc import Mapping

from consumers.correlator.handler import Correlator
from consumers.correlator.relay import Relay
from consumers.runtime import Lanes, Loop
from fangpin.broker import Broker, Place
from fangpin.domain.policy import PackBook
from fangpin.settings import Settings
from fangpin.vault import Vault, load_or_create_secret

GROUP = "fangpin-correlator"
PACE_S = 0.05  # records that come one by one are twenty batches a second, not fifty: each costs every reader behind it


class Worker:
    """Runs until `stop`, or until it has read up to `ends`."""

    def __init__(
        self, settings: Settings, broker: Broker, book: PackBook, *, ends: Mapping[Place, int] | None = None
    ) -> None:
        vault = Vault(load_or_create_secret(settings.secret_file))
        self._lanes = Lanes([_Lane(settings, broker, vault, book, ends) for _ in range(settings.correlator_lanes)])

    def stop(self) -> None:
        """Ask for a drain; safe from a signal handler."""
        self._lanes.stop()

    def run(self) -> None:
        """Returns when everything that was committed has been published, or was given up by `stop`."""
        self._lanes.run()


class _Lane:
    """A member of the group."""

    def __init__(
        self, settings: Settings, broker: Broker, vault: Vault, book: PackBook, ends: Mapping[Place, int] | None
    ) -> None:
        self._producer = broker.producer()
        self._relay = Relay(settings.database_url, self._producer)
        self._loop = Loop(
            Correlator(vault, book, self._relay),
            broker=broker,
            database_url=settings.database_url,
            group=GROUP,
            max_records=settings.batch_records,
            ends=ends,
            part="correlator",
            pace_s=PACE_S,
        )

    def stop(self) -> None:
        self._loop.stop()
        self._relay.stop()

    def run(self) -> None:
        try:
            self._loop.run()
        finally:
            self._relay.close()
            self._producer.close()
