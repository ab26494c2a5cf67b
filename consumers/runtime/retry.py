"""How long to wait after a failure that will pass."""

import random


class Retry:
    """Exponential waits with full jitter, so that workers that failed together do not come back together."""

    def __init__(self, first_s: float = 0.2, most_s: float = 5.0) -> None:
        self._first = first_s
        self._most = most_s
        self._failures = 0

    def next_wait(self) -> float:
        """Seconds to wait before the next try."""
        ceiling = min(self._most, self._first * 2**self._failures)
        self._failures += 1
        return random.uniform(self._first / 2, max(ceiling, self._first))

    def reset(self) -> None:
        """The try went well."""
        self._failures = 0
