"""The shape of a read model's tables over upgrades."""

from dataclasses import replace

from fangpin import database
from projections import PROJECTIONS, versions
from projections.base import Table


def test_another_shape_is_folded_anew_and_the_same_one_stays(fresh_database: str) -> None:
    projection = PROJECTIONS["county_counts"]
    (table,) = projection.tables
    wider = replace(projection, tables=(Table(table.name, "added text, " + table.ddl, table.indexes),))
    with database.connect(fresh_database) as conn:
        assert [versions.ensure(conn, projection) for _ in range(2)] == [1, 1]
        conn.execute(
            "INSERT INTO checkpoint (consumer, topic, partition, topic_id, next_offset) VALUES (%s, 'household.events', 0, 'id', 7)",
            (versions.consumer_name(projection, 1),),
        )
        assert [versions.ensure(conn, wider) for _ in range(2)] == [2, 2]
        conn.execute("SELECT added, risk FROM county_counts")
        assert conn.execute("SELECT count(*) FROM checkpoint").fetchone() == (0,)
        assert conn.execute("SELECT to_regclass('county_counts_v1')").fetchone() == (None,)
        assert versions.ensure(conn, projection) == 3  # and back: the version before knows nothing of the column
        conn.execute("SELECT risk FROM county_counts")


def test_a_read_model_of_a_hub_from_before_shapes_were_kept_is_folded_anew(fresh_database: str) -> None:
    projection = PROJECTIONS["county_counts"]
    with database.connect(fresh_database) as conn:
        assert versions.ensure(conn, projection) == 1
        conn.execute("ALTER TABLE projection DROP COLUMN shape")
        assert versions.ensure(conn, projection) == 2
