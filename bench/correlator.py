"""`python -m bench.correlator [--records N] [--counties N] [--households N]`: one worker over what is already on the topics.

events/s from the first poll to the last committed transaction with its outbox published, compared with the expected
warnings; beside it, in the same run, the floor: kafka-python poll + fastavro decode + binary COPY of the same rows; and
what of a record's way nobody can leave out (`bench.correlator_least`, docs/decisions/0038).
"""

import argparse

from bench.machine import describe
from bench.measured import Measured, run
from bench.servers import hub_servers
from bench.workload import documents, interleave, make
from fangpin import database
from fangpin.broker import Outgoing
from fangpin.kafka import Producer
from fangpin.settings import Settings

CHUNK = 5000
MOST_MIB = 512  # of a worker at 100,000 households


def main() -> None:
    """Publish, run, compare, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=500_000)
    parser.add_argument("--counties", type=int, default=40)
    parser.add_argument("--households", type=int, default=100_000)
    asked = parser.parse_args()
    print(describe(), flush=True)
    of = documents(asked.counties)
    share = asked.households // asked.counties, asked.records // asked.counties
    counties = [make(code, document, *share) for code, document in of.items()]
    count = sum(len(one.records) for one in counties)
    with hub_servers() as settings:
        producer = Producer(settings.bootstrap_servers)
        _publish(producer, [one.preparation for one in counties])
        loaded = run("bench.correlator_worker", settings, str(asked.counties))
        with database.connect(settings.database_url, autocommit=True) as conn:
            conn.execute("ANALYZE")
        _publish(producer, [one.records for one in counties])
        producer.close()
        floor = run("bench.correlator_floor", settings, str(count))
        worker = run("bench.correlator_worker", settings, str(asked.counties))
        least = run("bench.correlator_least", settings, str(count))
        _compare(settings, {key for one in counties for key in one.warnings})
    print(
        f"{count} records, {share[0] * asked.counties} households, {asked.counties} counties, 8 partitions, "
        f"one worker of {settings.correlator_lanes} lanes; the floor is one process"
    )
    print(f"register {share[0] * asked.counties / loaded.wall_s:,.0f} households/s")
    _print("floor", floor, count)
    _print("correlator", worker, count)
    _print("what nobody can leave out", least, count)
    print(
        f"ratio {floor.wall_s / worker.wall_s:.3f} by the clock, {floor.cpu_s / worker.cpu_s:.3f} by CPU of its processes; "
        f"of what nobody can leave out {least.wall_s / worker.wall_s:.3f}, which is itself {floor.wall_s / least.wall_s:.3f} of the floor"
    )
    print(f"memory of the worker at the most {worker.peak_mib:,.0f} MiB of {MOST_MIB}")


def _print(name: str, taken: Measured, count: int) -> None:
    rate, each = count / taken.wall_s, taken.cpu_s / count * 1e6
    print(f"{name} {rate:,.0f}/s · {taken.wall_s:.1f} s, of CPU {taken.cpu_s:.1f} s, {each:.0f} µs a record")


def _publish(producer: Producer, counties: list[list[Outgoing]]) -> None:
    waiting: list[Outgoing] = []
    for turn in interleave(counties):
        waiting += turn
        while len(waiting) >= CHUNK:
            producer.publish(waiting[:CHUNK])
            del waiting[:CHUNK]
    producer.publish(waiting)


def _compare(settings: Settings, wanted: set[tuple[str, str, str]]) -> None:
    """The warnings must be those of the oracle, but for revisions that were used for two contents."""
    with database.connect(settings.database_url) as conn:
        rows = conn.execute(
            "SELECT s.county_code, h.household_no, s.risk FROM risk_state s JOIN household h USING (household_id) "
            "WHERE (s.state #>> '{episodes,0,raised}')::boolean"
        )
        found = {(row[0], row[1], row[2]) for row in rows}
        reused = conn.execute("SELECT count(*) FROM quarantine WHERE code = 'ID_REUSED'").fetchone()
    print(f"warnings {len(found)}, expected {len(wanted)}, differing {len(found ^ wanted)}, revisions reused {reused}")


if __name__ == "__main__":
    main()
