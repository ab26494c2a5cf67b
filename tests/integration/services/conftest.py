"""The web process over a database of its own, with a producer that only remembers."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from fangpin import database
from fangpin.broker import Outgoing
from fangpin.errors import TransientError
from fangpin.fake_broker import FakeBroker
from fangpin.settings import Settings
from services.access.seed import seed_accounts
from services.web.app import create_app
from tests.integration.services.flow import Flow

COUNTIES = {"530925": ["530925101201", "530925101202"], "410922": ["410922100201", "410922100202"]}


class RememberingProducer:
    """Holds what was published; `away` makes it fail as a broker that is not there."""

    def __init__(self) -> None:
        self.records: list[Outgoing] = []
        self.away = False
        self._lock = threading.Lock()

    def publish(self, records: Iterable[Outgoing]) -> None:
        if self.away:
            raise TransientError("away")
        with self._lock:
            self.records.extend(records)

    def of(self, topic: str) -> list[Outgoing]:
        return [one for one in self.records if one.topic == topic]


class Hub:
    """A client, the accounts, and what went to the broker."""

    def __init__(
        self,
        client: TestClient[Litestar],
        credentials: dict[str, Any],
        producer: RememberingProducer,
        broker: FakeBroker,
        url: str,
    ) -> None:
        self.client = client
        self.credentials = credentials
        self.producer = producer
        self.broker = broker
        self.database = url

    def token(self, department: str, county: str = "530925") -> dict[str, str]:
        """The header of a department's token."""
        for one in self.credentials["tokens"]:
            if one.get("department", one.get("role")) == department and one.get("county", county) == county:
                return {"Authorization": f"Bearer {one['token']}"}
        raise LookupError(department)

    def officer(self, username: str) -> dict[str, str]:
        """The header of an officer's session."""
        password = next(one["password"] for one in self.credentials["officers"] if one["username"] == username)
        answer = self.client.post("/api/v1/session", json={"username": username, "password": password})
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    def send(self, feed: str, records: list[Any], department: str, **query: str) -> Any:
        """The answer to a JSON upload."""
        return self.client.post(
            f"/api/v1/feeds/{feed}/records", json={"records": records}, headers=self.token(department), params=query
        )

    def upload(self, feed: str, content: bytes, department: str, name: str = "f.csv") -> Any:
        """The answer to a file."""
        return self.client.post(
            f"/api/v1/feeds/{feed}/files", files={"file": (name, content)}, headers=self.token(department)
        )


@pytest.fixture
def hub(fresh_database: str, tmp_path: Path) -> Iterator[Hub]:
    """The web process with two counties' accounts and no records."""
    with database.connect(fresh_database) as conn:
        credentials = seed_accounts(conn, COUNTIES, tmp_path, url="u", kafka="k", database=fresh_database)
    producer, broker = RememberingProducer(), FakeBroker()
    settings = Settings(data_dir=tmp_path, DATABASE_URL=fresh_database, KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:9")
    with TestClient(create_app(settings, producer=producer, broker=broker), raise_server_exceptions=False) as client:
        yield Hub(client, credentials, producer, broker, fresh_database)


@pytest.fixture
def flow(hub: Hub, tmp_path: Path) -> Flow:
    """The consumers behind the web process."""
    return Flow(hub, tmp_path)
