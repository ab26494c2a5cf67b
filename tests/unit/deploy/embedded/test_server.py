"""A recovery is waited for as long as it goes on; a server that says nothing is not."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import ClassVar

import pytest

from deploy.embedded.failure import ServerFailure
from deploy.embedded.kafka import EmbeddedKafka
from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.processes import ServerProcess
from deploy.embedded.server import GivenUp, Server

RECOVERY_S = 1.0


class Slow(Server):
    """Needs longer than it is given, and says so or not."""

    name: ClassVar[str] = "slow"
    program: ClassVar[str] = "sleep"
    polite: ClassVar[signal.Signals] = signal.SIGTERM
    ready_within: ClassVar[float] = 0.2
    stopped_within: ClassVar[float] = 10.0

    def __init__(self, directory: Path, *, recovers: bool) -> None:
        super().__init__(directory)
        self._recovers, self._began = recovers, time.monotonic()
        self.processes: list[ServerProcess] = []

    def _launch(self) -> ServerProcess:
        self.processes.append(
            ServerProcess(["sleep", "60"], directory=self._working_directory(), log=self.log, farewell=self.polite)
        )
        return self.processes[-1]

    def _working_directory(self) -> Path:
        return self.directory / "work"

    def _is_ready(self) -> bool:
        return time.monotonic() > self._began + RECOVERY_S

    def _is_recovering(self) -> bool:
        return self._recovers


def test_a_recovery_that_goes_on_is_waited_for(tmp_path: Path) -> None:
    waited: list[float] = []
    server = Slow(tmp_path, recovers=True)
    server.start(lambda seconds: waited.append(seconds) is None)
    assert server.is_running
    server.stop()
    assert waited == sorted(waited)
    assert waited[-1] > 4 * Slow.ready_within


def test_a_server_that_says_nothing_is_not_waited_for(tmp_path: Path) -> None:
    server = Slow(tmp_path, recovers=False)
    with pytest.raises(ServerFailure, match=r"not ready within 0 s"):
        server.start()
    assert [one.exit_code for one in server.processes] == [-signal.SIGKILL]


def test_whoever_is_asked_to_stop_meanwhile_ends_it_politely(tmp_path: Path) -> None:
    server = Slow(tmp_path, recovers=True)
    with pytest.raises(GivenUp):
        server.start(lambda seconds: seconds < 0.3)
    assert [one.exit_code for one in server.processes] == [-signal.SIGTERM]
    assert not server.is_running


def test_kafka_recovers_while_new_lines_of_its_log_say_so(tmp_path: Path) -> None:
    kafka = EmbeddedKafka(tmp_path)
    assert not kafka._is_recovering()
    kafka.log.write_text("… INFO kafka.log.LogManager - Recovering 70 logs\n")
    assert kafka._is_recovering()
    assert not kafka._is_recovering()
    with kafka.log.open("a") as log:
        log.write("… WARN org.apache.kafka.clients.NetworkClient - Connection to node 1 could not be established\n")
        assert not kafka._is_recovering()
        log.write("… INFO org.apache.kafka.storage.internals.log.LogLoader - Recovering unflushed segment 0.\n")
    assert kafka._is_recovering()


def test_postgres_recovers_while_its_last_answer_says_so(tmp_path: Path) -> None:
    postgres = EmbeddedPostgres(tmp_path)
    assert not postgres._is_recovering()
    postgres._answer = "connection failed: FATAL:  the database system is starting up"
    assert postgres._is_recovering()
    postgres._answer = "connection failed: connection refused"
    assert not postgres._is_recovering()
