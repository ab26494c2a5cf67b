"""`python -m bench.rebuild [--events N]`: fold the household topic again, beside a raw COPY of the same bytes."""

import argparse
import time
from datetime import UTC, date, datetime
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


def main() -> None:
    """Publish the events, rebuild each read model, print the ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=100_000)
    asked = parser.parse_args()
    print(describe())
    with hub_servers() as settings:
        payloads = _publish(settings, asked.events)
        raw = _copy(settings, payloads)
        print(f"{asked.events} events of {HOUSEHOLDS} households; raw COPY {asked.events / raw:,.0f}/s")
        for projection in (PROJECTIONS["household_history"], PROJECTIONS["feed_activity"]):
            began = time.perf_counter()
            rebuild(settings, projection)
            seconds = time.perf_counter() - began
            print(f"{projection.name}: {asked.events / seconds:,.0f}/s, {seconds / raw:.1f} times the raw COPY")


def _publish(settings: Settings, count: int) -> list[bytes]:
    households = [household_id("530925", str(number)) for number in range(HOUSEHOLDS)]
    now = datetime.now(UTC)
    outgoing = []
    for number in range(count):
        household, sequence = households[number % HOUSEHOLDS], number // HOUSEHOLDS + 1
        outgoing.append(Outgoing("household.events", str(household).encode(), _event(household, sequence, now)))
    producer = Producer(settings.bootstrap_servers)
    for start in range(0, count, CHUNK):
        producer.publish(outgoing[start : start + CHUNK])
    producer.close()
    return [one.value for one in outgoing]


def _event(household: UUID, sequence: int, now: datetime) -> bytes:
    datum = {
        "event_id": str(event_id(household, sequence)),
        "type": "SignalRecorded",
        "household_id": str(household),
        "county_code": "530925",
        "sequence": sequence,
        "valid_on": date(2021, 10, 1),
        "recorded_at": now,
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


def _copy(settings: Settings, payloads: list[bytes]) -> float:
    with database.connect(settings.database_url) as conn:
        conn.execute("CREATE TABLE raw (payload bytea)")
        began = time.perf_counter()
        with conn.cursor().copy("COPY raw FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(["bytea"])
            for payload in payloads:
                copy.write_row((payload,))
        conn.commit()
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
