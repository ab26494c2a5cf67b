"""A hub of the benchmark's own: started as a newcomer starts it, empty, in a directory that is gone afterwards."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

READY_S = 180.0
RECORDS_A_REQUEST = 500


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub that runs: its `credentials.json`, and the process that started its parts."""

    credentials: Mapping[str, Any]
    pid: int

    @property
    def database(self) -> str:
        """The URL of its PostgreSQL."""
        return str(self.credentials["database"])

    def token(self, county: str, department: str) -> str:
        """The token of a department of that county."""
        tokens = self.credentials["tokens"]
        return next(
            str(one["token"]) for one in tokens if (one.get("county"), one.get("department")) == (county, department)
        )

    def officer(self, role: str, area: str) -> Mapping[str, str]:
        """The first officer of that role whose area begins so."""
        officers = self.credentials["officers"]
        return next(one for one in officers if one["role"] == role and one["area"].startswith(area))

    def connect(self) -> HTTPConnection:
        """A connection that is kept: the client shares the cores with the hub, and must cost little."""
        place = urlsplit(self.credentials["url"])
        return HTTPConnection(str(place.hostname), place.port, timeout=60)


@contextmanager
def running_hub() -> Iterator[Hub]:
    """`fangpin up --empty` on servers of its own; ended and removed afterwards."""
    with TemporaryDirectory() as name, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        directory = Path(name)
        own = {
            key: value for key, value in os.environ.items() if key not in ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL")
        }
        with (directory / "up.log").open("w") as log:
            program = [sys.executable, "-c", "from services.cli.main import app; app()"]
            process = subprocess.Popen(
                [*program, "up", "--data", name, "--port", str(port), "--empty"], stdout=log, stderr=log, env=own
            )
            try:
                _wait_until_ready(process, directory / "up.log")
                yield Hub(json.loads((directory / "credentials.json").read_text()), process.pid)
            finally:
                process.terminate()
                process.wait(60)


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_S
    while "\nready" not in log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"the hub did not start:\n{log.read_text()}")
        time.sleep(0.1)


def ask(http: HTTPConnection, method: str, path: str, token: str | None = None, body: object = None) -> Any:
    """One request over a kept connection; raises `SystemExit` with the answer when it is not a success."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    http.request(method, path, None if body is None else json.dumps(body).encode(), headers)
    answer = http.getresponse()
    text = answer.read()
    if answer.status >= 300:
        raise SystemExit(f"{method} {path}: {answer.status} {text.decode(errors='replace')[:500]}")
    return json.loads(text)


def send(hub: Hub, token: str, raws: Sequence[Mapping[str, Any]]) -> None:
    """Records of one feed, in requests of a few hundred."""
    http = hub.connect()
    for start in range(0, len(raws), RECORDS_A_REQUEST):
        some = raws[start : start + RECORDS_A_REQUEST]
        records = [{key: value for key, value in one.items() if key != "feed"} for one in some]
        ask(http, "POST", f"/api/v1/feeds/{raws[0]['feed']}/records", token, {"records": records})
    http.close()


def percentile(delays: Sequence[float], share: float) -> float:
    """Milliseconds below which that share of the delays (seconds, sorted) lies."""
    return delays[min(len(delays) - 1, int(len(delays) * share))] * 1000
