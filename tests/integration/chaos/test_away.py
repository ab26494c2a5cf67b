"""PostgreSQL or the broker is away: an honest refusal or a wait, never a false 202; then everything catches up, once."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from deploy.embedded.kafka import EmbeddedKafka
from deploy.embedded.postgres import EmbeddedPostgres
from fangpin import database
from tests.freezing import frozen
from tests.integration.chaos.clients import HttpClient
from tests.integration.chaos.conftest import Ground, prepare
from tests.integration.chaos.parts import running, wait_ready
from tests.integration.chaos.streams import read_streams
from tests.integration.chaos.waiting import UNPUBLISHED, count, soon
from tests.records import PERSON, Raw, bill, common, household, without_feed

OUTAGE_S = float(os.environ.get("FANGPIN_CHAOS_OUTAGE_S", "6"))
CATCH_UP_S = 2 * OUTAGE_S + 60  # INV-18, and the start of a slow machine
STEP_S = 0.1  # between two records of a client, answered or not

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A durable server of this test alone, which it may stop."""
    with EmbeddedPostgres(tmp_path / "postgres", shared_buffers="128MB") as server:
        database.migrate(server.url)
        yield server


def _numbered(number: int) -> Raw:
    return bill(f"m-{number}", subject={"id_number": PERSON, "household_no": "H1"})


def _begin(ground: Ground) -> None:
    wait_ready(ground.url)
    client = HttpClient(ground.url, ground.journal)
    clock = common("clock", "c-1", date="2021-11-01", confirmed=True, subject={})
    for raw in (clock, household()):
        client.send(raw["feed"], [raw], ground.accounts.header(raw["feed"], "530925"))
    client.close()


@contextmanager
def _away(server: EmbeddedPostgres, how: str) -> Iterator[None]:
    """Stopped in order, killed, or there and silent."""
    if how == "freeze":
        with frozen(server.pid):
            yield
        return
    getattr(server, how)()
    yield
    server.start()


@pytest.mark.parametrize("how", ["stop", "kill", "freeze"])
def test_postgresql_is_away(own_postgres: EmbeddedPostgres, own_kafka: EmbeddedKafka, tmp_path: Path, how: str) -> None:
    ground = prepare(own_kafka.bootstrap, own_postgres.url, tmp_path)
    url = own_postgres.url
    stop = threading.Event()
    sent: list[Raw] = []
    failed: list[BaseException] = []

    def department() -> None:
        """One record after the other, each sent again until it has a 202."""
        client = HttpClient(ground.url, ground.journal)
        try:
            while not stop.wait(STEP_S):
                raw = {**_numbered(len(sent)), "record_id": f"{how}-{len(sent)}"}
                client.send("medical-expense", [raw], ground.accounts.header("medical-expense", "530925"))
                sent.append(raw)
        except BaseException as error:  # noqa: BLE001 - raised in the test's own thread
            failed.append(error)
        client.close()

    with running(ground.environment, tmp_path) as parts:
        _begin(ground)
        sender = threading.Thread(target=department)
        sender.start()
        soon(lambda: len(sent) > 10)
        with _away(own_postgres, how):
            away_since = time.time()
            time.sleep(OUTAGE_S)  # the outage itself; on a busy machine it takes longer until somebody is told
            soon(lambda: any(line["why"] == "503" for line in ground.journal.read("info")), CATCH_UP_S)
            back_at = time.time()
        during = len(sent)
        soon(lambda: len(sent) > during + 10, CATCH_UP_S)
        stop.set()
        sender.join()
        assert not failed, failed
        wanted = len(sent)
        of_these = "SELECT count(*) FROM signal WHERE record_id LIKE %s"
        soon(lambda: count(url, of_these, f"{how}-%") == wanted, CATCH_UP_S)
        soon(lambda: count(url, UNPUBLISHED) == 0, CATCH_UP_S)
        grown = "SELECT count(*) FROM inbox_warning WHERE jsonb_array_length(evidence) >= %s"
        soon(lambda: count(url, grown, wanted) == 1, CATCH_UP_S)
        assert not parts.dead(), parts.dead()
    acknowledged = [line for line in ground.journal.read() if away_since + 0.5 < line["at"] < back_at - 0.5]
    assert not acknowledged, "a 202 while nobody could write a receipt"
    streams = read_streams(own_kafka.bootstrap)
    assert not streams.faults
    assert sum(event["type"] == "WarningRaised" for event in streams.warnings()) == 1
    with database.connect(url) as conn:
        once = conn.execute("SELECT count(*), count(DISTINCT (record_key, revision)) FROM signal").fetchone()
        notices = conn.execute("SELECT count(*), count(DISTINCT (warning_id, username)) FROM notice").fetchone()
    assert once is not None
    assert notices is not None
    assert once[0] == once[1]
    assert notices[0] == notices[1]


def test_the_broker_is_away(ground: Ground, own_kafka: EmbeddedKafka) -> None:
    header = ground.accounts.header("medical-expense", "530925")
    batch = {"records": [without_feed(_numbered(number)) for number in range(5)]}
    with (
        running(ground.environment, ground.directory) as parts,
        httpx.Client(base_url=ground.url, timeout=120, trust_env=False) as client,
    ):
        _begin(ground)
        url = ground.settings.database_url
        soon(lambda: count(url, "SELECT count(*) FROM signal") == 2)
        own_kafka.kill()
        refused = client.post("/api/v1/feeds/medical-expense/records", json=batch, headers=header)
        assert refused.status_code == 503, refused.text
        assert refused.json()["code"] == "NOT_PUBLISHED"
        assert int(refused.headers["Retry-After"]) > 0
        receipt = f"/api/v1/receipts/{refused.json()['receipt_id']}"
        told = client.get(receipt, headers=header).json()["outcomes"]
        assert [one["outcome"] for one in told] == ["not_published"] * 5
        own_kafka.start()
        again = HttpClient(ground.url, ground.journal)
        second = again.send("medical-expense", [_numbered(number) for number in range(5)], header)
        again.close()

        def outcomes() -> list[str]:
            found = client.get(f"/api/v1/receipts/{second}", headers=header).json()["outcomes"]
            return [one["outcome"] for one in found]

        # One that was on its way when the broker died may have arrived: then it is this one that is the duplicate.
        soon(lambda: set(outcomes()) <= {"matched", "duplicate"})
        first = client.get(receipt, headers=header).json()["outcomes"]
        assert {one["outcome"] for one in first} <= {"matched", "duplicate"}, "they are known now, whoever brought them"
        soon(lambda: count(url, UNPUBLISHED) == 0)
        assert count(url, "SELECT count(*) FROM signal") == 7
        assert not parts.dead(), parts.dead()
    streams = read_streams(own_kafka.bootstrap)
    assert not streams.faults
    assert sum(event["type"] == "WarningRaised" for event in streams.warnings()) == 1
