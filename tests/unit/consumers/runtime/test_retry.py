"""Waits after failures: they grow, they have a ceiling, and two workers do not wait alike."""

from __future__ import annotations

from consumers.runtime import Retry


def waits(retry: Retry, count: int) -> list[float]:
    return [retry.next_wait() for _ in range(count)]


def test_waits_lie_between_half_the_first_and_a_doubling_ceiling() -> None:
    for _ in range(200):
        found = waits(Retry(first_s=1, most_s=8), 6)
        for wait, ceiling in zip(found, [1, 2, 4, 8, 8, 8], strict=True):
            assert 0.5 <= wait <= ceiling


def test_workers_that_failed_together_do_not_come_back_together() -> None:
    assert len({Retry().next_wait() for _ in range(20)}) == 20


def test_a_success_begins_anew() -> None:
    retry = Retry(first_s=1, most_s=1000)
    waits(retry, 10)
    retry.reset()
    assert retry.next_wait() <= 1
