"""A server ends with the process that started it, also when that is killed; what is left all the same is ended."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.processes import left_behind
from tests.servers import REPOSITORY

pytestmark = [pytest.mark.servers, pytest.mark.embedded]
OWNER = """
import sys, threading
from pathlib import Path
from deploy.embedded import processes
from deploy.embedded.postgres import EmbeddedPostgres
if sys.argv[2] == "orphan":
    processes._ends_with_parent = lambda: False
server = EmbeddedPostgres(Path(sys.argv[1]), shared_buffers="32MB", durable=False)
starter = threading.Thread(target=server.start)
starter.start(); starter.join()
print(server.url, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("kind", ["bound", "orphan"])
def test_directory_can_be_used_again_after_its_owner_was_killed(tmp_path: Path, kind: str) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path), kind],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with owner:
        assert owner.stdout is not None
        url = owner.stdout.readline().strip()
        psycopg.connect(url).close()  # the thread that called start() has ended, the server has not
        owner.send_signal(signal.SIGKILL)
        owner.wait(10)
    if kind == "orphan":
        assert left_behind(tmp_path / "owned" / "cluster", "postgres") != []

    with EmbeddedPostgres(tmp_path, shared_buffers="32MB", durable=False) as server:
        assert server.url == url
        psycopg.connect(url).close()
    assert left_behind(tmp_path / "owned" / "cluster", "postgres") == []
