"""The hub's processes under one parent: started in order, started again when one dies, stopped in reverse."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from deploy.embedded.failure import ServerFailure
from deploy.embedded.processes import ServerProcess, end_left_behind
from services.cli.log_files import shorten
from services.parts import PARTS, Part

LOOK_S = 0.2  # how soon a dead part is noticed
SHORTEN_S = 60.0  # how often the logs are looked at
DRAIN_S = 4.0  # what a part gets for its last batch before it is killed; the checkpoint makes a kill safe
BACK_OFF_S = (0.5, 1, 2, 5, 10)
STEADY_S = 30.0  # a part that ran this long has no failures behind it
HOPELESS = 4  # so many lives in a row, each shorter than that: what ends it does not pass
# What a full disk, a process that does not end, or a machine without room for another thread raise.
PASSING = (OSError, ServerFailure, subprocess.SubprocessError, RuntimeError)


class Supervisor:
    """Runs the parts, and the servers when they are ours to run (`servers`: name → look whether it lives, restart)."""

    def __init__(self, data_dir: Path, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        self._data_dir = data_dir
        self._environment = {**os.environ, **environment}
        self._say = say
        self._running: dict[str, ServerProcess] = {}
        self._started: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._troubles: dict[
            str, tuple[int, float]
        ] = {}  # failures in a row of a step of the watch, and when it is tried again
        self._shortened = float("-inf")
        self._stopping = threading.Event()

    def start(self) -> None:
        """End what an earlier run left, then start every part."""
        for part in PARTS:
            self._directory(part).mkdir(parents=True, exist_ok=True)
            self._clear(part)
        for part in PARTS:
            self._launch(part)

    def watch(self, servers: Mapping[str, tuple[Callable[[], bool], Callable[[], None]]]) -> None:
        """Start again what died, and keep the logs short, until `stop`. What fails is tried again; the rest goes on."""
        while not self._stopping.wait(LOOK_S):
            if time.monotonic() > self._shortened + SHORTEN_S:
                self._attempt("logs", self._shorten)
            for name, (alive, restart) in servers.items():
                if not alive():
                    self._attempt(name, partial(self._restart, name, restart))
            for part in PARTS:
                if self._running[part.name].exit_code is not None:
                    self._attempt(part.name, partial(self._again, part))

    def _attempt(self, name: str, step: Callable[[], None]) -> None:
        """One step of the watch, unless it failed a moment ago. Its failure is said once, and passes."""
        failures, again_at = self._troubles.get(name, (0, 0.0))
        if self._stopping.is_set() or time.monotonic() < again_at:
            return
        try:
            step()
        except PASSING as error:
            if not failures and not self._stopping.is_set():
                self._say(f"{name}：{error}；将不断重试")
            wait = BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)]
            self._troubles[name] = failures + 1, time.monotonic() + wait
        else:
            self._troubles.pop(name, None)

    def _shorten(self) -> None:
        shorten(self._data_dir.glob("*/*.log"))
        self._shortened = time.monotonic()

    def _restart(self, name: str, restart: Callable[[], None]) -> None:
        if name not in self._troubles:
            self._say(f"{name} 已退出，正在重新启动")
        restart()

    def dying(self) -> str | None:
        """A part that has ended again, soon after each of its starts; None while there is hope for all."""
        for name, failures in tuple(self._failures.items()):
            if failures >= HOPELESS and self._running[name].exit_code is not None:
                return name
        return None

    def stop(self) -> None:
        """Drain and end the parts, the last started first."""
        self._stopping.set()
        threads = [threading.Thread(target=self._end, args=(part,)) for part in reversed(PARTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def ask_to_stop(self) -> None:
        """From a signal handler: `watch` returns."""
        self._stopping.set()

    @property
    def stopping(self) -> bool:
        """Whether the hub is on its way down."""
        return self._stopping.is_set()

    def _directory(self, part: Part) -> Path:
        return self._data_dir / "run" / part.name

    def _launch(self, part: Part) -> None:
        logs = self._data_dir / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        self._running[part.name] = ServerProcess(
            [sys.executable, "-m", part.module],
            directory=self._directory(part),
            log=logs / f"{part.name}.log",
            farewell=signal.SIGTERM,
            environment=self._environment,
        )
        self._started[part.name] = time.monotonic()

    def _again(self, part: Part) -> None:
        ran = time.monotonic() - self._started[part.name]
        failures = 0 if ran > STEADY_S else self._failures.get(part.name, 0)
        wait = BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)]
        if ran < wait:
            return
        if part.name not in self._troubles:
            self._failures[part.name] = failures + 1
            self._say(
                f"{part.name} 已退出（代码 {self._running[part.name].exit_code}），正在重新启动；日志在 logs/{part.name}.log"
            )
        self._clear(part)  # a web process that was killed leaves the child that serves alive, on its port
        self._launch(part)

    def _clear(self, part: Part) -> None:
        """End what an earlier life of the part left behind."""
        program = Path(sys.executable).resolve().name
        end_left_behind(self._directory(part), program, signal.SIGTERM, patience=DRAIN_S)

    def _end(self, part: Part) -> None:
        process = self._running.get(part.name)
        if process is not None and not process.end(signal.SIGTERM, DRAIN_S):
            process.end(signal.SIGKILL, DRAIN_S)
