"""exception_log: what could not be used, open or resolved, with the sealed bytes."""

from collections.abc import Sequence

from fangpin.database import Connection
from fangpin.topics import EXCEPTIONS
from projections.base import Event, Projection, Table, Tables

_COLUMNS = (
    "exception_id", "status", "feed", "county_code", "code", "field", "message", "record_id", "revision", "source",
    "receipt_id", "receipt_index", "recorded_at", "key_id", "raw",
)  # fmt: skip


def _fold(conn: Connection, tables: Tables, events: Sequence[Event]) -> None:
    marks = ", ".join(["%s"] * len(_COLUMNS))
    with conn.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {tables['exception_log']} AS e ({', '.join(_COLUMNS)}) VALUES ({marks}) "
            "ON CONFLICT (exception_id) DO UPDATE SET status = EXCLUDED.status, "
            "resolved_at = CASE WHEN EXCLUDED.status = 'resolved' THEN EXCLUDED.recorded_at END "
            "WHERE EXCLUDED.recorded_at >= e.recorded_at",
            [tuple(event.get(column) for column in _COLUMNS) for event in events],
        )


EXCEPTION_LOG = Projection(
    name="exception_log",
    topic=EXCEPTIONS,
    tables=(
        Table(
            "exception_log",
            "exception_id uuid PRIMARY KEY, status text NOT NULL, feed text NOT NULL, county_code text NOT NULL, "
            "code text NOT NULL, field text, message text NOT NULL, record_id text, revision bigint, source text, "
            "receipt_id text, receipt_index bigint, recorded_at timestamptz NOT NULL, key_id text, raw bytea, "
            "resolved_at timestamptz",
            indexes=("(status, recorded_at DESC)",),
            order="exception_id",
        ),
    ),
    fold=_fold,
)
