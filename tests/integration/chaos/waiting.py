"""Waits for what must come true, bounded."""

import time
from collections.abc import Callable
from typing import TypeVar

from fangpin import database
from fangpin.errors import TransientError

T = TypeVar("T")


def soon(found: Callable[[], T], within: float = 60.0) -> T:
    """The first true value."""
    deadline = time.monotonic() + within
    while not (value := found()):
        assert time.monotonic() < deadline, f"not true within {within} s"
        time.sleep(0.05)
    return value


def count(url: str, query: str, *parameters: object) -> int:
    """The number that a query gives; −1 while PostgreSQL is away."""
    try:
        with database.connect(url) as conn:
            row = conn.execute(query, parameters).fetchone()
    except TransientError:
        return -1
    return int(row[0]) if row is not None else 0


UNPUBLISHED = (
    "SELECT coalesce(sum(county.position - coalesce(publication.position, 0)), 0) FROM county "
    "LEFT JOIN publication USING (county_code)"
)
