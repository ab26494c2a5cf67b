"""Several loops of one consumer under one parent, each in a process of its own: as many interpreters as lanes.

They are forked, so what was loaded before (packs, schemas, libraries) is in memory once.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Protocol

from fangpin.errors import FatalError

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Lane(Protocol):
    """A worker like any other: a member of the group with partitions of its own. Opens what it needs when it runs."""

    def run(self) -> None:
        """Returns after `stop`, or at its end."""

    def stop(self) -> None:
        """Ask for a drain; safe from a signal handler."""


class Lanes:
    """One that fails for good ends all, so that the whole is started again. A single lane needs no process but this."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self._lanes = lanes
        self._own: Lane | None = None  # in a lane's process: that lane
        self._processes: list[BaseProcess] = []
        self._stopping = False

    def stop(self) -> None:
        """Ask all for a drain; safe from a signal handler, which every lane's process inherits."""
        self._stopping = True
        if self._own is not None:
            self._own.stop()
        for process in self._processes:
            if process.pid is not None and process.is_alive():
                os.kill(process.pid, signal.SIGTERM)

    def run(self) -> None:
        """Returns when all have ended. Raises `FatalError` when one failed, what it ended with when it is the only one.

        More than one are forked: nothing may have been started before that a fork does not carry over, such as a thread.
        """
        if len(self._lanes) == 1:
            self._own = self._lanes[0]
            self._own.run()
            return
        held = self._start()
        failed = False
        try:
            running = list(self._processes)
            while running and not failed:
                wait([process.sentinel for process in running])
                running = [process for process in running if process.exitcode is None]
                failed = any(process.exitcode for process in self._processes)
        finally:
            self.stop()
            for process in self._processes:
                process.join()
            os.close(held)
        if failed:
            raise FatalError(f"a lane ended with {[process.exitcode for process in self._processes]}")

    def _start(self) -> int:
        """Fork them; returns what is open as long as this process lives."""
        context = multiprocessing.get_context("fork")
        ended, held = os.pipe()  # nobody writes: what the lanes read ends when this process does
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            for number, lane in enumerate(self._lanes, 1):
                process = context.Process(target=self._live, args=(lane, ended, held), name=f"lane {number}")
                process.start()
                self._processes.append(process)
        finally:
            os.close(ended)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        return held

    def _live(self, lane: Lane, ended: int, held: int) -> None:
        """In the lane's own process."""
        os.close(held)
        self._processes = []
        self._own = lane
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        threading.Thread(target=_watch, args=(ended, lane), name="parent", daemon=True).start()
        if not self._stopping:
            lane.run()


def _watch(ended: int, lane: Lane) -> None:
    """Drain when the parent is gone, however it went."""
    os.read(ended, 1)
    lane.stop()
