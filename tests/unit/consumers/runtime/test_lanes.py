"""Lanes end together, and tell why."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest

from consumers.runtime import Lanes, Loop
from fangpin.errors import FatalError

WITHIN = 30.0


class Waiting:
    """A loop that runs until it is told to stop."""

    def __init__(self) -> None:
        self.running = threading.Event()
        self._stop = threading.Event()

    def run(self) -> None:
        self.running.set()
        assert self._stop.wait(WITHIN)

    def stop(self) -> None:
        self._stop.set()


class Failing(Waiting):
    """A loop that cannot go on."""

    def run(self) -> None:
        raise FatalError("a checkpoint lies outside its log")


class Ending(Waiting):
    """A loop that has reached its end."""

    def run(self) -> None:
        self.running.set()


def lanes(*loops: Waiting) -> Lanes:
    return Lanes([cast(Loop, loop) for loop in loops])


def test_all_run_at_once_until_they_are_stopped() -> None:
    loops = (Waiting(), Waiting())
    found = lanes(*loops)
    with ThreadPoolExecutor(1) as thread:
        run = thread.submit(found.run)
        assert all(loop.running.wait(WITHIN) for loop in loops)
        found.stop()
        run.result(WITHIN)


def test_one_that_fails_ends_the_others() -> None:
    with pytest.raises(FatalError, match="outside its log"):
        lanes(Waiting(), Failing(), Waiting()).run()


def test_one_that_has_reached_its_end_lets_the_others_go_on() -> None:
    rest = Waiting()
    with ThreadPoolExecutor(1) as thread:
        run = thread.submit(lanes(Ending(), rest).run)
        assert rest.running.wait(WITHIN)
        assert not run.done()
        rest.stop()
        run.result(WITHIN)
