"""What fails while the hub is watched is said once and tried again; the watch goes on."""

import errno
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.embedded.failure import ServerFailure
from deploy.embedded.processes import ServerProcess
from services.cli import supervisor
from services.cli.supervisor import Supervisor
from services.parts import Part

WITHIN = 20.0
FULL = OSError(errno.ENOSPC, "No space left on device")


class Watched:
    """A supervisor whose watch runs in a thread, and what it said."""

    def __init__(self, data: Path) -> None:
        self.said: list[str] = []
        self.servers: dict[str, tuple[Callable[[], bool], Callable[[], None]]] = {}
        self.supervisor = Supervisor(data, {}, self.said.append)
        self.thread = threading.Thread(target=lambda: self.supervisor.watch(self.servers))

    def start(self) -> None:
        self.supervisor.start()
        self.thread.start()

    def saying(self, text: str) -> int:
        return sum(text in one for one in self.said)


class Fails:
    """Raises so many times, then does what it stands for."""

    def __init__(self, error: Exception, times: int, then: Callable[..., object] = lambda *_, **__: None) -> None:
        self.error, self.left, self.then, self.done = error, times, then, 0

    def __call__(self, *arguments: object, **named: object) -> object:
        if self.left:
            self.left -= 1
            raise self.error
        self.done += 1
        return self.then(*arguments, **named)


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.setattr(supervisor, "LOOK_S", 0.01)
    monkeypatch.setattr(supervisor, "BACK_OFF_S", (0.01, 0.02))
    monkeypatch.setattr(supervisor, "PARTS", ())
    found = Watched(tmp_path)
    yield found
    found.supervisor.stop()
    found.thread.join(WITHIN)
    assert not found.thread.is_alive()


def soon(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + WITHIN
    while not what():
        assert time.monotonic() < deadline, "did not come true"
        time.sleep(0.01)


@pytest.mark.parametrize("error", [ServerFailure("initdb failed"), FULL], ids=["server", "disk"])
def test_a_server_that_cannot_be_started_again_is_tried_until_it_can(watched: Watched, error: Exception) -> None:
    restart = Fails(error, 3)
    watched.servers["Kafka"] = (lambda: restart.done > 0, restart)
    watched.start()
    soon(lambda: restart.done)
    assert watched.thread.is_alive()
    assert watched.saying("已退出") == 1
    assert watched.saying(str(error)) == 1


def test_a_log_that_cannot_be_moved_keeps_nobody_from_what_else_is_watched(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorten, restart = Fails(FULL, 3), Fails(FULL, 0)
    monkeypatch.setattr(supervisor, "shorten", shorten)
    watched.servers["Kafka"] = (lambda: restart.done > 0, restart)
    watched.start()
    soon(lambda: restart.done and shorten.done)
    assert watched.saying("No space left") == 1


def test_a_part_whose_remains_do_not_end_is_started_when_they_have(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(supervisor, "PARTS", (Part("idle", "idle"),))
    monkeypatch.setattr(supervisor, "ServerProcess", lambda _, **given: ServerProcess(command, **given))
    watched.start()
    first = watched.supervisor._running["idle"]
    monkeypatch.setattr(supervisor, "end_left_behind", Fails(ServerFailure("do not end"), 3))
    first.end(signal.SIGKILL, WITHIN)
    soon(lambda: watched.supervisor._running["idle"] is not first)
    assert watched.supervisor._running["idle"].exit_code is None
    assert (watched.saying("已退出"), watched.saying("do not end")) == (1, 1)


def test_a_part_that_ends_soon_after_each_start_is_dying(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-c", "raise SystemExit(1)"]
    monkeypatch.setattr(supervisor, "PARTS", (Part("brief", "brief"),))
    monkeypatch.setattr(supervisor, "ServerProcess", lambda _, **given: ServerProcess(command, **given))
    watched.start()
    assert watched.supervisor.dying() is None
    soon(lambda: watched.supervisor.dying() == "brief")
    assert watched.saying("已退出") >= supervisor.HOPELESS
