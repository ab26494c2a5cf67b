"""A frozen worker's locks hold nobody up for good."""

from __future__ import annotations

from contextlib import closing

import psycopg
import pytest

from consumers.runtime import sessions
from consumers.runtime.sessions import LOST_CONNECTION, end_frozen, worker_connection

TAKE = "INSERT INTO county (county_code) VALUES ('530925')"


def test_frozen_between_two_statements_its_transaction_is_ended(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "FROZEN_S", 1)
    with closing(worker_connection(fresh_database)) as worker, psycopg.connect(fresh_database) as other:
        worker.execute(TAKE)
        other.execute(TAKE)  # waits for the worker's row, until it is nobody's
        with pytest.raises(LOST_CONNECTION):
            worker.execute("SELECT 1")


def test_frozen_in_a_copy_its_session_is_ended_by_who_waited_too_long(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "FROZEN_S", 0)  # it has been frozen for no less; as a timeout this is none
    monkeypatch.setattr(sessions, "LOCK_S", 1)
    with closing(worker_connection(fresh_database)) as worker, closing(worker_connection(fresh_database)) as other:
        worker.execute(TAKE)
        copy = worker.cursor().copy("COPY county (county_code) FROM STDIN")
        copy.__enter__()
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(TAKE)
        other.rollback()
        assert end_frozen(fresh_database) == 1
        other.execute(TAKE)
        other.commit()
        with pytest.raises(LOST_CONNECTION):
            copy.__exit__(None, None, None)
        assert end_frozen(fresh_database) == 0
