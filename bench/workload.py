"""The records of a benchmark: many counties, each with the document of one of two, and what must come of them.

Made a county at a time and kept as the bytes that are published, so that half a million records fit anywhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from fangpin.broker import Outgoing
from fangpin.domain.feeds import FEEDS
from fangpin.domain.policy import PackBook
from fangpin.domain.records import parse_record
from fangpin.policies import load_packs
from fangpin.wire import encode_record
from services.simulator import simulate_records, simulate_register
from tests.oracle import OWN_DATE, expected

Raw = dict[str, Any]
DOCUMENTS = ("530925", "410922")
SEED = 3
FIRST, TODAY = date(2021, 10, 1), date(2021, 12, 20)
TURN = 50  # records of a county in a row, before the next one's: departments of all counties send at once


@dataclass(frozen=True, slots=True)
class County:
    """One county's part: what is published before the measurement, what is measured, the warnings that must come."""

    preparation: list[Outgoing]
    records: list[Outgoing]
    warnings: set[tuple[str, str, str]]


def documents(count: int) -> dict[str, str]:
    """County code → the county whose document it has; invented codes beyond the first two."""
    return {DOCUMENTS[n % 2] if n < 2 else f"{DOCUMENTS[n % 2][:2]}{9000 + n}": DOCUMENTS[n % 2] for n in range(count)}


def book(of: dict[str, str]) -> PackBook:
    """The packs of these counties: copies under their codes."""
    return PackBook(
        msgspec.structs.replace(pack, id=f"{pack.id}-{code}", county_code=code)
        for code, document in of.items()
        for pack in load_packs()
        if pack.county_code == document
    )


def make(code: str, document: str, households: int, records: int) -> County:
    """The same for the same arguments, always."""
    register = list(simulate_register(code, households, SEED, TODAY))
    before = [*register, _clock(code)]
    raws = list(simulate_records(code, register, SEED, FIRST, TODAY, records, set(OWN_DATE)))
    wanted = expected([*before, *raws], {code: TODAY.isoformat()}, {code: document})
    return County(list(_outgoing(before)), list(_outgoing(raws)), set(wanted))


def interleave(counties: Sequence[list[Outgoing]]) -> Iterator[list[Outgoing]]:
    """The counties' records in turns, each county's in its order."""
    longest = max(len(one) for one in counties)
    for start in range(0, longest, TURN):
        yield [record for one in counties for record in one[start : start + TURN]]


def _clock(county: str) -> Raw:
    common = {"record_id": "c-1", "revision": 1, "status": "active", "county_code": county}
    return {"feed": "clock", **common, "date": TODAY.isoformat(), "reported_at": f"{TODAY}T08:00:00+08:00"}


def _outgoing(raws: list[Raw]) -> Iterator[Outgoing]:
    now = datetime.now(UTC)
    for raw in raws:
        feed = FEEDS[raw["feed"]]
        record = parse_record(feed, {key: value for key, value in raw.items() if key != "feed"}, now=now)
        yield Outgoing(f"feed.{feed.slug}", record.county_code.encode(), encode_record(record))
