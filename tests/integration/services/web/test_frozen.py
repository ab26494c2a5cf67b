"""PostgreSQL is frozen, not gone: it takes what it is sent and never answers. The web process says 503 within seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from litestar.testing import TestClient

from deploy.embedded.postgres import EmbeddedPostgres
from fangpin import database
from fangpin.fake_broker import FakeBroker
from fangpin.settings import Settings
from projections import PROJECTIONS, versions
from services.access.seed import seed_accounts
from services.web.app import create_app
from services.web.pool import web_pool
from tests.freezing import frozen
from tests.integration.services.conftest import COUNTIES, Hub, RememberingProducer
from tests.records import bill, without_feed

ANSWERED_S = 40.0  # a guard against a hang on a busy machine: the limits themselves add up to less than ten

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A server of this test alone, which it may stop."""
    with EmbeddedPostgres(tmp_path / "postgres", shared_buffers="64MB", durable=False) as server:
        database.migrate(server.url)
        yield server


def test_A19_a_frozen_database_is_a_503_within_seconds_and_over_when_it_wakes(
    own_postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    with database.connect(own_postgres.url) as conn:
        credentials = seed_accounts(conn, COUNTIES, tmp_path, url="u", kafka="k", database=own_postgres.url)
        for projection in PROJECTIONS.values():
            versions.ensure(conn, projection)
    producer, broker = RememberingProducer(), FakeBroker()
    settings = Settings(data_dir=tmp_path, DATABASE_URL=own_postgres.url, KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:9")
    with TestClient(create_app(settings, producer=producer, broker=broker), raise_server_exceptions=False) as client:
        hub = Hub(client, credentials, producer, broker, own_postgres.url)
        officer, department = hub.officer("village-530925-1"), hub.token("medical-insurance")
        body = {"records": [without_feed(bill())]}
        calls = {
            "a page": lambda: client.get("/inbox", headers={**officer, "Accept": "text/html"}),
            "a query": lambda: client.get("/api/v1/warnings", headers=officer),
            "an upload": lambda: client.post("/api/v1/feeds/medical-expense/records", json=body, headers=department),
            "a login": lambda: client.post("/api/v1/session", json={"username": "village-530925-1", "password": "x"}),
            "the health": lambda: client.get("/health"),
        }
        assert calls["an upload"]().status_code == 202
        published = len(producer.records)
        with frozen(own_postgres.pid):
            for what, call in calls.items():
                began = time.monotonic()
                answer = call()
                print(f"{what}: {time.monotonic() - began:.1f} s")
                assert (answer.status_code, time.monotonic() - began < ANSWERED_S) == (503, True), what
                if what != "the health":
                    assert int(answer.headers["Retry-After"]) > 0, what
        assert len(producer.records) == published, "nothing goes to the broker that has no receipt"
        deadline = time.monotonic() + ANSWERED_S
        while calls["an upload"]().status_code != 202:
            assert time.monotonic() < deadline, "it does not come back"
        assert calls["a query"]().status_code == 200


def test_a_statement_that_is_under_way_when_it_freezes_ends(own_postgres: EmbeddedPostgres) -> None:
    with web_pool(own_postgres.url) as pool, pool.connection() as conn:
        conn.within_s = 0.5
        conn.execute("SELECT 1")
        with frozen(own_postgres.pid), pytest.raises(psycopg.OperationalError):
            conn.execute("SELECT 1")
        assert conn.closed
