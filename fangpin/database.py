"""PostgreSQL: psycopg for hot paths, SQLAlchemy for tables and migrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine

from fangpin import adapting
from fangpin.errors import TransientError

Connection = psycopg.Connection[Any]
MIGRATIONS = Path(__file__).resolve().parent / "migrations"
# A server that vanished without a word (its host died, a cable was pulled) is noticed within half a minute, not two hours.
PATIENCE: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,  # ms; for what was sent and never acknowledged, where keepalives do not apply
}


@contextmanager
def autocommitted(conn: Connection) -> Iterator[None]:
    """For a single statement on an idle connection: a transaction of its own, without BEGIN and COMMIT to wait for."""
    conn.autocommit = True
    try:
        yield
    finally:
        if not conn.closed:
            conn.autocommit = False


def connect(url: str, *, autocommit: bool = False) -> Connection:
    """A connection in UTC. Raises `TransientError` when the server is not there."""
    try:
        conn = psycopg.connect(url, autocommit=autocommit, options="-c timezone=UTC -c jit=off", **PATIENCE)
    except psycopg.OperationalError as error:
        raise TransientError(f"PostgreSQL does not answer: {error}") from error
    adapting.register(conn)
    return conn


def engine(url: str) -> Engine:
    """An SQLAlchemy engine over psycopg 3."""
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), pool_pre_ping=True)


def migrate(url: str) -> None:
    """Bring the schema to the newest revision."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    command.upgrade(config, "head")
