"""Several loops of one consumer in one process: while one waits for PostgreSQL, another computes."""

from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

from consumers.runtime.loop import Loop


class Lanes:
    """Each lane is a worker like any other, a member of the group with partitions of its own; they share the interpreter.

    One that fails for good ends all, so that the process is started again as a whole.
    """

    def __init__(self, loops: Sequence[Loop]) -> None:
        self._loops = loops

    def stop(self) -> None:
        """Ask all for a drain; safe from a signal handler."""
        for loop in self._loops:
            loop.stop()

    def run(self) -> None:
        """Returns when all have ended; raises what the first to fail ended with."""
        with ThreadPoolExecutor(len(self._loops), "lane") as threads:
            runs = [threads.submit(loop.run) for loop in self._loops]
            done, _ = wait(runs, return_when=FIRST_EXCEPTION)
            failed = [run for run in done if run.exception() is not None]
            if failed:
                self.stop()
        for run in (*failed, *runs):
            run.result()
