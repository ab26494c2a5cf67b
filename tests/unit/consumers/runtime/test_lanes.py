"""Lanes end together, and tell why. Each run is that of a process of its own: lanes are forked, and signals are its."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from consumers.runtime import Lanes
from fangpin.errors import FatalError

REPOSITORY = Path(__file__).resolve().parents[4]
WITHIN = 120.0
PROGRAM = """
import os, signal, sys, threading
from consumers.runtime import Lanes


def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())  # a line in one piece, beside the others'


class Waiting:
    def __init__(self):
        self.stopped = threading.Event()

    def run(self):
        say("running", os.getpid())
        assert self.stopped.wait(60)
        say("drained", os.getpid())

    def stop(self):
        self.stopped.set()


class Failing(Waiting):
    def run(self):
        raise RuntimeError("cannot go on")


class Ending(Waiting):
    def run(self):
        say("ended")


lanes = Lanes([globals()[name]() for name in sys.argv[1:]])
signal.signal(signal.SIGTERM, lambda *_: lanes.stop())
lanes.run()
say("all ended")
"""


class Run:
    """Lanes of these kinds, and what they print."""

    def __init__(self, *kinds: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *kinds],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def rest(self) -> list[str]:
        printed, _ = self.process.communicate(timeout=WITHIN)
        return printed.splitlines()


def _words(lines: list[str]) -> list[str]:
    return [line.split(" ")[0] for line in lines]


def test_each_runs_in_a_process_of_its_own_until_all_are_stopped() -> None:
    run = Run("Waiting", "Waiting")
    pids = {run.line().removeprefix("running ") for _ in range(2)}
    assert len(pids) == 2
    assert str(run.process.pid) not in pids
    run.process.send_signal(signal.SIGTERM)
    assert _words(run.rest()) == ["drained", "drained", "all"]
    assert run.process.returncode == 0


def test_one_that_fails_ends_the_others() -> None:
    run = Run("Waiting", "Failing", "Waiting")
    printed = run.rest()
    assert printed.count("all ended") == 0
    assert _words(printed).count("running") == _words(printed).count("drained")
    assert run.process.returncode == 1


def test_one_that_has_reached_its_end_lets_the_others_go_on() -> None:
    run = Run("Ending", "Waiting")
    assert sorted(_words([run.line(), run.line()])) == ["ended", "running"]
    assert run.process.poll() is None
    run.process.send_signal(signal.SIGTERM)
    assert _words(run.rest()) == ["drained", "all"]


def test_lanes_drain_when_their_parent_was_killed() -> None:
    run = Run("Waiting", "Waiting")
    assert _words([run.line(), run.line()]) == ["running", "running"]
    run.process.kill()
    assert _words(run.rest()) == ["drained", "drained"]  # the pipe ends when the last of them has ended


class Alone:
    """A single lane, here."""

    def run(self) -> None:
        raise FatalError("a checkpoint lies outside its log")

    def stop(self) -> None:
        pass


def test_a_single_lane_runs_here_and_raises_what_it_ended_with() -> None:
    with pytest.raises(FatalError, match="outside its log"):
        Lanes([Alone()]).run()
