"""Workers, projector and broker are killed at random moments; nothing is lost, nothing is warned twice (INV-01, 05, 09).

A short run belongs to `make test`; `make chaos` is the long one (FANGPIN_CHAOS_KILLS, FANGPIN_CHAOS_RECORDS).
"""

import gc
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.embedded.kafka import EmbeddedKafka
from fangpin import database
from fangpin.domain.feeds import FEEDS
from fangpin.domain.records import parse_record
from fangpin.errors import HubError, TransientError
from fangpin.kafka import Admin, Outgoing, Producer
from fangpin.settings import Settings
from fangpin.topics import topic_specs
from fangpin.vault import load_or_create_secret
from fangpin.wire import encode_record
from projections import PROJECTIONS
from services.projector.rebuild import verify
from services.simulator import simulate_records, simulate_register
from tests.oracle import OWN_DATE, expected

KILLS = int(os.environ.get("FANGPIN_CHAOS_KILLS", "8"))
RECORDS = int(os.environ.get("FANGPIN_CHAOS_RECORDS", "3000"))
SEED = int(os.environ.get("FANGPIN_CHAOS_SEED", "11"))
COUNTIES = ("530925", "410922")
TODAY = date(2021, 12, 20)
WORKERS = ("consumers.correlator", "consumers.correlator", "services.projector")
DRAIN_S = 120.0

# kafka-python leaves sockets open whose connection was refused while the broker was down.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


class Hub:
    """The processes under test, and the one who kills them."""

    def __init__(self, environment: dict[str, str], logs: Path) -> None:
        self._environment = environment
        self._logs = logs
        self._running: list[tuple[str, subprocess.Popen[bytes]]] = []

    def start(self, module: str) -> None:
        with (self._logs / f"{module}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module], env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        self._running.append((module, process))

    def kill_one(self, chance: random.Random) -> None:
        """SIGKILL a process in the middle of what it does, and start another in its place."""
        module, process = self._running.pop(chance.randrange(len(self._running)))
        process.kill()
        process.wait()
        self.start(module)

    def stop(self) -> None:
        for _, process in self._running:
            process.send_signal(signal.SIGTERM)
        for _, process in self._running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def hub(own_kafka: EmbeddedKafka, fresh_database: str, tmp_path: Path) -> Iterator[tuple[Hub, Settings]]:
    environment = {
        **os.environ,
        "KAFKA_BOOTSTRAP_SERVERS": own_kafka.bootstrap,
        "DATABASE_URL": fresh_database,
        "FANGPIN_DATA_DIR": str(tmp_path),
        "FANGPIN_BATCH_RECORDS": "400",  # many small batches: many moments to be killed in
    }
    environment.pop("PROMETHEUS_MULTIPROC_DIR", None)
    load_or_create_secret(tmp_path / "secrets" / "master.key")
    admin = Admin(own_kafka.bootstrap)
    admin.create_topics(topic_specs(8))
    admin.close()
    found = Hub(environment, tmp_path)
    for module in WORKERS:
        found.start(module)
    try:
        settings = Settings(KAFKA_BOOTSTRAP_SERVERS=own_kafka.bootstrap, DATABASE_URL=fresh_database, data_dir=tmp_path)
        yield found, settings
    finally:
        found.stop()


def load(chance: random.Random) -> list[dict[str, Any]]:
    """Clock, registers and records of two counties, shuffled, some of them twice."""
    raws: list[dict[str, Any]] = []
    for county in COUNTIES:
        register = list(simulate_register(county, 150, SEED, TODAY))
        start = date(2021, 10, 1)
        raws += [
            *register,
            *simulate_records(county, register, SEED, start, TODAY, RECORDS // len(COUNTIES), set(OWN_DATE)),
        ]
        clock = {"record_id": "c-1", "revision": 1, "status": "active", "county_code": county}
        raws.append({**clock, "feed": "clock", "date": TODAY.isoformat(), "reported_at": "2021-12-20T08:00:00+08:00"})
    raws += chance.choices(raws, k=len(raws) // 10)
    chance.shuffle(raws)
    return _one_content_a_revision(raws)


def _one_content_a_revision(raws: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The simulator may correct one revision twice; which came first is arrival, not content: keep one."""
    first: dict[tuple[str, str, str, int], dict[str, Any]] = {}
    kept = []
    for raw in raws:
        key = (raw["feed"], raw["county_code"], raw["record_id"], raw["revision"])
        content = {name: value for name, value in raw.items() if name != "reported_at"}
        held = first.setdefault(key, raw)
        if {name: value for name, value in held.items() if name != "reported_at"} == content:
            kept.append(raw)
    return kept


def outgoing(raw: dict[str, Any], now: datetime) -> Outgoing:
    feed = FEEDS[raw["feed"]]
    record = parse_record(feed, {name: value for name, value in raw.items() if name != "feed"}, now=now)
    return Outgoing(f"feed.{feed.slug}", record.county_code.encode(), encode_record(record))


def publish(producer: Producer, chunk: list[Outgoing]) -> None:
    """Until the broker has acknowledged it: a record sent twice is a duplicate, which must have no effect."""
    deadline = time.monotonic() + DRAIN_S
    while True:
        try:
            producer.publish(chunk)
            return
        except TransientError:
            assert time.monotonic() < deadline, "the broker did not come back"


def drained(url: str, bootstrap: str) -> bool:
    from services.cli.status import _read

    try:
        found = _read({"database": url, "kafka": bootstrap})
    except (HubError, psycopg.Error):  # the broker or a read model is not there yet
        return False
    consumers = {one["consumer"] for one in found["consumers"]}
    complete = "correlator" in consumers and sum(name.startswith("projection") for name in consumers) == len(
        PROJECTIONS
    )
    return complete and found["unpublished"] == 0 and all(one["lag"] == 0 for one in found["consumers"])


def test_chaos(hub: tuple[Hub, Settings], own_kafka: EmbeddedKafka) -> None:
    processes, settings = hub
    chance = random.Random(SEED)
    raws = load(chance)
    now = datetime.now(UTC)
    records = [outgoing(raw, now) for raw in raws]
    producer = Producer(settings.bootstrap_servers)
    size = max(1, len(records) // (KILLS + 1))
    for number, start in enumerate(range(0, len(records), size)):
        publish(producer, records[start : start + size])
        if number < KILLS:
            time.sleep(chance.uniform(0, 0.6))  # a random moment of the workers' work, not a wait for it
            if number % 6 == 4:
                own_kafka.kill()
                own_kafka.start()
            else:
                processes.kill_one(chance)
    producer.close()
    gc.collect()  # here, where such a socket is no failure
    deadline = time.monotonic() + DRAIN_S
    while not drained(settings.database_url, settings.bootstrap_servers):
        assert time.monotonic() < deadline, "not drained in time"
        time.sleep(0.2)
    check(settings, raws, len(records))


def check(settings: Settings, raws: list[dict[str, Any]], sent: int) -> None:
    """Against the oracle, and every read model against a fold from the start."""
    with database.connect(settings.database_url) as conn:
        rows = conn.execute(
            "SELECT w.county_code, h.household_no, w.risk, s.state->'entries', s.state->'episodes' FROM warning w "
            "JOIN household h USING (household_id) JOIN risk_state s USING (household_id, risk)"
        ).fetchall()
        quarantined = conn.execute("SELECT count(*) FROM quarantine").fetchone()
        stored = conn.execute("SELECT count(DISTINCT (feed, county_code, record_id, revision)) FROM signal").fetchone()
        gaps = conn.execute(
            "SELECT count(*) FROM (SELECT household_id, max(sequence) AS last, count(*) AS events FROM household_history "
            "GROUP BY 1) AS h WHERE last <> events"
        ).fetchone()
        shown = conn.execute(
            "SELECT county_code, household_no, risk, evidence FROM inbox_warning WHERE status = 'open'"
        ).fetchall()
    assert quarantined == (0,)
    assert gaps == (0,)
    different = {(raw["feed"], raw["county_code"], raw["record_id"], raw["revision"]) for raw in raws}
    assert stored == (len(different),)
    wanted = expected(raws, dict.fromkeys(COUNTIES, TODAY.isoformat()))
    inbox = {(row[0], row[1], row[2]): sorted(one["record_id"] for one in row[3]) for row in shown}
    assert len(inbox) == len(shown), "a household × risk has two open warnings"
    assert inbox == wanted
    assert all(len(row[4]) == 1 for row in rows), "an episode that no finding ended was followed by another"
    for projection in PROJECTIONS.values():
        assert not any(verify(settings, projection).values()), projection.name
    print(f"seed {SEED}: {sent} records, {KILLS} kills, {len(wanted)} warnings, each as the oracle says")
