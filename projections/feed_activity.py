"""feed_activity: how many records of which department became facts of households, a row a day of valid time."""

from collections import Counter
from collections.abc import Sequence

from fangpin.database import Connection
from fangpin.topics import HOUSEHOLD_EVENTS
from projections.base import Event, Projection, Table, Tables

_COLUMNS = {"SignalRecorded": 0, "SignalCorrected": 1, "SignalWithdrawn": 2, "SignalMoved": 3}


def _fold(conn: Connection, tables: Tables, events: Sequence[Event]) -> None:
    counts: Counter[tuple[str, str, str, object, int]] = Counter()
    for event in events:
        column = _COLUMNS.get(event["type"])
        if column is not None:
            counts[event["county_code"], event["feed"], event["source"], event["valid_on"], column] += 1
    rows: dict[tuple[str, str, str, object], list[int]] = {}
    for (county, feed, source, day, column), count in counts.items():
        rows.setdefault((county, feed, source, day), [0, 0, 0, 0])[column] = count
    with conn.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {tables['feed_activity']} AS a (county_code, feed, source, day, recorded, corrected, withdrawn, "
            "moved) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (county_code, feed, source, day) DO UPDATE SET "
            "recorded = a.recorded + EXCLUDED.recorded, corrected = a.corrected + EXCLUDED.corrected, "
            "withdrawn = a.withdrawn + EXCLUDED.withdrawn, moved = a.moved + EXCLUDED.moved",
            [(*key, *numbers) for key, numbers in rows.items()],
        )


FEED_ACTIVITY = Projection(
    name="feed_activity",
    topic=HOUSEHOLD_EVENTS,
    tables=(
        Table(
            "feed_activity",
            "county_code text NOT NULL, feed text NOT NULL, source text NOT NULL, day date NOT NULL, "
            "recorded bigint NOT NULL, corrected bigint NOT NULL, withdrawn bigint NOT NULL, moved bigint NOT NULL, "
            "PRIMARY KEY (county_code, feed, source, day)",
            order="county_code, feed, source, day",
        ),
    ),
    fold=_fold,
)
