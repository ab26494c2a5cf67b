"""Publication behind the worker's back: what a batch has committed goes out while the next one is worked on."""

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

from consumers.correlator.outbox import AtHand, publish
from consumers.runtime.retry import Retry
from consumers.runtime.sessions import LOST_CONNECTION, worker_connection
from fangpin import metrics
from fangpin.broker import Producer
from fangpin.database import Connection
from fangpin.errors import TransientError

log = structlog.get_logger()


class Relay:
    """One publication at a time, in a thread and on a connection of its own.

    `start` waits for the one before, so what is committed and not published stays bounded: a batch. What fails for a
    time is tried again until it succeeds or `stop`; another worker may do the same at once (`outbox.publish` locks). What
    was not published at the end is at the next start (`Correlator.recover`).
    """

    def __init__(self, database_url: str, producer: Producer) -> None:
        self._database_url = database_url
        self._producer = producer
        self._stop = threading.Event()
        self._thread = ThreadPoolExecutor(1, "relay")
        self._running: Future[None] | None = None
        self._conn: Connection | None = None

    def start(self, counties: Sequence[str], at_hand: Mapping[str, AtHand] | None = None) -> None:
        """Publish what these counties have committed. Raises what the publication before could not get over."""
        self.finish()
        if counties and not self._stop.is_set():
            self._running = self._thread.submit(self._publish, list(counties), at_hand)

    def finish(self) -> None:
        """Wait until nothing is being published."""
        running, self._running = self._running, None
        if running is not None:
            running.result()

    def stop(self) -> None:
        """Try no more; safe from a signal handler."""
        self._stop.set()

    def close(self) -> None:
        """Let the last publication end, one way or the other."""
        try:
            self.finish()
        finally:
            self._thread.shutdown()
            self._disconnect()

    def _publish(self, counties: list[str], at_hand: Mapping[str, AtHand] | None) -> None:
        retry = Retry()
        while True:
            try:
                publish(self._connected(), self._producer, counties, at_hand)
                return
            except (TransientError, *LOST_CONNECTION) as error:
                self._disconnect()
                wait = retry.next_wait()
                metrics.RETRIES.labels("relay", "transient").inc()
                log.warning("retry", consumer="relay", wait_s=round(wait, 2), reason=str(error)[:300])
                if self._stop.wait(wait):
                    return

    def _connected(self) -> Connection:
        if self._conn is None:
            self._conn = worker_connection(self._database_url)
        return self._conn

    def _disconnect(self) -> None:
        if self._conn is not None:
            self._conn.close()
            self._conn = None
