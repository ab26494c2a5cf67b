"""A worker's session with PostgreSQL, and how its locks come free when it is frozen, or its host is gone."""

import psycopg

from fangpin import database
from fangpin.database import Connection

# A worker that PostgreSQL has not heard from for so long between two statements of a transaction loses it and its locks,
# so that another can go on. More than a publication may take, which is part of one: 20 s.
FROZEN_S = 30
# Who has waited longer for a lock gives up: `end_frozen` looks then. Between two statements PostgreSQL has ended it before.
LOCK_S = 40
NAME = "fangpin worker"
LOST_CONNECTION = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.IdleInTransactionSessionTimeout)


def worker_connection(url: str) -> Connection:
    """Raises `TransientError` when the server is not there."""
    conn = database.connect(url)
    conn.execute(f"SET application_name = '{NAME}'")
    conn.execute(f"SET idle_in_transaction_session_timeout = '{FROZEN_S}s'")
    conn.execute(f"SET lock_timeout = '{LOCK_S}s'")
    conn.commit()
    return conn


def end_frozen(url: str) -> int:
    """End workers' sessions that froze inside a statement; how many. Raises `TransientError` and `psycopg.Error`.

    A COPY whose rows do not come is no idleness to PostgreSQL, and none of its timeouts ends it. Ours take a second.
    """
    with database.connect(url, autocommit=True) as conn:
        return conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND usename = current_user AND application_name = %s AND state = 'active' AND wait_event = 'ClientRead' "
            "AND query_start <= clock_timestamp() - make_interval(secs => %s)",
            (NAME, FROZEN_S),
        ).rowcount
