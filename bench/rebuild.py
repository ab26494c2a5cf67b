"""`python -m bench.rebuild [--events N | --minutes M]`: fold the household topic again, beside a raw COPY of its bytes.

As many events as are likely to fit the minutes, at most ten million: a first rebuild of a small topic says how many.
"""

import argparse
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice
from uuid import UUID

from bench.machine import describe
from bench.servers import hub_servers
from fangpin import avro, database
from fangpin.domain.ids import event_id, household_id
from fangpin.kafka import Outgoing, Producer
from fangpin.settings import Settings
from projections import PROJECTIONS
from services.projector.rebuild import rebuild

HOUSEHOLDS = 5000
CHUNK = 5000
FIRST = 100_000
MOST = 10_000_000
MARGIN = 0.8  # of the minutes: a larger topic is slower to fold than the first
READ_MODELS = ("household_history", "feed_activity")
RECORDED_AT = datetime(2021, 11, 1, tzinfo=UTC)


def main() -> None:
    """Publish the events, rebuild each read model, print the ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int)
    parser.add_argument("--minutes", type=float, default=10.0)
    asked = parser.parse_args()
    print(describe())
    with hub_servers() as settings:
        began = time.perf_counter()
        first = min(FIRST, asked.events or FIRST)
        _publish(settings, 0, first)
        raw = _copy(settings, first)
        _report(settings, first, raw)
        each = (time.perf_counter() - began) / first
        wanted = asked.events or min(MOST, int(asked.minutes * 60 * MARGIN / each))
        if wanted > first:
            _publish(settings, first, wanted)
            _report(settings, wanted, _copy(settings, wanted))


def _report(settings: Settings, count: int, raw: float) -> None:
    print(f"{count:,} events of {HOUSEHOLDS} households; raw COPY {count / raw:,.0f}/s", flush=True)
    for name in READ_MODELS:
        began = time.perf_counter()
        rebuild(settings, PROJECTIONS[name])
        seconds = time.perf_counter() - began
        print(
            f"  {name}: {seconds:,.0f} s, {count / seconds:,.0f}/s, {seconds / raw:.1f} times the raw COPY", flush=True
        )


def _events(first: int, last: int) -> Iterator[tuple[bytes, bytes]]:
    """Key and value of the events with these numbers: the households in turn, each one's sequence without a gap."""
    households = [household_id("530925", str(number)) for number in range(HOUSEHOLDS)]
    for number in range(first, last):
        household, sequence = households[number % HOUSEHOLDS], number // HOUSEHOLDS + 1
        yield str(household).encode(), _event(household, sequence)


def _chunks(first: int, last: int) -> Iterator[list[tuple[bytes, bytes]]]:
    events = _events(first, last)
    while some := list(islice(events, CHUNK)):
        yield some


def _publish(settings: Settings, first: int, last: int) -> None:
    producer = Producer(settings.bootstrap_servers)
    for some in _chunks(first, last):
        producer.publish([Outgoing("household.events", key, value) for key, value in some])
    producer.close()


def _event(household: UUID, sequence: int) -> bytes:
    datum = {
        "event_id": str(event_id(household, sequence)),
        "type": "SignalRecorded",
        "household_id": str(household),
        "county_code": "530925",
        "sequence": sequence,
        "valid_on": date(2021, 10, 1),
        "recorded_at": RECORDED_AT,
        "feed": "medical-expense",
        "source": "medical-insurance",
        "record_id": f"m-{sequence}",
        "revision": 1,
        "person_key": "00" * 32,
        "notes": [],
        "baseline": False,
        "seal_subject": bytes(32),
        "sealed": bytes(300),
    }
    return avro.encode("event.SignalRecorded", datum)


def _copy(settings: Settings, count: int) -> float:
    """Seconds that PostgreSQL and psycopg need for the same bytes in one column; making them is not counted."""
    seconds = 0.0
    with database.connect(settings.database_url) as conn:
        conn.execute("CREATE TABLE raw (payload bytea)")
        for some in _chunks(0, count):
            began = time.perf_counter()
            with conn.cursor().copy("COPY raw FROM STDIN (FORMAT binary)") as copy:
                copy.set_types(["bytea"])
                for _, payload in some:
                    copy.write_row((payload,))
            conn.commit()
            seconds += time.perf_counter() - began
        conn.execute("DROP TABLE raw")
    return seconds


if __name__ == "__main__":
    main()
