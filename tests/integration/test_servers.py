"""What conftest.py promises of its databases and of the shared broker."""

from __future__ import annotations

import psycopg
import pytest
from confluent_kafka.admin import AdminClient, NewTopic


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_database(database_url: str, turn: int) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE mine (turn int)")


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_the_hubs_tables_without_rows(fresh_database: str, turn: int) -> None:
    with psycopg.connect(fresh_database) as connection:
        row = connection.execute("SELECT count(*) FROM signal").fetchone()
        assert row == (0,)
        connection.execute("CREATE TABLE mine (turn int)")


def test_shared_broker_takes_a_topic(kafka_bootstrap: str, topic_prefix: str) -> None:
    admin = AdminClient({"bootstrap.servers": kafka_bootstrap})
    name = topic_prefix + "one"
    admin.create_topics([NewTopic(name, 1, 1)])[name].result(30)
