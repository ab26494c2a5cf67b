"""Many clients at once: batches wait in a queue, threads send each until it is acknowledged."""

import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from tests.integration.chaos.clients import PATIENCE_S, Accounts, HttpClient, KafkaClient
from tests.integration.chaos.journal import Journal

Raw = dict[str, Any]
HTTP_CLIENTS = 4
HTTP_SHARE = 0.6
HTTP_BATCH, KAFKA_BATCH = 30, 100
SPOILT = 0.1  # of the HTTP batches carry a record that must be rejected


class Traffic:
    """Offers records to the hub by both ways; what a client thread cannot send fails the test."""

    def __init__(self, url: str, bootstrap: str, accounts: Accounts, journal: Journal, random: Random) -> None:
        self._accounts, self._random = accounts, random
        self._kafka = KafkaClient(bootstrap, journal)
        self._https = [HttpClient(url, journal) for _ in range(HTTP_CLIENTS)]
        self._http_work: queue.SimpleQueue[Callable[[HttpClient], object] | None] = queue.SimpleQueue()
        self._kafka_work: queue.SimpleQueue[Callable[[KafkaClient], object] | None] = queue.SimpleQueue()
        self._outstanding = 0
        self._changed = threading.Condition()
        self._errors: list[BaseException] = []
        self._threads = [
            *(threading.Thread(target=self._work, args=(self._http_work, one), daemon=True) for one in self._https),
            threading.Thread(target=self._work, args=(self._kafka_work, self._kafka), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def offer(self, records: Sequence[Raw]) -> None:
        """Split between the ways, and let the clients send."""
        groups: dict[tuple[str, str], list[Raw]] = defaultdict(list)
        plain: list[Raw] = []
        for raw in records:
            if self._random.random() < HTTP_SHARE:
                groups[raw["feed"], raw["county_code"]].append(raw)
            else:
                plain.append(raw)
        for (feed, county), found in groups.items():
            for start in range(0, len(found), HTTP_BATCH):
                self.upload(feed, found[start : start + HTTP_BATCH], self._accounts.header(feed, county))
        for start in range(0, len(plain), KAFKA_BATCH):
            chunk = plain[start : start + KAFKA_BATCH]
            self._put(self._kafka_work, lambda client, chunk=chunk: client.send(chunk))

    def upload(self, feed: str, records: Sequence[Raw], headers: dict[str, str]) -> None:
        """One HTTP batch, now and then with a record that cannot be used."""
        spoilt = [{**records[0], "revision": "first"}] if self._random.random() < SPOILT else []
        self._put(self._http_work, lambda client: client.send(feed, records, headers, spoilt))

    def poison(self, topic: str, county: str, values: Sequence[bytes]) -> None:
        """What nobody can decode, straight to a topic."""
        self._put(self._kafka_work, lambda client: client.send_poison(topic, county, values))

    def wait(self, most: int = 0) -> None:
        """Until no more than so many batches wait for their acknowledgement."""
        deadline = time.monotonic() + 2 * PATIENCE_S
        with self._changed:
            while self._outstanding > most and not self._errors:
                assert self._changed.wait(deadline - time.monotonic()), f"{self._outstanding} batches wait"
        if self._errors:
            raise AssertionError("a client gave up") from self._errors[0]

    def close(self) -> None:
        """End the threads; what waits is not sent."""
        for _ in self._https:
            self._http_work.put(None)
        self._kafka_work.put(None)
        for thread in self._threads:
            thread.join(PATIENCE_S)
        for client in self._https:
            client.close()

    def _put(self, work: "queue.SimpleQueue[Any]", one: Callable[[Any], object]) -> None:
        with self._changed:
            self._outstanding += 1
        work.put(one)

    def _work(self, work: "queue.SimpleQueue[Any]", client: object) -> None:
        while (one := work.get()) is not None:
            try:
                one(client)
            except BaseException as error:  # noqa: BLE001 - raised again by `wait`, in the test's own thread
                self._errors.append(error)
            with self._changed:
                self._outstanding -= 1
                self._changed.notify_all()
