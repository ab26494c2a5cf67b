"""A page that is open does not keep the web process from ending."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx

from fangpin import database
from services.access.seed import seed_accounts
from tests.integration.services.conftest import COUNTIES

READY_S = 60  # a start takes two seconds; the rest is for a machine that does other things
END_S = 60  # without the farewell the process would wait until the stream's own end, two minutes later


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def test_open_streams_end_when_the_process_is_told_to(
    fresh_database: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    with database.connect(fresh_database) as conn:
        accounts = seed_accounts(conn, COUNTIES, tmp_path, url="u", kafka="k", database="d")["officers"]
    officer = next(one for one in accounts if one["role"] == "village")
    port = _free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": fresh_database,
        "KAFKA_BOOTSTRAP_SERVERS": kafka_bootstrap,
        "FANGPIN_DATA_DIR": str(tmp_path),
        "FANGPIN_PORT": str(port),
    }
    with (tmp_path / "web.log").open("w") as log:
        web = subprocess.Popen(
            [sys.executable, "-m", "services.web"], env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=READY_S) as client:
            _wait(client, web, tmp_path / "web.log")
            body = {"username": officer["username"], "password": officer["password"]}
            token = client.post("/api/v1/session", json=body).json()["token"]
            with client.stream("GET", "/live", headers={"Authorization": f"Bearer {token}"}) as stream:
                lines = stream.iter_lines()
                assert next(lines) == "event: hello"
                web.send_signal(signal.SIGTERM)
                assert web.wait(END_S) == 0
                assert "event: changed" not in list(lines), "the stream ends, and says nothing that is not so"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(web.pid, signal.SIGKILL)  # its workers too
        web.wait()


def _wait(client: httpx.Client, web: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_S
    while True:
        assert web.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        try:
            client.get("/login")
            return
        except httpx.TransportError:
            time.sleep(0.1)
