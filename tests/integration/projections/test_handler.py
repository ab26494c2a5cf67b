"""What a read model asks of its connection."""

from fangpin import database
from projections import PROJECTIONS
from projections.handler import ProjectionHandler


def test_commits_of_a_read_model_wait_for_no_disk(fresh_database: str) -> None:
    with database.connect(fresh_database) as conn:
        for projection in PROJECTIONS.values():
            ProjectionHandler(projection, 1, live=True).recover(conn)
            conn.commit()
            assert conn.execute("SHOW synchronous_commit").fetchone() == ("off",)
            conn.execute("SET synchronous_commit TO on")
            conn.commit()
