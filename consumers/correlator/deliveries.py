"""What a batch means for the county's calendar: who delivered which feed on which civil day, and who had nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from consumers.correlator.arrivals import Arrival
from consumers.correlator.batch import Batch
from consumers.correlator.signals import Judged
from fangpin.cloudevents import first, source_area
from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.feeds import LOCAL_DEPARTMENTS

DayOf = Callable[[Arrival], date]
Key = tuple[str, str, str, str | None, bool, date]  # county, feed, source, area, baseline, day
Month = int | str  # months since the year 0, of a record's day; YYYY-MM where the record names it


@dataclass(slots=True)
class Span:
    """How many records, and the days from the first to the last of them."""

    earliest: date
    latest: date
    records: int = 0

    def add(self, day: date) -> None:
        """One more record."""
        self.records += 1
        if day < self.earliest:
            self.earliest = day
        elif day > self.latest:
            self.latest = day


@dataclass(slots=True)
class Delivery:
    """Records that came together; `receipts` are the uploads that they are of, None for what came straight to the topic."""

    span: Span
    receipts: set[UUID | None] = field(default_factory=set)
    withdrawn: int = 0
    months: dict[Month, Span] = field(default_factory=dict)

    def by_month(self) -> list[dict[str, object]]:
        """The months as the event holds them, in order."""
        named = {
            (month, True) if isinstance(month, str) else (f"{month // 12}-{month % 12 + 1:02}", False): span
            for month, span in self.months.items()
        }
        return [
            {"month": month, "named": own, "records": one.records, "earliest": one.earliest, "latest": one.latest}
            for (month, own), one in sorted(named.items(), key=lambda item: item[0])
        ]


def tell(batch: Batch, stored: Sequence[Judged], before: Mapping[str, date | None]) -> None:
    """The county events of a batch: moved dates (`before` is what they were), deliveries, nil returns."""
    for county, was in before.items():
        now = batch.civil_dates[county]
        if now != was:
            batch.outbox.county_event(county, "CivilDateMoved", _either(now, was), before=was, date=now)
    day_of = civil_days(batch, stored, before)
    for key, delivery in grouped(stored, day_of).items():
        county, feed, source, area, baseline, day = key
        receipt = delivery.receipts.pop() if len(delivery.receipts) == 1 else None
        batch.outbox.county_event(
            county,
            "FeedDelivered",
            day,
            feed=feed,
            department=source,
            area=area,
            receipt_id=str(receipt) if receipt is not None else None,
            baseline=baseline,
            records=delivery.span.records,
            withdrawn=delivery.withdrawn,
            earliest=delivery.span.earliest,
            latest=delivery.span.latest,
            months=delivery.by_month(),
        )
    for one in stored:
        if one.arrival.feed.declares_nothing and one.effective:
            _nil_returned(batch, one.arrival, day_of(one.arrival))


def civil_days(batch: Batch, stored: Sequence[Judged], before: Mapping[str, date | None]) -> DayOf:
    """The county's civil date when a record came, however the log was cut into batches: a clock record counts from the
    moment on at which the broker had it. Without any clock yet: the day of the department's own `reported_at`.
    """
    ticks: dict[str, list[tuple[int, date]]] = {county: [] for county in before}
    for one in stored:
        arrival = one.arrival
        if arrival.feed.role == "clock" and one.effective and not arrival.record.withdrawn:
            ticks[arrival.record.county_code].append((arrival.message.timestamp, arrival.record.occurred_on))

    def day_of(arrival: Arrival) -> date:
        county = arrival.record.county_code
        if county not in before:
            day = batch.civil_dates.get(county)
        else:
            come = [day for at, day in ticks[county] if at <= arrival.message.timestamp]
            was = before[county]
            day = max(come if was is None else [*come, was], default=None)
        return day or arrival.record.reported_at.astimezone(SHANGHAI).date()

    return day_of


def grouped(stored: Sequence[Judged], day_of: DayOf) -> dict[Key, Delivery]:
    """The deliveries of a batch: every stored revision counts, for a list sent again is a list that was sent."""
    found: dict[Key, Delivery] = {}
    names_month = {feed: feed.names_month for feed in {one.arrival.feed for one in stored}}
    for one in stored:
        arrival = one.arrival
        feed, record = arrival.feed, arrival.record
        if not feed.reported or feed.declares_nothing:
            continue
        day = day_of(arrival)
        area = area_of(arrival)
        key = (record.county_code, feed.slug, arrival.source, area, arrival.baseline, day)
        on = record.occurred_on
        delivery = found.get(key)
        if delivery is None:
            delivery = found[key] = Delivery(Span(on, on))
        delivery.span.add(on)
        delivery.receipts.add(arrival.receipt[0] if arrival.receipt is not None else None)
        if record.withdrawn:
            delivery.withdrawn += 1
            continue
        month: Month = str(record.fields["month"]) if names_month[feed] else on.year * 12 + on.month - 1
        span = delivery.months.get(month)
        if span is None:
            span = delivery.months[month] = Span(on, on)
        span.add(on)
    return found


def area_of(arrival: Arrival) -> str | None:
    """The township or village of the county that sent a record, where it is one of many and is named."""
    if arrival.source not in LOCAL_DEPARTMENTS:
        return None
    area = source_area(first(arrival.message.headers, "ce_source"))
    return area if area is not None and area.startswith(arrival.record.county_code) else None


def _nil_returned(batch: Batch, arrival: Arrival, day: date) -> None:
    record = arrival.record
    batch.outbox.county_event(
        record.county_code,
        "NilReturned",
        record.occurred_on,
        record_id=record.record_id,
        revision=record.revision,
        withdrawn=record.withdrawn,
        department=arrival.source,
        area=area_of(arrival),
        of_feed=record.fields.get("of_feed"),
        month=record.fields.get("month"),
        delivered_on=day,
    )


def _either(now: date | None, was: date | None) -> date:
    day = now or was
    assert day is not None  # they differ, so one of them is a date
    return day
