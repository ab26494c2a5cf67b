"""What kafka-python leaves behind, and `fangpin.kafka` clears away."""

from __future__ import annotations

import gc
import logging
import selectors
import socket
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from fangpin import kafka
from fangpin.broker import Outgoing
from fangpin.errors import TransientError
from fangpin.kafka import ClosingSelector, Kafka

OPENINGS: dict[str, Callable[[Kafka], object]] = {
    "producer": lambda kafka: kafka.producer().publish([Outgoing("topic", b"k", b"v")]),
    "consumer": lambda kafka: kafka.consumer(["topic"], "group"),
    "admin": lambda kafka: kafka.admin(),
}


@pytest.mark.parametrize("what", list(OPENINGS))
def test_an_outage_uses_up_neither_threads_nor_descriptors(what: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "kafka")  # a record of the failure would hold its frames, and so its socket
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: refused, and nobody else's
        away = Kafka(f"127.0.0.1:{unused.getsockname()[1]}")
        gc.collect()
        before = _held()
        with pytest.raises(TransientError):
            OPENINGS[what](away)
        gc.collect()  # a socket that was refused is the collector's
        assert _held() <= before


def _held() -> tuple[int, int]:
    return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))


def test_a_socket_that_the_client_forgot_is_closed_with_its_selector() -> None:
    """As of a connection that kafka-python closes while a request still waits to be written to it."""
    here, there = socket.socketpair()
    selector = ClosingSelector()
    selector.register(here, selectors.EVENT_WRITE)
    selector.unregister(here)
    selector.close()
    assert here.fileno() == -1
    there.close()


def test_a_group_that_cannot_be_asked_is_joined_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that has just been started does not know yet who keeps the group."""
    closed = []

    class Unready:
        def __init__(self, bootstrap: str) -> None:
            pass

        def remove_members(self, group: str, member: str) -> int:
            raise TransientError("CoordinatorNotAvailableError")

        def close(self) -> None:
            closed.append(True)

    monkeypatch.setattr(kafka, "Admin", Unready)
    kafka._bury("127.0.0.1:1", "group", "worker.1")
    assert closed
