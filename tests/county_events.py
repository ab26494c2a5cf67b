"""Streams of a county's own events to fold in tests: legal ones, with sequences."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from fangpin.domain.ids import county_id, event_id
from tests.household_events import COUNTY, DAY, START, Event


@dataclass
class County:
    """Writes the stream of one county, an event a call."""

    code: str = COUNTY
    log: list[Event] = field(default_factory=list)
    sequence: int = 0
    today: date | None = None

    def emit(self, kind: str, valid_on: date, **body: Any) -> Event:
        """Append an event."""
        self.sequence += 1
        event = {
            "event_id": str(event_id(county_id(self.code), self.sequence)),
            "type": kind,
            "county_code": self.code,
            "sequence": self.sequence,
            "valid_on": valid_on,
            "recorded_at": START + timedelta(seconds=self.sequence),
            **body,
        }
        self.log.append(event)
        return event

    def day(self, today: date | None) -> Event:
        """CivilDateMoved."""
        before, self.today = self.today, today
        return self.emit("CivilDateMoved", today or before or DAY, before=before, date=today)

    def deliver(
        self,
        feed: str = "medical-expense",
        department: str = "medical-insurance",
        on: date = DAY,
        *,
        area: str | None = None,
        records: int = 1,
        day: date | None = None,
    ) -> Event:
        """FeedDelivered, of records that are all of one day."""
        month = {"month": f"{on:%Y-%m}", "named": False, "records": records, "earliest": on, "latest": on}
        return self.emit(
            "FeedDelivered",
            day or self.today or on,
            feed=feed,
            department=department,
            area=area,
            receipt_id=None,
            baseline=False,
            records=records,
            withdrawn=0,
            earliest=on,
            latest=on,
            months=[month],
        )

    def nothing(
        self,
        month: str = "2021-11",
        record_id: str = "n-1",
        *,
        of_feed: str = "medical-expense",
        department: str = "medical-insurance",
        withdrawn: bool = False,
    ) -> Event:
        """NilReturned."""
        return self.emit(
            "NilReturned",
            DAY,
            record_id=record_id,
            revision=self.sequence + 1,
            withdrawn=withdrawn,
            department=department,
            area=None,
            of_feed=None if withdrawn else of_feed,
            month=None if withdrawn else month,
            delivered_on=self.today or DAY,
        )
