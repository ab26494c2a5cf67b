"""A server's process: one that ends with us, and the ones that an earlier run left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from deploy.embedded.failure import ServerFailure

POLL = 0.02  # seconds between two looks at a process or a port


@cache
def _ends_with_parent() -> bool:
    """Whether `setpriv --pdeathsig` (Linux, util-linux 2.33) is here."""
    program = shutil.which("setpriv")
    if program is None:
        return False
    return subprocess.run([program, "--pdeathsig", "TERM", "true"], capture_output=True, check=False).returncode == 0


class ServerProcess:
    """A child process in a session of its own, with its working directory in `directory`.

    The kernel sends it `farewell` when the thread that made it ends. That thread therefore does nothing but wait for
    the child: whichever thread calls us may come and go, and only the end of our whole process, by kill -9 too, ends
    the child. Ctrl-C at a terminal does not reach it: its owner stops it in the right order.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        directory: Path,
        log: Path,
        farewell: signal.Signals,
        environment: Mapping[str, str] | None = None,
        enter: Sequence[str] = (),
    ) -> None:
        """Starts `command`; `enter` is what it is wrapped in (another user, a user namespace)."""
        last = ["setpriv", "--pdeathsig", farewell.name.removeprefix("SIG")] if _ends_with_parent() else []
        self._command = [*enter, *last, *command]
        self._directory, self._log, self._environment = directory, log, environment
        self._born = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._error: OSError | None = None
        threading.Thread(target=self._live, name=f"wait-{log.stem}", daemon=True).start()
        self._born.wait()
        if self._error is not None:
            raise ServerFailure(f"cannot run {self._command[0]}: {self._error}") from self._error

    def _live(self) -> None:
        try:
            with self._log.open("ab") as log:
                self._child = subprocess.Popen(
                    self._command,
                    cwd=self._directory,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        except OSError as error:
            self._error = error
            return
        finally:
            self._born.set()
        self._child.wait()

    @property
    def _process(self) -> subprocess.Popen[bytes]:
        assert self._child is not None
        return self._child

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def end(self, with_signal: signal.Signals, within: float) -> bool:
        """Sends the signal and waits; False when it still runs after `within` seconds."""
        if self.exit_code is None:
            self._process.send_signal(with_signal)
        try:
            self._process.wait(within)
        except subprocess.TimeoutExpired:
            return False
        return True


def left_behind(directory: Path, program: str) -> list[int]:
    """Processes of `program` ("java", "postgres") that work in `directory`, and so are of an earlier run of ours.

    The working directory tells it, and not a pid file, whose number may belong to somebody else by now. Empty where
    there is no /proc.
    """
    found = []
    wanted = directory.resolve()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink() == wanted and (entry / "exe").readlink().name.split(" ")[0] == program:
                found.append(int(entry.name))
        except OSError:
            continue  # it ended while we looked, or it is somebody else's
    return found


def end_left_behind(directory: Path, program: str, polite: signal.Signals, *, patience: float = 10.0) -> None:
    """Ends what `left_behind` finds: `polite` first, SIGKILL after `patience` seconds; returns when none is left.

    Raises ServerFailure when even that does not help (a process stuck in the kernel).
    """
    for one, seconds in ((polite, patience), (signal.SIGKILL, 10.0)):
        for pid in left_behind(directory, program):
            try:
                os.kill(pid, one)
            except ProcessLookupError:
                continue
        if _gone(directory, program, seconds):
            return
    raise ServerFailure(f"{program} processes of an earlier run in {directory} do not end")


def _gone(directory: Path, program: str, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while left_behind(directory, program):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    return True
