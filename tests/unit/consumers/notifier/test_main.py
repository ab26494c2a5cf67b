"""The notifier's process: notices and digests live and end together."""

from __future__ import annotations

import threading

import pytest

from consumers.notifier import __main__ as notifier
from fangpin.errors import FatalError

WITHIN = 60.0


class StubLoop:
    """Runs until it is stopped, or fails at once."""

    error: Exception | None = None

    def __init__(self, *_: object, **__: object) -> None:
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        if self.error is not None:
            raise self.error
        assert self._stopped.wait(WITHIN)


@pytest.fixture(autouse=True)
def stubs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifier, "Loop", StubLoop)
    monkeypatch.setattr(notifier.signal, "signal", lambda *_: None)
    monkeypatch.setattr(notifier.logging, "configure", lambda _: None)


def test_a_loop_that_fails_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StubLoop, "error", FatalError("a topic was made anew"))
    threads = threading.active_count()
    with pytest.raises(FatalError):
        notifier.main()
    assert threading.active_count() == threads


def test_digests_that_fail_end_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ValueError("no packs")

    monkeypatch.setattr(notifier, "load_book", broken)
    with pytest.raises(ValueError, match="no packs"):
        notifier.main()
