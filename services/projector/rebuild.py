"""Blue/green: fold the topic from its start into new tables while reads go on, then swap, or compare."""

from consumers.runtime import Loop
from fangpin import database
from fangpin.database import Connection
from fangpin.settings import Settings
from projections import versions
from projections.base import Projection, Tables
from projections.handler import ProjectionHandler, consumer_name

ATTEMPTS = 5  # to find a moment in which nothing came between the fold and the comparison


def rebuild(settings: Settings, projection: Projection) -> int:
    """Build a new version and make it live; the projector goes over to it. Returns the version."""
    version = _build(settings, projection)
    conn = database.connect(settings.database_url)
    try:
        before = versions.swap(conn, projection, version)
        conn.commit()
        versions.drop(conn, projection, before, consumer_name(projection, before))
        conn.commit()
    finally:
        conn.close()
    return version


def verify(settings: Settings, projection: Projection) -> dict[str, int]:
    """Rows that differ between the live tables and a fold from the start, by table; all nought when they are equal."""
    version = _build(settings, projection)
    conn = database.connect(settings.database_url)
    try:
        differences: dict[str, int] = {}
        for _ in range(ATTEMPTS):
            differences = _differences(conn, projection, version)
            if not any(differences.values()):
                break
            _catch_up(settings, projection, version)
        versions.drop(conn, projection, version, consumer_name(projection, version))
        conn.commit()
        return differences
    finally:
        conn.close()


def _build(settings: Settings, projection: Projection) -> int:
    conn = database.connect(settings.database_url)
    try:
        versions.ensure(conn, projection)
        version = versions.next_version(conn, projection)
        conn.commit()
    finally:
        conn.close()
    _catch_up(settings, projection, version)
    return version


def _catch_up(settings: Settings, projection: Projection, version: int) -> None:
    Loop(
        ProjectionHandler(projection, version, live=False),
        bootstrap=settings.bootstrap_servers,
        database_url=settings.database_url,
        group=None,
        until_caught_up=True,
    ).run()


def _differences(conn: Connection, projection: Projection, version: int) -> dict[str, int]:
    live = versions.live_version(conn, projection)
    assert live is not None
    found = {}
    for table in projection.tables:
        one, other = Tables(live)[table.name], Tables(version)[table.name]
        row = conn.execute(
            f"SELECT count(*) FROM ((TABLE {one} EXCEPT ALL TABLE {other}) UNION ALL "
            f"(TABLE {other} EXCEPT ALL TABLE {one})) AS difference"
        ).fetchone()
        assert row is not None
        found[table.name] = int(row[0])
    conn.rollback()
    return found
