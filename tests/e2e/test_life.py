"""The life of `fangpin up`: a killed part or server comes back, a killed parent leaves nothing behind, Ctrl-C ends all."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from services.parts import PARTS
from tests.e2e.conftest import READY_S, Hub
from tests.records import OTHER, bill, household

PROGRAM = [sys.executable, "-c", "from services.cli.main import app; app()"]
ENDED_S = 60.0  # it says itself how long it took; a machine that runs other tests takes longer
COME_BACK_S = 90.0


class Life:
    """Starts `up` on one directory, as often as asked."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.started: list[subprocess.Popen[str]] = []
        self.hubs: list[Hub] = []

    def start(self) -> Hub:
        log = self.data.parent / f"up-{time.monotonic_ns()}.log"
        environment = {
            one: value for one, value in os.environ.items() if one not in ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL")
        }
        arguments = ["up", "--data", str(self.data), "--port", str(self.port), "--empty", "--today", "2021-11-01"]
        with log.open("w") as output:
            process = subprocess.Popen(
                [*PROGRAM, *arguments], stdout=output, stderr=subprocess.STDOUT, text=True, env=environment
            )
        self.started.append(process)
        deadline = time.monotonic() + READY_S
        while "\nready" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        hub = Hub(self.data, process)
        self.hubs.append(hub)
        return hub

    def processes(self, what: str | None = None) -> set[psutil.Process]:
        """What works in the directory, whoever its parent is; those of one module or program."""
        found = set()
        for one in psutil.process_iter(["cwd", "name", "cmdline", "status"]):
            seen = one.info
            inside = (seen["cwd"] or "").startswith(f"{self.data}/") and seen["status"] != psutil.STATUS_ZOMBIE
            if inside and (what is None or what == seen["name"] or what in (seen["cmdline"] or ())):
                found.add(one)
        return found


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    found = Life(tmp_path / "data")
    yield found
    for hub in found.hubs:
        hub.client.close()
    for process in found.started:  # of a test that failed
        process.kill()
        process.wait()
    for one in found.processes():
        one.kill()


def _well(hub: Hub) -> bool:
    try:
        return hub.client.get("/health").status_code == 200
    except httpx.TransportError:
        return False


def _sent(hub: Hub, record_id: str) -> bool:
    """A department sends until it has a 202: the bill is the same, however often."""
    raw = {**bill(record_id), "subject": {"id_number": OTHER}}
    body = {"records": [{name: value for name, value in raw.items() if name != "feed"}]}
    header = hub.token("530925", "medical-insurance")
    try:
        return hub.client.post("/api/v1/feeds/medical-expense/records", json=body, headers=header).status_code == 202
    except httpx.TransportError:
        return False


def _soon(found: object, within: float = COME_BACK_S) -> None:
    assert callable(found)
    deadline = time.monotonic() + within
    while not found():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.1)


def test_what_is_killed_comes_back_and_what_is_stopped_ends(life: Life) -> None:
    hub = life.start()
    hub.send("rural-revitalisation", household("L-1", "l-r1", _members()))
    for module in (part.module for part in PARTS):
        before = life.processes(module)
        assert before, module
        for one in before:
            with suppress(psutil.NoSuchProcess):  # a child that went with its parent
                one.kill()
        _soon(lambda module=module, before=before: life.processes(module) - before)
    for program in ("postgres", "java"):
        _kill_server(life, program)
        _soon(lambda program=program: life.processes(program))
    _soon(lambda: _well(hub))
    _soon(lambda: _sent(hub, "l-m1"))
    _soon(lambda: hub.warnings("L-1"))

    second = subprocess.run(
        [*PROGRAM, "up", "--data", str(life.data), "--port", "1", "--empty"],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert second.returncode == 1
    assert "已有一个中枢在运行" in second.stdout.decode()

    hub.process.kill()
    hub.process.wait()
    hub = life.start()  # at once: what is still ending must not be in the way
    _soon(lambda: _well(hub))
    assert [one["evidence"] for one in hub.warnings("L-1")] == [["l-m1"]]
    _soon(lambda: _sent(hub, "l-m2"))
    _soon(lambda: hub.warnings("L-1")[0]["evidence"] == ["l-m1", "l-m2"])

    hub.process.send_signal(signal.SIGINT)
    assert hub.process.wait(ENDED_S) == 0
    assert not life.processes()


def test_the_web_process_leaves_no_child_that_answers_in_its_place(life: Life) -> None:
    hub = life.start()
    parent = min(life.processes("services.web"), key=lambda one: one.create_time())
    before = life.processes("services.web") | _children(parent)
    parent.kill()
    _soon(lambda: life.processes("services.web") - before)
    _soon(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in before))
    _soon(lambda: _well(hub))
    hub.process.send_signal(signal.SIGTERM)
    assert hub.process.wait(ENDED_S) == 0
    assert not life.processes()


def _children(parent: psutil.Process) -> set[psutil.Process]:
    return set(parent.children(recursive=True))


def _members() -> list[dict[str, str]]:
    return [{"id_number": OTHER, "name": "示例乙", "relation": "户主", "joined_on": "2010-01-01"}]


def _kill_server(life: Life, program: str) -> None:
    """The server itself; PostgreSQL's children end with their postmaster."""
    min(life.processes(program), key=lambda one: one.create_time()).kill()
