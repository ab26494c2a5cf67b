"""A correlator with a real PostgreSQL and no broker: batches in, events out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from consumers.correlator.handler import Correlator
from consumers.correlator.outbox import AtHand, publish
from fangpin import avro
from fangpin.broker import Outgoing
from fangpin.database import Connection
from fangpin.domain.feeds import FEEDS
from fangpin.domain.policy import PackBook
from fangpin.domain.records import parse_record
from fangpin.policies import load_book
from fangpin.vault import Vault
from fangpin.wire import encode_record

NOW = datetime.now(UTC)


@dataclass
class Arrived:
    """A message as a poll returns it."""

    topic: str
    value: bytes | None
    key: bytes | None = b"530925"
    headers: Sequence[tuple[str, bytes]] = ()
    partition: int = 0
    offset: int = 0
    timestamp: int = 0


@dataclass
class Recorder:
    """Stands for the broker: keeps what was published."""

    published: list[Outgoing] = field(default_factory=list)

    def publish(self, records: Any) -> None:
        self.published.extend(records)


@dataclass
class AtOnce:
    """Stands for the relay: what was committed is published when `start` returns."""

    conn: Connection
    broker: Recorder

    def start(self, counties: Sequence[str], at_hand: Mapping[str, AtHand] | None = None) -> None:
        publish(self.conn, self.broker, list(counties), at_hand)  # type: ignore[arg-type]


class Desk:
    """A correlator with its database, by the hub's own packs unless told otherwise."""

    def __init__(self, conn: Connection, *, vault: Vault | None = None, book: PackBook | None = None) -> None:
        self.conn = conn
        self.broker = Recorder()
        relay = AtOnce(conn, self.broker)
        self.correlator = Correlator(
            vault if vault is not None else Vault(b"k" * 32),
            book if book is not None else load_book(),
            relay,  # type: ignore[arg-type]
        )
        self._offset = 0

    def take(self, *raws: dict[str, Any] | Arrived, baseline: bool = False) -> None:
        """One batch."""
        messages = [raw if isinstance(raw, Arrived) else self.message(raw, baseline) for raw in raws]
        for message in messages:
            self._offset += 1
            message.offset = self._offset
        after = self.correlator.process(self.conn, messages)
        self.conn.commit()
        if after is not None:
            after()

    @staticmethod
    def message(raw: dict[str, Any], baseline: bool = False) -> Arrived:
        feed = FEEDS[raw["feed"]]
        record = parse_record(feed, {key: value for key, value in raw.items() if key != "feed"}, now=NOW)
        marks = [("ce_baseline", b"true")] if baseline else []
        return Arrived(f"feed.{feed.slug}", encode_record(record), record.county_code.encode(), marks)

    def events(self, *kinds: str) -> list[dict[str, Any]]:
        found = [avro.decode(one.value) for one in self.broker.published if one.topic == "household.events"]
        return [datum for name, datum in found if not kinds or name.removeprefix("event.") in kinds]

    def county_events(self, *kinds: str) -> list[dict[str, Any]]:
        found = [avro.decode(one.value)[1] for one in self.broker.published if one.topic == "county.events"]
        return [datum for datum in found if not kinds or datum["type"] in kinds]

    def exceptions(self) -> list[tuple[str, str]]:
        found = [avro.decode(one.value)[1] for one in self.broker.published if one.topic == "hub.exceptions"]
        return [(datum["code"], datum["status"]) for datum in found]

    def warnings(self) -> dict[tuple[str, str, int], tuple[str, list[str]]]:
        """(household, risk, episode) → (status, evidence), by folding the events as a reader would."""
        state: dict[str, tuple[tuple[str, str, int], str, list[str]]] = {}
        numbers = {one["household_id"]: one["household_no"] for one in self.events("HouseholdRegistered")}
        for event in self.events():
            if event["type"].startswith("Warning") and "evidence" in event:
                key = (numbers[event["household_id"]], event["risk"], event["episode"])
                evidence = [one["record_id"] for one in event["evidence"]]
                state[event["warning_id"]] = (key, event["status"], evidence)
            elif event["type"] == "FindingRecorded" and event["effective"]:
                key, _, evidence = state[event["warning_id"]]
                state[event["warning_id"]] = (key, event["status"], evidence)
        return {key: (status, evidence) for key, status, evidence in state.values()}
