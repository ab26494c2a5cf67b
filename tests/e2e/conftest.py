"""A whole hub, started as a newcomer starts it, empty, on the civil date of the examples."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.servers import new_database

READY_S = 180.0
SOON_S = 90.0  # a guard: it takes a second where nothing else runs


class Hub:
    """A running hub with its accounts."""

    def __init__(self, data: Path, process: subprocess.Popen[str]) -> None:
        self.data = data
        self.process = process
        self.credentials: dict[str, Any] = json.loads((data / "credentials.json").read_text())
        self.client = httpx.Client(base_url=self.credentials["url"], timeout=30, trust_env=False)

    def token(self, county: str, department: str) -> dict[str, str]:
        tokens = self.credentials["tokens"]
        found = next(one for one in tokens if (one.get("county"), one.get("department")) == (county, department))
        return {"Authorization": f"Bearer {found['token']}"}

    def officer(self, role: str, area: str) -> dict[str, str]:
        officers = self.credentials["officers"]
        found: dict[str, str] = next(one for one in officers if one["role"] == role and one["area"].startswith(area))
        return found

    def session(self, role: str, area: str) -> dict[str, str]:
        officer = self.officer(role, area)
        body = {"username": officer["username"], "password": officer["password"]}
        answer = self.client.post("/api/v1/session", json=body)
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    def send(self, department: str, *raws: dict[str, Any]) -> dict[str, Any]:
        feed, county = raws[0]["feed"], raws[0]["county_code"]
        records = [{key: value for key, value in raw.items() if key != "feed"} for raw in raws]
        path = f"/api/v1/feeds/{feed}/records"
        answer = self.client.post(path, json={"records": records}, headers=self.token(county, department))
        assert answer.status_code == 202, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def warnings(self, household_no: str, county: str = "530925") -> list[dict[str, Any]]:
        query = {"household_no": household_no}
        answer = self.client.get("/api/v1/warnings", params=query, headers=self.session("county", county))
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    @staticmethod
    def soon(found: Callable[[], Any]) -> Any:
        """What comes true within a bounded time."""
        deadline = time.monotonic() + SOON_S
        while not (value := found()):
            assert time.monotonic() < deadline, "did not come true in time"
            time.sleep(0.05)
        return value


@pytest.fixture(scope="session")
def given_servers(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """What tells `up` of servers: nothing, so that it starts embedded ones; in the containers' lane, the run's."""
    if os.environ.get("FANGPIN_TEST_SERVERS", "embedded") == "embedded":
        yield {}
        return
    servers = request.getfixturevalue("servers")
    with new_database(servers.database_url) as url:
        yield {"KAFKA_BOOTSTRAP_SERVERS": servers.kafka_bootstrap, "DATABASE_URL": url}


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory, given_servers: dict[str, str]) -> Iterator[Hub]:
    data = tmp_path_factory.mktemp("hub")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = [sys.executable, "-c", "from services.cli.main import app; app()"]
    log = (data / "up.log").open("w+")
    process = subprocess.Popen(
        [*program, "up", "--data", str(data), "--port", str(port), "--empty", "--today", "2021-11-01"],
        stdout=log,
        stderr=subprocess.STDOUT,
        text=True,
        env={key: value for key, value in os.environ.items() if key not in ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL")}
        | given_servers,
    )
    try:
        deadline = time.monotonic() + READY_S
        while "\nready" not in (data / "up.log").read_text():
            assert process.poll() is None, (data / "up.log").read_text()
            assert time.monotonic() < deadline, (data / "up.log").read_text()
            time.sleep(0.1)
        found = Hub(data, process)
        yield found
        found.client.close()
    finally:
        process.terminate()
        process.wait(60)
        log.close()
