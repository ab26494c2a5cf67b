"""Which days have come in a county, and the records that say so."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from fangpin.broker import Outgoing
from fangpin.cloudevents import department_source, headers
from fangpin.database import Connection
from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.feeds import FEEDS
from fangpin.domain.feeds.clock import LONGEST_STEP
from fangpin.domain.records import parse_record
from fangpin.wire import encode_record


def civil_today(days_off: int) -> date:
    """The civil date in Asia/Shanghai, moved by the difference that `--today` left in DIR."""
    return (datetime.now(SHANGHAI) + timedelta(days=days_off)).date()


def ticks(conn: Connection, counties: list[str], today: date) -> Iterator[Outgoing]:
    """The records to publish so that each county's date is `today`; none for a county that is there or beyond."""
    held = dict(conn.execute("SELECT county_code, civil_date FROM county").fetchall())
    conn.rollback()
    for county in counties:
        before = held.get(county)
        if before is None:
            yield tick(county, today)
            continue
        while before < today:
            before = min(before + LONGEST_STEP, today)
            yield tick(county, before)


def tick(county: str, day: date) -> Outgoing:
    """One clock record of the hub; the same day is the same record, so that ticking twice has no effect."""
    now = datetime.now(UTC)
    raw = {
        "record_id": f"clock-{day}",
        "revision": 1,
        "county_code": county,
        "date": day.isoformat(),
        "reported_at": now.isoformat(),
    }
    record = parse_record(FEEDS["clock"], raw, now=now)
    source = department_source(county, "hub")
    return Outgoing(
        "feed.clock",
        county.encode(),
        encode_record(record),
        headers(f"clock-{county}-{day}", source, "fangpin.feed.clock", now),
    )
