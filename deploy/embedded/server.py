"""What the embedded servers share: one owner for a directory, start, readiness, stop, kill."""

from __future__ import annotations

import fcntl
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, ClassVar, Self

from deploy.embedded.failure import ServerFailure, with_log_tail
from deploy.embedded.processes import POLL, ServerProcess, end_left_behind

Patience = Callable[[float], bool]  # told at each look how many seconds it has waited: whether to wait on
LOG_LIMIT = 20 * 2**20  # bytes; a longer log becomes `<name>.log.1` at the next start


class GivenUp(ServerFailure):
    """Whoever started it wants it no more."""


class Server(ABC):
    """One server on one directory, which holds its records, its log, its port and its lock.

    `start` returns when clients can use it. After `stop`, `kill` or the server's own death it can be started again,
    with the same port and the same records. A directory has one owner at a time: a second one gets ServerFailure.
    Not for use from several threads at once.
    """

    name: ClassVar[str]  # in file names and messages
    program: ClassVar[str]  # the executable's name, by which processes of an earlier run are known
    polite: ClassVar[signal.Signals]  # asks for a clean shutdown
    ready_within: ClassVar[float]  # seconds, from the start or from the last word of a recovery
    stopped_within: ClassVar[float]  # seconds

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self.log = self.directory / f"{self.name}.log"
        self._process: ServerProcess | None = None
        self._lock: IO[bytes] | None = None
        self._log_start = 0

    @abstractmethod
    def _launch(self) -> ServerProcess:
        """Prepares the directory when it is new, and starts the process."""

    @abstractmethod
    def _is_ready(self) -> bool:
        """One look, at once: could a client use it now?"""

    @abstractmethod
    def _is_recovering(self) -> bool:
        """Whether it has said since the last look that it is still at work on what a crash left."""

    @abstractmethod
    def _working_directory(self) -> Path:
        """Where the process works; it lies in `directory` and belongs to this server alone."""

    @property
    def pid(self) -> int:
        """Of the running server (PostgreSQL: the postmaster). Raises ServerFailure when it was not started."""
        return self._running().pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.exit_code is None

    def start(self, patience: Patience = lambda _: True) -> None:
        """Starts it and waits until it is ready. Does nothing when it runs. Raises ServerFailure with the log's end.

        A recovery is waited for as long as it goes on: what ends it only makes the next start begin it anew.
        """
        if self.is_running:
            return
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._own()
        try:
            self._working_directory().mkdir(parents=True, exist_ok=True)
            end_left_behind(self._working_directory(), self.program, self.polite)
            self._turn_log()
            self._process = self._launch()
            self._await_ready(patience)
        except GivenUp:
            self.stop()
            raise
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """A clean shutdown, by force when it takes too long. Does nothing when it does not run."""
        if self._process is not None and not self._process.end(self.polite, self.stopped_within):
            self._process.end(signal.SIGKILL, 10)
        self._disown()

    def kill(self) -> None:
        """SIGKILL, for tests of what survives it; returns when every process of it is gone."""
        if self._process is not None:
            self._process.end(signal.SIGKILL, 10)
        self._disown()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _running(self) -> ServerProcess:
        if self._process is None:
            raise ServerFailure(f"{self.name} was not started")
        return self._process

    def _await_ready(self, patience: Patience) -> None:
        process = self._running()
        began = heard = time.monotonic()
        while not self._is_ready():
            if process.exit_code is not None:
                self._fail(f"{self.name} ended with code {process.exit_code} instead of getting ready")
            now = time.monotonic()
            if self._is_recovering():
                heard = now
            if now > heard + self.ready_within:
                self._fail(f"{self.name} was not ready within {self.ready_within:.0f} s")
            if not patience(now - began):
                raise GivenUp(f"{self.name} was asked to stop before it was ready")
            time.sleep(POLL)

    def _fail(self, message: str) -> None:
        raise ServerFailure(with_log_tail(message, self.log, self._log_start))

    def _turn_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        self._log_start = self.log.stat().st_size if self.log.exists() else 0

    def _own(self) -> None:
        if self._lock is not None:
            return
        lock = (self.directory / "lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise ServerFailure(f"another process runs {self.name} in {self.directory}") from error
        self._lock = lock

    def _disown(self) -> None:
        """After the process's end: PostgreSQL's children follow their postmaster by themselves, shortly after."""
        if self._process is not None:
            end_left_behind(self._working_directory(), self.program, self.polite)
        self._process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None
