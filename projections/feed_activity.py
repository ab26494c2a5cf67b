"""feed_activity: how many records of which department became facts of households, a row a day of valid time."""

from collections.abc import Sequence
from datetime import date, datetime

from fangpin.database import Connection
from fangpin.sequences import Event
from fangpin.topics import HOUSEHOLD_EVENTS
from projections.base import Projection, Table, Tables, columns

_KINDS = ("SignalRecorded", "SignalCorrected", "SignalWithdrawn", "SignalMoved")
Key = tuple[str, str, str, date]


def counts(events: Sequence[Event]) -> dict[Key, tuple[list[int], datetime]]:
    """By county, feed, source department and day: how many of each kind, and when the hub knew the last of them."""
    found: dict[Key, tuple[list[int], datetime]] = {}
    for event in events:
        if event["type"] not in _KINDS:
            continue
        key = (event["county_code"], event["feed"], event["source"], event["valid_on"])
        numbers, last_at = found.get(key, ([0] * len(_KINDS), event["recorded_at"]))
        numbers[_KINDS.index(event["type"])] += 1
        found[key] = numbers, max(last_at, event["recorded_at"])
    return found


def _fold(conn: Connection, tables: Tables, events: Sequence[Event]) -> None:
    rows = [(*key, *numbers, last_at) for key, (numbers, last_at) in counts(events).items()]
    if not rows:
        return
    conn.execute(
        f"INSERT INTO {tables['feed_activity']} AS a (county_code, feed, source, day, recorded, corrected, withdrawn, moved, "
        "last_at) SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::date[], %s::bigint[], %s::bigint[], "
        "%s::bigint[], %s::bigint[], %s::timestamptz[]) ON CONFLICT (county_code, feed, source, day) DO UPDATE SET "
        "recorded = a.recorded + EXCLUDED.recorded, corrected = a.corrected + EXCLUDED.corrected, "
        "withdrawn = a.withdrawn + EXCLUDED.withdrawn, moved = a.moved + EXCLUDED.moved, "
        "last_at = greatest(a.last_at, EXCLUDED.last_at)",
        columns(rows),
    )


FEED_ACTIVITY = Projection(
    name="feed_activity",
    topic=HOUSEHOLD_EVENTS,
    tables=(
        Table(
            "feed_activity",
            "county_code text NOT NULL, feed text NOT NULL, source text NOT NULL, day date NOT NULL, "
            "recorded bigint NOT NULL, corrected bigint NOT NULL, withdrawn bigint NOT NULL, moved bigint NOT NULL, "
            "last_at timestamptz NOT NULL, PRIMARY KEY (county_code, feed, source, day)",
        ),
    ),
    fold=_fold,
    pace_s=0.2,
)
