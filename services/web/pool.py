"""The web process's connections: a server that stops answering is an error within seconds, never a request that hangs.

A server that is gone closes its connections; one that is frozen (a stopped process, a hung disk, a host that vanished)
takes what it is sent and says nothing, and no setting of the server's own can end that. So the client counts.
"""

import time
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool

CONNECTIONS = 12
POOL_TIMEOUT_S = 3.0  # with the answer to a check, what a request waits at most for a connection
ANSWER_S = 8.0  # for the longest statement of a page on a busy machine; a person goes away after ten
CHECK_S = 2.0  # for nothing but an answer
FRESH_S = 1.0  # one that answered so lately is not asked whether it still does
CONNECT_S = 5
# Tried for so long, then given up until somebody needs a connection: otherwise the pauses between two attempts double,
# and after an outage of a minute the next comes half a minute after the server.
RECONNECT_S = 2.0
T = TypeVar("T")


class Answering(psycopg.Connection[Any]):
    """A connection that is closed, with an `OperationalError`, when a statement has no answer in `within_s`."""

    within_s = ANSWER_S
    answered_at = 0.0  # time.monotonic

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """As in psycopg, with an end."""
        try:
            found = super().wait(gen, interval, self.within_s if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()  # nobody knows what the server will say to it, and when
            raise
        self.answered_at = time.monotonic()
        return found


def check(conn: Answering) -> None:
    """Raise when it does not work any more, or gives no answer."""
    if time.monotonic() - conn.answered_at < FRESH_S and not conn.closed:
        return
    conn.within_s = CHECK_S
    try:
        ConnectionPool.check_connection(conn)
    finally:
        conn.within_s = ANSWER_S


def web_pool(url: str) -> ConnectionPool[Answering]:
    """Not opened yet."""
    return ConnectionPool(
        url,
        connection_class=Answering,
        min_size=2,
        max_size=CONNECTIONS,
        timeout=POOL_TIMEOUT_S,
        reconnect_timeout=RECONNECT_S,
        open=False,
        kwargs={"options": "-c timezone=UTC -c jit=off", "connect_timeout": CONNECT_S},
        check=check,
    )
