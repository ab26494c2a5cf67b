"""Fixtures that every test may ask for: servers, databases, names that nobody else uses."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.embedded.kafka import EmbeddedKafka
from tests.servers import Addresses, name_of, new_database, shared_servers

SERVER_FIXTURES = {"servers", "kafka_bootstrap", "database_url", "fresh_database", "migrated_template", "own_kafka"}
OWN_SERVERS = {"own_kafka"}
E2E = Path(__file__).parent / "e2e"  # their hub has servers of its own, or in the containers' lane the run's


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what needs servers, so that `-m "not servers"` is the quick run, and what needs embedded ones of its own."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        whole_hub = item.path.is_relative_to(E2E)
        if asked & SERVER_FIXTURES or whole_hub:
            item.add_marker("servers")
        if asked & OWN_SERVERS or whole_hub:
            item.add_marker("embedded")


@pytest.fixture(scope="session")
def servers() -> Iterator[Addresses]:
    """Kafka and PostgreSQL, shared by the whole run."""
    with shared_servers() as addresses:
        yield addresses


@pytest.fixture(scope="session")
def kafka_bootstrap(servers: Addresses) -> str:
    """The shared broker. Topics on it must begin with `topic_prefix`; the hub's own names need `own_kafka`."""
    return servers.kafka_bootstrap


@pytest.fixture
def database_url(servers: Addresses) -> Iterator[str]:
    """An empty database for this test alone."""
    with new_database(servers.database_url) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_template(servers: Addresses) -> Iterator[str]:
    """The name of a database with the hub's newest tables, to copy from (`tests.servers.new_database`)."""
    from fangpin.database import migrate

    with new_database(servers.database_url) as url:
        migrate(url)
        yield name_of(url)


@pytest.fixture
def fresh_database(servers: Addresses, migrated_template: str) -> Iterator[str]:
    """A database for this test alone, with the hub's tables and no rows."""
    with new_database(servers.database_url, template=migrated_template) as url:
        yield url


@pytest.fixture(scope="module")
def own_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    """A broker for this module alone: for tests with the hub's own topic names, and for those that kill it."""
    directory: Path = tmp_path_factory.mktemp("kafka")
    with EmbeddedKafka(directory) as broker:
        yield broker


@pytest.fixture
def topic_prefix() -> str:
    """For names of topics that no other test uses."""
    return f"t{uuid.uuid4().hex[:12]}."


@pytest.fixture
def group() -> str:
    """The name of a consumer group that no other test uses."""
    return f"g{uuid.uuid4().hex[:12]}"
