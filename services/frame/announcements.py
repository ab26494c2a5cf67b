"""One LISTEN connection a process, and everybody in it who waits for news of an area."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import psycopg
import structlog

from fangpin.announcing import CHANNEL
from fangpin.database import PATIENCE

BACK_OFF_S = (0.2, 0.5, 1, 2, 5)  # PostgreSQL is back within seconds, or for a person to bring back
GATHER_S = 0.05  # every reader announces each of its batches; that many wake-ups would take time from the requests
log = structlog.get_logger()


class Announcements:
    """Wakes whoever waits for an area (a prefix of village codes) when something in it changed."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._waiting: dict[asyncio.Event, str] = {}
        self.closed = False

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen until the end of the block."""
        task = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    @contextmanager
    def of(self, area: str) -> Iterator[asyncio.Event]:
        """An event that is set when something in the area changed; whoever waits clears it."""
        changed = asyncio.Event()
        self._waiting[changed] = area
        if self.closed:
            changed.set()
        try:
            yield changed
        finally:
            del self._waiting[changed]

    def wake(self, area: str | None = None) -> None:
        """Wake those whose own area holds that one; all of them without one."""
        for changed, own in self._waiting.items():
            if area is None or area.startswith(own):
                changed.set()

    def close(self) -> None:
        """Whoever waits is woken for the last time: the process is about to end, and ends only after its answers."""
        self.closed = True
        self.wake()

    async def _listen(self) -> None:
        failures = 0
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True, **PATIENCE) as conn:
                    await conn.execute(f"LISTEN {CHANNEL}")
                    failures = 0
                    self.wake()  # what was said while nobody listened
                    while True:
                        async for told in conn.notifies(stop_after=1):  # and all that came with it
                            self.wake(told.payload)
                        await asyncio.sleep(GATHER_S)
            except psycopg.OperationalError as error:
                log.warning("not listening for changes", error=type(error).__name__, failures=failures)
            await asyncio.sleep(BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)])
            failures += 1
