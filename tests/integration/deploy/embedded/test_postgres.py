"""The embedded database keeps what was committed through kill -9 and restart."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from deploy.embedded.failure import ServerFailure
from deploy.embedded.postgres import EmbeddedPostgres

pytestmark = [pytest.mark.servers, pytest.mark.embedded]


def test_commits_survive_kill_and_restart(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, shared_buffers="32MB")
    with server:
        url = server.url
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT '王小明' AS name")

        server.kill()
        assert not server.is_running
        server.start()

        assert server.url == url
        assert _names(url) == ["王小明"]

    with EmbeddedPostgres(tmp_path, shared_buffers="32MB") as again:
        assert again.url == url
        assert _names(url) == ["王小明"]
        with pytest.raises(ServerFailure, match="another process"):
            EmbeddedPostgres(tmp_path).start()


def test_a_recovery_says_that_it_goes_on(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, shared_buffers="32MB")
    recovering: dict[str, bool] = {}

    def look(_: float) -> bool:
        recovering[server._answer] = server._is_recovering()
        return True

    with server:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT repeat('x', 300) FROM generate_series(1, 500000)")
        server.kill()
        server.start(look)
    told = {answer: at_work for answer, at_work in recovering.items() if "the database system" in answer}
    assert set(told.values()) == {True}, told


def test_is_utf8_with_checksums_and_finds_chinese_by_trigram(tmp_path: Path) -> None:
    with (
        EmbeddedPostgres(tmp_path, shared_buffers="32MB", durable=False) as server,
        psycopg.connect(server.url) as connection,
    ):
        assert _one(connection, "SHOW server_encoding") == "UTF8"
        assert _one(connection, "SHOW data_checksums") == "on"
        connection.execute("CREATE EXTENSION pg_trgm")
        assert _one(connection, "SELECT similarity('王小明', '王小民') > 0.2") is True


def test_password_is_asked_for(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path, shared_buffers="32MB", durable=False) as server:
        stranger = server.url.replace("fangpin:", "fangpin:not-", 1)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(stranger)


def test_log_holds_no_values_of_failed_statements(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path, shared_buffers="32MB", durable=False) as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE person (name text PRIMARY KEY)")
            connection.execute("INSERT INTO person VALUES ('王小明')")
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute("INSERT INTO person VALUES ('王小明')")
        log = server.log.read_text()
    assert "duplicate key" in log
    assert "王小明" not in log


def test_port_of_another_program_is_reported(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "one", shared_buffers="32MB", durable=False) as first:
        port = int(first.url.rsplit(":", 1)[1].split("/")[0])
        with pytest.raises(ServerFailure, match=f"port {port}"):
            EmbeddedPostgres(tmp_path / "two", port, shared_buffers="32MB", durable=False).start()


def _names(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM kept")]


def _one(connection: psycopg.Connection, query: str) -> object:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]
