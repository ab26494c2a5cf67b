"""One read-only state of the database, seen by several connections at once: the server's work need not wait for ours."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TypeVar

from psycopg import IsolationLevel, sql

from fangpin import database
from fangpin.database import Connection

T = TypeVar("T")
ASIDE = 2  # questions that the server answers beside ours


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Nothing of the hub can be changed by it, and what arrives meanwhile is not seen."""

    conn: Connection
    _others: SimpleQueue[Connection]
    _threads: ThreadPoolExecutor

    def aside(self, ask: Callable[[Connection], T]) -> Future[T]:
        """The answer to come, from a connection that sees the same."""
        return self._threads.submit(self._ask, ask)

    def _ask(self, ask: Callable[[Connection], T]) -> T:
        conn = self._others.get()
        try:
            return ask(conn)
        finally:
            self._others.put(conn)


@contextmanager
def snapshot(url: str) -> Iterator[Snapshot]:
    """As of now, until the end of the block. Raises `TransientError`."""
    with ExitStack() as stack:
        conn = _reading(url, stack)
        row = conn.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        others: SimpleQueue[Connection] = SimpleQueue()
        for _ in range(ASIDE):
            other = _reading(url, stack)
            other.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(row[0]))
            others.put(other)
        yield Snapshot(conn, others, stack.enter_context(ThreadPoolExecutor(ASIDE, "aside")))


def _reading(url: str, stack: ExitStack) -> Connection:
    """A connection whose next transaction is a read-only one of a single state."""
    conn = stack.enter_context(database.connect(url))
    conn.read_only = True
    conn.isolation_level = IsolationLevel.REPEATABLE_READ
    return conn
