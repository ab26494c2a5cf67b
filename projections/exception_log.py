"""exception_log: what could not be used, open or resolved, with the sealed bytes."""

from collections.abc import Sequence

from fangpin.database import Connection
from fangpin.sequences import Event
from fangpin.topics import EXCEPTIONS
from projections.base import Projection, Table, Tables

_COLUMNS = (
    "exception_id", "status", "feed", "county_code", "code", "field", "message", "record_id", "revision", "source",
    "receipt_id", "receipt_index", "recorded_at", "key_id", "raw",
)  # fmt: skip


def _fold(conn: Connection, tables: Tables, events: Sequence[Event]) -> None:
    """The last word on an exception counts, by its `recorded_at`; its age counts from the first."""
    marks = ", ".join(["%s"] * len(_COLUMNS))
    with conn.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {tables['exception_log']} AS e ({', '.join(_COLUMNS)}, changed_at, resolved_at) "
            f"VALUES ({marks}, %s, %s) ON CONFLICT (exception_id) DO UPDATE SET status = EXCLUDED.status, "
            "changed_at = EXCLUDED.changed_at, resolved_at = EXCLUDED.resolved_at, "
            "recorded_at = least(e.recorded_at, EXCLUDED.recorded_at), "
            "key_id = coalesce(e.key_id, EXCLUDED.key_id), raw = coalesce(e.raw, EXCLUDED.raw) "
            "WHERE EXCLUDED.changed_at >= e.changed_at",
            [
                (
                    *(_storable(event.get(column)) for column in _COLUMNS),
                    event["recorded_at"],
                    event["recorded_at"] if event["status"] == "resolved" else None,
                )
                for event in events
            ],
        )


def _storable(value: object) -> object:
    """What came from outside may be no text for PostgreSQL; it must not stop the log of what is wrong."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


EXCEPTION_LOG = Projection(
    name="exception_log",
    topic=EXCEPTIONS,
    tables=(
        Table(
            "exception_log",
            "exception_id uuid PRIMARY KEY, status text NOT NULL, feed text NOT NULL, county_code text NOT NULL, "
            "code text NOT NULL, field text, message text NOT NULL, record_id text, revision bigint, source text, "
            "receipt_id text, receipt_index bigint, recorded_at timestamptz NOT NULL, key_id text, raw bytea, "
            "changed_at timestamptz NOT NULL, resolved_at timestamptz",
            indexes=("(status, recorded_at DESC)",),
        ),
    ),
    fold=_fold,
)
