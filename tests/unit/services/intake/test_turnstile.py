"""Large uploads one after the other, small ones past them."""

from __future__ import annotations

import threading

import anyio
import anyio.lowlevel

from services.intake.turnstile import LARGE, Turnstile


def test_large_work_waits_and_small_work_passes() -> None:
    done: list[str] = []
    go = threading.Event()

    def large() -> None:
        go.wait(10)
        done.append("large")

    async def run() -> None:
        turnstile = Turnstile(at_once=1)
        async with anyio.create_task_group() as tasks:
            for _ in range(2):
                tasks.start_soon(turnstile.run, LARGE + 1, large)
            with anyio.fail_after(10):
                while turnstile.limiter.statistics().tasks_waiting < 1:
                    await anyio.lowlevel.checkpoint()
            await turnstile.run(LARGE, lambda: done.append("small"))
            assert turnstile.limiter.borrowed_tokens == 1
            go.set()

    anyio.run(run)
    assert done == ["small", "large", "large"]
