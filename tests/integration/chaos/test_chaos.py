"""Every part is killed at random moments; nothing is lost, nothing is warned or told twice (INV-01, 02, 05, 06, 09, 10).

A short run belongs to `make test`; `make chaos` is the long one. FANGPIN_CHAOS_KILLS, FANGPIN_CHAOS_RECORDS and
FANGPIN_CHAOS_SEED change it; the seed decides what is sent and who is killed, the machine when.
"""

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from random import Random

import pytest

from deploy.embedded.kafka import EmbeddedKafka
from fangpin import database
from fangpin.errors import HubError
from fangpin.kafka import Kafka
from fangpin.lags import lags
from projections import PROJECTIONS
from tests import oracle
from tests.integration.chaos import checks
from tests.integration.chaos.conftest import Ground
from tests.integration.chaos.load import Raw, make
from tests.integration.chaos.nemesis import SHARES, Nemesis, schedule
from tests.integration.chaos.parts import Parts, running, wait_ready
from tests.integration.chaos.streams import read_streams
from tests.integration.chaos.traffic import Traffic

KILLS = int(os.environ.get("FANGPIN_CHAOS_KILLS", "8"))
RECORDS = int(os.environ.get("FANGPIN_CHAOS_RECORDS", "2000"))
SEED = int(os.environ.get("FANGPIN_CHAOS_SEED", "11"))
DRAIN_S = 120.0
AHEAD = 40  # batches that may wait for their acknowledgement when the next kill comes
RESULTS = ("confirmed", "not-confirmed", "already-helped")

# A client's socket whose connection was refused while the broker was down is left to the collector.
pytestmark = [
    pytest.mark.chaos,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def test_chaos(ground: Ground, own_kafka: EmbeddedKafka) -> None:
    random = Random(SEED)
    load = make(SEED, RECORDS)
    with running(ground.environment, ground.directory) as parts:
        wait_ready(ground.url)
        traffic = Traffic(ground.url, own_kafka.bootstrap, ground.accounts, ground.journal, random)
        nemesis = Nemesis(parts, own_kafka, ground.settings.database_url, ground.journal, random)
        victims = iter(schedule(random, KILLS))
        for number, value in enumerate(load.poison):
            traffic.poison("feed.disability", ("530925", "410922")[number % 2], [value])
        storm(traffic, nemesis, load.before, victims, KILLS // 2, random)
        drain(ground, parts)
        found, seen = findings(ground, traffic, random, lambda: nemesis.kill(next(victims)))
        drain(ground, parts)
        storm(traffic, nemesis, load.after, victims, KILLS, random)
        drain(ground, parts)
        nemesis.close()
        traffic.close()
        wait_ready(ground.url)
        with database.connect(ground.settings.database_url) as conn:
            streams = read_streams(own_kafka.bootstrap)
            acknowledged = ground.journal.read()
            trials = checks.nothing_lost(conn, acknowledged)
            checks.quarantine_is_whole(conn, ground.settings, load, acknowledged)
            outcomes = checks.receipts_are_final(ground.url, acknowledged, load.usable())
            warnings = checks.one_raising_an_episode(conn, streams)
            shown = checks.inbox_is_the_oracles(conn, load.usable(), found, seen)
            told = checks.told_once(conn, streams)
        checks.read_models_are_folds(ground.settings)
    kills = nemesis.counts()
    assert sum(kills.values()) == KILLS
    assert set(kills) == set(SHARES), "a part was never killed"
    worst = {part: f"{seconds:.1f} s" for part, seconds in nemesis.worst().items()}
    print(
        f"\nseed {SEED}; {trials} records acknowledged, of them {len(load.before) + len(load.after)} of the load; "
        f"{len(streams.households)} households, {warnings} warnings, {shown} stand, {len(found)} findings, {told} notices"
        f"\nclients: {dict(ground.journal.counts)}\noutcomes on receipts: {dict(outcomes)}"
        f"\n{KILLS} kills: {dict(kills)}; events published again: {streams.again}"
        f"\nworst recovery (until what lay there at the kill was done, or the next acknowledgement): {worst}"
        f"\nanomalies: 0; with 95 % certainty fewer than {3 / trials:.1e} a record and {3 / KILLS:.1e} a kill"
    )


def storm(
    traffic: Traffic, nemesis: Nemesis, records: list[Raw], victims: Iterator[str], until: int, random: Random
) -> None:
    """Send in as many portions as kills are left to do, each with a kill at some moment after it was offered."""
    left = max(1, until - len(nemesis.kills))
    size = -(-len(records) // left)
    for start in range(0, len(records), size):
        traffic.offer(records[start : start + size])
        time.sleep(random.uniform(0.1, 1.5))  # a random moment of their work, not a wait for it
        if len(nemesis.kills) < until:
            nemesis.kill(next(victims))
        traffic.wait(AHEAD)
    traffic.wait()


def findings(
    ground: Ground, traffic: Traffic, random: Random, kill: Callable[[], None]
) -> tuple[dict[oracle.Key, str], dict[oracle.Key, set[str]]]:
    """Village officers judge some of the warnings that stand; the results, and what those warnings had ever rested on."""
    officers = [one for one in ground.accounts.credentials["officers"] if one["role"] == "village"]
    streams = read_streams(ground.settings.bootstrap_servers)
    rested: dict[str, set[str]] = defaultdict(set)
    for event in streams.warnings():
        rested[event["warning_id"]] |= {one["record_id"] for one in event.get("evidence", ())}  # none: it went up
    found: dict[oracle.Key, str] = {}
    seen: dict[oracle.Key, set[str]] = {}
    with database.connect(ground.settings.database_url) as conn:
        for officer in officers:
            rows = conn.execute(
                "SELECT county_code, household_no, risk, warning_id::text FROM inbox_warning WHERE status = 'open' AND "
                "village_code = %s ORDER BY household_no, risk",
                (officer["area"],),
            ).fetchall()
            raws = []
            for county, household_no, risk, warning in random.sample(rows, (len(rows) + 1) // 2):
                key = (county, household_no, risk)
                found[key], seen[key] = random.choice(RESULTS), rested[warning]
                raws.append(finding(county, warning, found[key]))
            session = ground.accounts.session(ground.url, officer)
            for start in range(0, len(raws), 5):
                traffic.upload("finding", raws[start : start + 5], session)
    kill()
    traffic.wait()
    return found, seen


def finding(county: str, warning: str, result: str) -> Raw:
    common = {"record_id": f"f-{warning}", "revision": 1, "status": "active", "county_code": county}
    said = {"warning_id": warning, "result": result, "visited_on": "2021-11-19"}
    return {"feed": "finding", **common, **said, "reported_at": "2021-11-20T08:00:00+08:00", "subject": {}}


def drain(ground: Ground, parts: Parts) -> None:
    """Until every consumer has read everything and every outgoing row is published."""
    deadline = time.monotonic() + DRAIN_S
    while not _drained(ground.settings.database_url, ground.settings.bootstrap_servers):
        assert time.monotonic() < deadline, "not drained in time"
        assert not parts.dead(), parts.dead()
        time.sleep(0.2)


def _drained(url: str, bootstrap: str) -> bool:
    try:
        with database.connect(url) as conn:
            found = lags(conn, Kafka(bootstrap))
            unpublished = conn.execute(
                "SELECT 1 FROM county LEFT JOIN publication USING (county_code) "
                "WHERE county.position > coalesce(publication.position, 0)"
            ).fetchone()
    except HubError:  # the broker is not there yet
        return False
    consumers = {one.consumer for one in found}
    complete = {"correlator", "notifier"} <= consumers and sum("projection" in one for one in consumers) == len(
        PROJECTIONS
    )
    return complete and unpublished is None and all(one.lag == 0 for one in found)
