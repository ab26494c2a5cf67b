"""Ids and lists go to PostgreSQL and come back as by psycopg's own adapters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import UUID, uuid4

import pytest

from fangpin import database
from fangpin.database import Connection

ONE, OTHER = uuid4(), uuid4()


@pytest.fixture
def conn(fresh_database: str) -> Iterator[Connection]:
    with closing(database.connect(fresh_database)) as found:
        yield found


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("uuid", [ONE, OTHER]),
        ("uuid", [ONE, None]),
        ("uuid", []),
        ("bytea", [b"", b"\0\xff", b"x" * 300]),
        ("bytea", [b"a", None]),
        ("text", ["户", "", "a"]),
        ("text", ["a", None]),
        ("bigint", [1, 2**40]),
        ("bool", [True, None]),
        ("text[]", [["a"], ["b"]]),
    ],
)
@pytest.mark.parametrize("binary", [True, False])
def test_a_list_arrives_as_it_was(conn: Connection, kind: str, values: list[Any], binary: bool) -> None:
    array = kind if kind.endswith("[]") else f"{kind}[]"
    row = conn.execute(f"SELECT %b::{array}", (values,), binary=binary).fetchone()
    assert row is not None
    assert row[0] == values


@pytest.mark.parametrize("binary", [True, False])
def test_an_id_is_a_uuid(conn: Connection, binary: bool) -> None:
    row = conn.execute("SELECT %s::uuid, NULL::uuid", (ONE,), binary=binary).fetchone()
    assert row == (ONE, None)
    assert isinstance(row[0], UUID)


def test_a_list_without_a_format_is_text_still(conn: Connection) -> None:
    row = conn.execute("SELECT %s::uuid[], 'a' = ANY(%s)", ([str(ONE)], ["a", "b"])).fetchone()
    assert row == ([ONE], True)
