"""Blue/green: fold the topic from its start into new tables while the live ones go on, then swap, or compare.

The long part runs beside the live fold. For the last step the live fold is held (its checkpoint rows are locked), the new
tables are brought to where it is, and are then made live, or compared row for row.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from consumers.runtime import Loop
from fangpin import database
from fangpin.broker import Place
from fangpin.database import Connection
from fangpin.errors import HubError
from fangpin.kafka import Kafka
from fangpin.settings import Settings
from projections import versions
from projections.base import Projection, Tables
from projections.handler import ProjectionHandler

Report = Callable[[int, int], None]  # records folded, records to fold
BATCH_RECORDS = 10_000


class RebuildRunning(HubError):
    """Somebody else rebuilds or verifies this read model."""


def rebuild(settings: Settings, projection: Projection, report: Report = lambda _done, _all: None) -> int:
    """Build a new version and make it live; the projector goes over to it. Returns the version.

    Raises `RebuildRunning`, `TransientError`, `FatalError`; what was begun is then removed, and the live one stays.
    """
    with _shadow(settings, projection, report, to_the_end=True) as (conn, version):
        before = versions.swap(conn, projection, version)
        conn.commit()
        versions.drop(conn, projection, before)
        conn.commit()
    return version


def verify(settings: Settings, projection: Projection, report: Report = lambda _done, _all: None) -> dict[str, int]:
    """Rows that differ between the live tables and a fold from the start, by table; all nought when they are equal."""
    with _shadow(settings, projection, report, to_the_end=False) as (conn, version):
        live = versions.live_version(conn, projection)
        assert live is not None
        found = {
            one.name: _difference(conn, Tables(live)[one.name], Tables(version)[one.name]) for one in projection.tables
        }
        conn.rollback()
        versions.drop(conn, projection, version)
        conn.commit()
    return found


@contextmanager
def _shadow(
    settings: Settings, projection: Projection, report: Report, *, to_the_end: bool
) -> Iterator[tuple[Connection, int]]:
    """A new version at the very offsets of the live one, which is held until the connection commits or rolls back.

    `to_the_end`: where the live one is behind the log, or has never run, the new one may be ahead of it.
    """
    conn = database.connect(settings.database_url)
    try:
        live = versions.ensure(conn, projection)
        conn.commit()
        if not versions.claim(conn, projection):
            raise RebuildRunning(f"{projection.name} is being rebuilt or verified by another process")
        for orphan in versions.orphans(conn, projection):
            versions.drop(conn, projection, orphan)
        version = versions.next_version(conn, projection)
        conn.commit()
        try:
            progress = _Progress(report)
            first = _log_ends(settings, projection) if to_the_end else _positions(conn, projection, live, hold=False)
            progress.fold(settings, projection, version, first)
            progress.fold(settings, projection, version, _positions(conn, projection, live, hold=True))
            yield conn, version
        except BaseException:
            conn.rollback()
            if versions.live_version(conn, projection) != version:
                versions.drop(conn, projection, version)
            conn.commit()
            raise
    finally:
        conn.close()


class _Progress:
    """Folds, and counts for the progress bar."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._done = 0

    def fold(self, settings: Settings, projection: Projection, version: int, ends: Mapping[Place, int]) -> None:
        total = max(self._done, sum(ends.values()))  # read models' topics are kept for ever: they begin at 0

        def folded(records: int) -> None:
            self._done += records
            self._report(self._done, total)

        self._report(self._done, total)
        Loop(
            ProjectionHandler(projection, version, live=False, progress=folded),
            broker=Kafka(settings.bootstrap_servers),
            database_url=settings.database_url,
            group=None,
            max_records=BATCH_RECORDS,
            ends=ends,
        ).run()


def _log_ends(settings: Settings, projection: Projection) -> dict[Place, int]:
    consumer = Kafka(settings.bootstrap_servers).consumer([projection.topic], None)
    try:
        return consumer.log_ends(consumer.partitions([projection.topic]))
    finally:
        consumer.close()


def _positions(conn: Connection, projection: Projection, version: int, *, hold: bool) -> dict[Place, int]:
    rows = conn.execute(
        "SELECT topic, partition, next_offset FROM checkpoint WHERE consumer = %s ORDER BY topic, partition"
        + (" FOR UPDATE" if hold else ""),
        (versions.consumer_name(projection, version),),
    ).fetchall()
    if not hold:
        conn.rollback()
    return {(topic, partition): offset for topic, partition, offset in rows}


def _difference(conn: Connection, one: str, other: str) -> int:
    row = conn.execute(
        f"SELECT count(*) FROM ((TABLE {one} EXCEPT ALL TABLE {other}) UNION ALL "
        f"(TABLE {other} EXCEPT ALL TABLE {one})) AS difference"
    ).fetchone()
    assert row is not None
    return int(row[0])
