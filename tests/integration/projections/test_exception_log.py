"""The log of what could not be used takes whatever is on the topic."""

from fangpin import database
from projections import PROJECTIONS, versions
from projections.base import Tables
from tests.household_events import exception


def test_F22_text_that_postgresql_cannot_hold_does_not_stop_the_log(fresh_database: str) -> None:
    projection = PROJECTIONS["exception_log"]
    with database.connect(fresh_database) as conn:
        versions.ensure(conn, projection)
        projection.fold(conn, Tables(1), [exception(1, "open", 0, record_id="a\0b"), exception(2, "open", 1)])
        rows = conn.execute("SELECT record_id FROM exception_log ORDER BY exception_id").fetchall()
    assert [row[0] for row in rows] == ["a\ufffdb", exception(2, "open", 1)["record_id"]]
