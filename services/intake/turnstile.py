"""How many large uploads are worked on at once: that bounds the memory they take, and leaves the processor to the small."""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

LARGE = 1024 * 1024  # a megabyte is some 3,000 records; what a department's program sends every few minutes is less
AT_ONCE = 2  # a file of 200,000 rows takes some 250 MiB while it is judged
T = TypeVar("T")


class Turnstile:
    """Runs work in threads; large work waits for its turn, in order, without keeping a thread."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self.limiter = CapacityLimiter(at_once)

    async def run(self, size: int, work: Callable[[], T]) -> T:
        """What `work` returns; `size` is that of its body in bytes."""
        return await to_thread.run_sync(work, limiter=self.limiter if size > LARGE else None)
