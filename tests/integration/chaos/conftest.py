"""A hub of processes on a broker of its own, with accounts, for tests that hurt it."""

import gc
import logging
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.embedded.kafka import EmbeddedKafka
from fangpin import database
from fangpin.areas import villages
from fangpin.kafka import Admin
from fangpin.settings import Settings
from fangpin.topics import topic_specs
from fangpin.vault import load_or_create_secret
from services.access.seed import seed_accounts
from tests.integration.chaos.clients import Accounts
from tests.integration.chaos.journal import Journal
from tests.integration.chaos.load import COUNTIES


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a hub can be started: servers, accounts, the environment of its parts."""

    settings: Settings
    environment: dict[str, str]
    accounts: Accounts
    journal: Journal
    directory: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"


def prepare(bootstrap: str, database_url: str, directory: Path) -> Ground:
    """Topics, accounts, secret, a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "DATABASE_URL": database_url,
        "FANGPIN_DATA_DIR": str(directory),
        "FANGPIN_PORT": str(port),
        "FANGPIN_BATCH_RECORDS": "400",  # many small batches: many moments to be killed in
    }
    environment.pop("PROMETHEUS_MULTIPROC_DIR", None)
    load_or_create_secret(directory / "secrets" / "master.key")
    admin = Admin(bootstrap)
    admin.create_topics(topic_specs(8))
    admin.close()
    codes = {county: [code for code, village in villages(county).items() if village.rural] for county in COUNTIES}
    with database.connect(database_url) as conn:
        credentials = seed_accounts(
            conn, codes, directory, url=f"http://127.0.0.1:{port}", kafka=bootstrap, database=database_url
        )
    settings = Settings(KAFKA_BOOTSTRAP_SERVERS=bootstrap, DATABASE_URL=database_url, data_dir=directory, port=port)
    return Ground(settings, environment, Accounts(credentials), Journal(directory / "history.ndjson"), directory)


@pytest.fixture(autouse=True)
def refused_sockets(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A client's socket that a dead broker refused is the collector's: here, where it is no failure of another test."""
    caplog.set_level(logging.CRITICAL, "kafka")  # a record of the failure would hold its frames, and so its socket
    yield
    gc.collect()


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[EmbeddedKafka]:
    """A broker for each test: what one left on the topics would be another's beginning."""
    with EmbeddedKafka(tmp_path / "kafka") as broker:
        yield broker


@pytest.fixture
def ground(own_kafka: EmbeddedKafka, fresh_database: str, tmp_path: Path) -> Iterator[Ground]:
    """With a broker of its own, and a database on the run's server."""
    found = prepare(own_kafka.bootstrap, fresh_database, tmp_path)
    yield found
    found.journal.close()
