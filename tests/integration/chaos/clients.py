"""Departments as they are: one sends over HTTP until it has a 202, another is a plain Kafka producer of its own kind."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx
from confluent_kafka import KafkaError, KafkaException, Message, Producer

from fangpin.domain.feeds import FEEDS
from fangpin.domain.records import parse_record
from fangpin.wire import encode_record
from tests.integration.chaos.journal import Journal

Raw = dict[str, Any]
Sent = tuple[str, str, bytes, Raw]  # topic, key, value, and the record that it is
PATIENCE_S = 120.0  # how long a client goes on sending before the test fails
PAUSE_S = 0.5  # at most, between two tries; Retry-After says more


@dataclass(frozen=True, slots=True)
class Accounts:
    """Whose token a feed's records are sent with."""

    credentials: dict[str, Any]

    def header(self, feed: str, county: str) -> dict[str, str]:
        department = FEEDS[feed].departments[0]  # that of a plain producer which does not say
        for one in self.credentials["tokens"]:
            if feed == "clock" and one.get("role") == "operator":
                return {"Authorization": f"Bearer {one['token']}"}
            if (one.get("county"), one.get("department")) == (county, department):
                return {"Authorization": f"Bearer {one['token']}"}
        raise LookupError(feed)

    def session(self, url: str, officer: dict[str, str]) -> dict[str, str]:
        """The header of an officer's session; asked for until the hub answers."""
        body = {"username": officer["username"], "password": officer["password"]}
        deadline = time.monotonic() + PATIENCE_S
        while True:
            assert time.monotonic() < deadline, "no session"
            try:
                answer = httpx.post(f"{url}/api/v1/session", json=body, timeout=60, trust_env=False)
            except httpx.TransportError:
                time.sleep(PAUSE_S / 5)
                continue
            if answer.status_code == 201:
                return {"Authorization": f"Bearer {answer.json()['token']}"}
            assert answer.status_code == 503, answer.text
            time.sleep(PAUSE_S)


class HttpClient:
    """Sends a batch until it is acknowledged; what got no answer is sent again (docs/guides/department.zh.md)."""

    def __init__(self, url: str, journal: Journal) -> None:
        self._client = httpx.Client(base_url=url, timeout=60, trust_env=False)
        self._journal = journal

    def send(self, feed: str, records: Sequence[Raw], headers: dict[str, str], spoilt: Sequence[Raw] = ()) -> str:
        """The receipt's id. `spoilt` go along, and must be rejected."""
        body = {
            "records": [{name: value for name, value in raw.items() if name != "feed"} for raw in (*records, *spoilt)]
        }
        deadline = time.monotonic() + PATIENCE_S
        while True:
            assert time.monotonic() < deadline, f"no acknowledgement in {PATIENCE_S} s"
            try:
                answer = self._client.post(f"/api/v1/feeds/{feed}/records", json=body, headers=headers)
            except httpx.TransportError as error:
                self._journal.not_acknowledged("http", f"no answer ({type(error).__name__})")
                time.sleep(PAUSE_S / 5)
                continue
            if answer.status_code == 503:
                self._journal.not_acknowledged("http", "503")
                time.sleep(min(PAUSE_S, float(answer.headers["Retry-After"])))
                continue
            assert answer.status_code == 202, answer.text
            found = answer.json()
            assert (found["accepted"], len(found["rejected"])) == (len(records), len(spoilt)), answer.text
            self._journal.acknowledged(
                "http", list(records), receipt=found["receipt_id"], token=headers["Authorization"], rejected=len(spoilt)
            )
            return str(found["receipt_id"])

    def close(self) -> None:
        self._client.close()


class KafkaClient:
    """confluent-kafka with its own default partitioner, which puts our counties elsewhere than Java's does."""

    def __init__(self, bootstrap: str, journal: Journal) -> None:
        self._journal = journal
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "acks": "all",
                "linger.ms": 5,
                "message.timeout.ms": 8000,  # then it is ours to send again
                "reconnect.backoff.max.ms": 500,
                "log_level": 1,
                "error_cb": lambda _error: None,  # of connections; each record has its own report
            }
        )

    def send(self, records: Sequence[Raw]) -> None:
        """Publish until the broker has acknowledged each."""
        now = datetime.now(UTC)
        values = [(f"feed.{raw['feed']}", raw["county_code"], _encode(raw, now), raw) for raw in records]
        self._until_acknowledged(values)

    def send_poison(self, topic: str, county: str, values: Sequence[bytes]) -> None:
        """Publish what nobody can decode."""
        for number, value in enumerate(values):
            raw = {"feed": "poison", "county_code": county, "record_id": value.hex(), "revision": number}
            self._until_acknowledged([(topic, county, value, raw)])

    def _until_acknowledged(self, values: list[Sent]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while values:
            assert time.monotonic() < deadline, "the broker did not come back"
            done: list[Raw] = []
            failed: list[Sent] = []
            for one in values:
                topic, county, value, _ = one
                try:
                    self._producer.produce(topic, value, county, on_delivery=partial(_report, done, failed, one))
                except (KafkaException, BufferError):
                    failed.append(one)
            assert self._producer.flush(30) == 0, "a record without a report"
            if done:
                self._journal.acknowledged("kafka", done)
            if failed:
                self._journal.not_acknowledged("kafka", "not delivered")
                time.sleep(PAUSE_S / 5)
            values = failed


def _report(done: list[Raw], failed: list[Sent], one: Sent, error: KafkaError | None, _message: Message) -> None:
    if error is None:
        done.append(one[3])
    else:
        failed.append(one)


def _encode(raw: Raw, now: datetime) -> bytes:
    feed = FEEDS[raw["feed"]]
    return encode_record(parse_record(feed, {name: value for name, value in raw.items() if name != "feed"}, now=now))
