"""Streams of household events to fold in tests: legal ones, with sequences; the people in them are pseudonyms only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from fangpin import avro
from fangpin.domain.ids import event_id, household_id
from fangpin.topics import COUNTY_EVENTS, EXCEPTIONS, HOUSEHOLD_EVENTS

COUNTY = "530925"
VILLAGE = "530925101201"
OTHER_VILLAGE = "530925101202"
DAY = date(2021, 11, 1)
START = datetime(2021, 11, 1, 4, 0, tzinfo=UTC)
Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message as a poll returns it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()


def delivered(events: Sequence[Event], topic: str = HOUSEHOLD_EVENTS) -> list[Delivered]:
    """The events as one partition holds them, from offset 0."""
    return [
        Delivered(topic, 0, offset, 1_637_000_000_000 + offset, None, payload(event, topic))
        for offset, event in enumerate(events)
    ]


def payload(event: Event, topic: str = HOUSEHOLD_EVENTS) -> bytes:
    """The framed Avro."""
    name = {EXCEPTIONS: "hub.exceptions", COUNTY_EVENTS: f"county.{event.get('type')}"}.get(
        topic, f"event.{event.get('type')}"
    )
    return avro.encode(name, event)


@dataclass
class Household:
    """Writes the stream of one household, an event a call, into a log that several share."""

    number: int
    log: list[Event]
    village: str = VILLAGE
    sequence: int = 0
    evidence: dict[str, list[str]] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        """Its id."""
        return household_id(COUNTY, f"H{self.number}")

    def emit(self, kind: str, valid_on: date = DAY, **body: Any) -> Event:
        """Append an event."""
        self.sequence += 1
        event = {
            "event_id": str(event_id(self.id, self.sequence)),
            "type": kind,
            "household_id": str(self.id),
            "county_code": COUNTY,
            "sequence": self.sequence,
            "valid_on": valid_on,
            "recorded_at": START + timedelta(seconds=len(self.log)),
            **body,
        }
        self.log.append(event)
        return event

    def register(self, village: str | None = None, *, latest: bool = True, status: str = "active") -> Event:
        """HouseholdRegistered, then HouseholdChanged."""
        if latest and village is not None:
            self.village = village
        return self.emit(
            "HouseholdRegistered" if self.sequence == 0 else "HouseholdChanged",
            household_no=f"H{self.number}",
            village_code=village or self.village,
            grid=None,
            **{"class": "general"},
            monitored="none",
            marginal_2019=False,
            resident=True,
            has_labour=True,
            on_subsistence_allowance=False,
            status=status,
            latest=latest,
            source="rural-revitalization",
            record_id=f"r-{self.number}",
            revision=self.sequence,
            sealed=b"\x01phone",
            members=[
                {
                    "person_key": f"{self.number:064x}",
                    "name_key": f"{self.number + 1:064x}",
                    "sealed": b"\x01name",
                    "relation": "head",
                    "joined_on": date(2020, 1, 1),
                    "left_on": None,
                    "died_on": None,
                    "shares_income": True,
                }
            ],
        )

    def signal(self, kind: str = "SignalRecorded", record_id: str = "m-1", day: date = DAY) -> Event:
        """A fact of the household."""
        return self.emit(
            kind,
            day,
            feed="medical-expense",
            source="medical-insurance",
            record_id=record_id,
            revision=1,
            person_key=f"{self.number:064x}",
            notes=["NORMALISED"],
            baseline=False,
            seal_subject=b"household:x",
            sealed=b"\x01content",
        )

    def warn(
        self,
        kind: str,
        risk: str = "illness",
        records: Sequence[str] = ("m-1",),
        *,
        status: str = "open",
        stock: bool = False,
        since: date = DAY,
        reason: str | None = None,
    ) -> Event:
        """A warning event of episode 1."""
        return self.emit(
            kind,
            warning_id=str(self.warning(risk)),
            risk=risk,
            episode=1,
            status=status,
            since=since,
            pack="qingfeng-2021",
            due_on=date(2021, 11, 25),
            stock=stock,
            village_code=self.village,
            reason=reason,
            evidence=[
                {
                    "record_id": record,
                    "feed": "medical-expense",
                    "source": "medical-insurance",
                    "occurred_on": DAY,
                    "recorded_at": START,
                    "rules": [{"id": "illness-1", "pack": "qingfeng-2021", "purpose": "warn", "met_on": DAY}],
                    "seal_subject": b"household:x",
                    "sealed": b"\x01arithmetic",
                }
                for record in records
            ],
        )

    def escalate(self, level: str, risk: str = "illness") -> Event:
        """Nobody verified the warning by its day."""
        return self.emit(
            "WarningEscalated",
            date(2021, 11, 26),
            warning_id=str(self.warning(risk)),
            risk=risk,
            episode=1,
            status="open",
            level=level,
            due_on=date(2021, 11, 25),
            review_on=date(2021, 11, 28),
            village_code=self.village,
        )

    def find(self, result: str, status: str, risk: str = "illness", *, effective: bool = True) -> Event:
        """FindingRecorded."""
        return self.emit(
            "FindingRecorded",
            DAY + timedelta(days=3),
            warning_id=str(self.warning(risk)),
            risk=risk,
            episode=1,
            record_id=f"f-{self.sequence}",
            revision=1,
            result=result,
            status=status,
            effective=effective,
            found_by="village.officer",
            seal_subject=b"household:x",
            sealed=None,
        )

    def warning(self, risk: str = "illness") -> UUID:
        """The id of its first warning of a risk."""
        return uuid5(self.id, risk)


def exception(number: int, status: str, at: int, **more: Any) -> Event:
    """A record of `hub.exceptions`, `at` seconds after the start."""
    return {
        "exception_id": str(UUID(int=number)),
        "status": status,
        "feed": "medical-expense",
        "county_code": COUNTY,
        "code": "UNMATCHED",
        "field": "subject",
        "message": "没有找到农户。",
        "record_id": f"m-{number}",
        "revision": 1,
        "source": "medical-insurance",
        "receipt_id": None,
        "receipt_index": None,
        "recorded_at": START + timedelta(seconds=at),
        "key_id": None,
        "raw": None,
        **more,
    }
