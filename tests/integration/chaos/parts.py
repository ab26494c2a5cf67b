"""The hub's processes under test: started, killed at any moment, started again, frozen and woken."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import httpx
import psutil

DRAIN_S = 10.0
READY_S = 120.0
WORKER, PROJECTOR, NOTIFIER = "consumers.correlator", "services.projector", "consumers.notifier"
WEB = "services.web"
ALL = (WORKER, WORKER, PROJECTOR, NOTIFIER, WEB)
PARENTS = (WEB, WORKER)  # their work is done by children
LANE_KILLED = re.compile(r"a lane ended with \[.*-9")


class Part:
    """One process of the hub, in a session of its own, so that it can be ended with all its children."""

    def __init__(
        self, module: str, environment: Mapping[str, str], logs: Path, arguments: tuple[str, ...] = ()
    ) -> None:
        self.module = module
        self.log = logs / f"{module}.{time.time_ns()}.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env=dict(environment),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        return self._process.poll()

    @property
    def failed(self) -> bool:
        """Whether it ended, and not because a child of its was killed."""
        if self.exit_code is None or self.module == WEB:
            return False
        return self.module != WORKER or LANE_KILLED.search(self.log.read_text()) is None

    def kill(self, *, with_children: bool = True) -> None:
        """SIGKILL; children that do its work may be left alive."""
        if with_children:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        else:
            self._process.kill()
        self._process.wait()

    def children(self) -> list[psutil.Process]:
        """What it has started."""
        try:
            return psutil.Process(self.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def kill_child(self, random: Random) -> None:
        """SIGKILL to one of the children alone: their parent starts another, or ends."""
        children = self.children()
        if children:
            with suppress(psutil.NoSuchProcess):
                random.choice(children).kill()

    def freeze(self) -> None:
        """With all its children."""
        os.killpg(self.pid, signal.SIGSTOP)

    def wake(self) -> None:
        os.killpg(self.pid, signal.SIGCONT)

    def ask_to_end(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def ended(self, within: float) -> bool:
        """Whether it ended by itself; it is killed when it did not."""
        try:
            self._process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        return True


class Parts:
    """The processes that run now. A worker whose lane was killed, and a web process whose child was too often, gives up and
    is started again, as the supervisor of `fangpin up` does; no other part may end by itself.
    """

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        self.environment = dict(environment)
        self._logs = logs
        self.running: list[Part] = []
        self._failed: list[Part] = []
        self._orphans: list[psutil.Process] = []
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._tending = threading.Thread(target=self._tend, daemon=True)
        self._tending.start()

    def start(self, module: str, *arguments: str) -> Part:
        with self._lock:
            part = Part(module, self.environment, self._logs, arguments)
            self.running.append(part)
            return part

    def of(self, module: str) -> list[Part]:
        """Those of one module."""
        with self._lock:
            return [part for part in self.running if part.module == module]

    def kill(self, random: Random, module: str) -> None:
        """SIGKILL one in the middle of what it does, and start another in its place.

        Of a part with children it may be the parent, one of the children, or all.
        """
        with self._lock:
            part = random.choice(self.of(module))
            how = random.random() if module in PARENTS else 1.0
            if how < 0.3 and part.exit_code is None:
                part.kill_child(random)
                return
            self.running.remove(part)
            self._orphans.extend(part.children())
            part.kill(with_children=how > 0.6)
            self.start(module)

    def stop(self) -> None:
        self._stopping.set()
        self._tending.join()
        for part in self.running:
            part.ask_to_end()
        for part in self.running:
            part.ended(DRAIN_S)
        for child in self._orphans:
            with suppress(psutil.NoSuchProcess):
                child.kill()

    def _tend(self) -> None:
        while not self._stopping.wait(0.2):
            with self._lock:
                for part in [one for module in PARENTS for one in self.of(module)]:
                    if part.exit_code is not None:
                        self._failed.extend([part] if part.failed else [])
                        self.running.remove(part)
                        self.start(part.module)

    def dead(self) -> list[str]:
        """Parts that ended by themselves, with the end of their logs; none may, but one whose child was killed."""
        with self._lock:
            ended = [*self._failed, *(one for one in self.running if one.failed)]
        return [f"{one.module}: {one.log.read_text()[-2000:]}" for one in ended]


@contextmanager
def running(environment: Mapping[str, str], logs: Path, modules: tuple[str, ...] = ALL) -> Iterator[Parts]:
    """These parts, until the end of the block."""
    parts = Parts(environment, logs)
    try:
        for module in modules:
            parts.start(module)
        yield parts
    finally:
        parts.stop()


def wait_ready(url: str) -> None:
    """Until the web process answers."""
    deadline = time.monotonic() + READY_S
    while True:
        try:
            if httpx.get(f"{url}/openapi.json", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass  # it is not there yet
        assert time.monotonic() < deadline, "the web process did not come up"
        time.sleep(0.05)
