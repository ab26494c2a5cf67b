"""month_board: who delivered which feed when, who declared that there was nothing, and each county's civil date."""

from collections.abc import Sequence
from datetime import date

from fangpin.database import Connection
from fangpin.sequences import Event
from fangpin.topics import COUNTY_EVENTS
from projections.base import Projection, Table, Tables, columns

# county, feed, department, area ('' for none), day, month, named, baseline
Key = tuple[str, str, str, str, date, str, bool, bool]


def delivered(events: Sequence[Event]) -> dict[Key, tuple[date, date, int]]:
    """Of a batch, by what was delivered: the first and last day that the records are of, and how many they are."""
    found: dict[Key, tuple[date, date, int]] = {}
    for event in events:
        if event["type"] != "FeedDelivered":
            continue
        head = (event["county_code"], event["feed"], event["department"], event["area"] or "", event["valid_on"])
        for one in event["months"]:
            key = (*head, one["month"], one["named"], event["baseline"])
            earliest, latest, records = found.get(key, (one["earliest"], one["latest"], 0))
            found[key] = min(earliest, one["earliest"]), max(latest, one["latest"]), records + one["records"]
    return found


def _fold(conn: Connection, tables: Tables, events: Sequence[Event]) -> None:
    rows = [(*key, *value) for key, value in delivered(events).items()]
    if rows:
        conn.execute(
            f"INSERT INTO {tables['board_delivery']} AS d (county_code, feed, department, area, day, month, named, "
            "baseline, earliest, latest, records) SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], "
            "%s::date[], %s::text[], %s::bool[], %s::bool[], %s::date[], %s::date[], %s::bigint[]) "
            "ON CONFLICT (county_code, feed, department, area, day, month, named, baseline) DO UPDATE SET "
            "earliest = least(d.earliest, EXCLUDED.earliest), latest = greatest(d.latest, EXCLUDED.latest), "
            "records = d.records + EXCLUDED.records",
            columns(rows),
        )
    for event in events:
        if event["type"] == "NilReturned":
            _nil(conn, tables["board_nil"], event)
        elif event["type"] == "CivilDateMoved":
            conn.execute(
                f"INSERT INTO {tables['board_clock']} AS c (county_code, today, since) VALUES (%s, %s, %s) "
                "ON CONFLICT (county_code) DO UPDATE SET today = EXCLUDED.today, since = least(c.since, EXCLUDED.since)",
                (event["county_code"], event["date"], event["date"]),
            )


def _nil(conn: Connection, table: str, event: Event) -> None:
    """The last word of a record holds; one taken back leaves nothing."""
    conn.execute(
        f"DELETE FROM {table} WHERE county_code = %s AND department = %s AND record_id = %s",
        (event["county_code"], event["department"], event["record_id"]),
    )
    if not event["withdrawn"]:
        conn.execute(
            f"INSERT INTO {table} (county_code, department, record_id, area, of_feed, month, day) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (
                event["county_code"],
                event["department"],
                event["record_id"],
                event["area"] or "",
                event["of_feed"],
                event["month"],
                event["delivered_on"],
            ),
        )


MONTH_BOARD = Projection(
    name="month_board",
    topic=COUNTY_EVENTS,
    tables=(
        Table(
            "board_delivery",
            "county_code text NOT NULL, feed text NOT NULL, department text NOT NULL, area text NOT NULL, "
            "day date NOT NULL, month text NOT NULL, named boolean NOT NULL, baseline boolean NOT NULL, "
            "earliest date NOT NULL, latest date NOT NULL, records bigint NOT NULL, "
            "PRIMARY KEY (county_code, feed, department, area, day, month, named, baseline)",
            indexes=("(county_code, month)", "(county_code, day)"),
        ),
        Table(
            "board_nil",
            "county_code text NOT NULL, department text NOT NULL, record_id text NOT NULL, area text NOT NULL, "
            "of_feed text NOT NULL, month text NOT NULL, day date NOT NULL, "
            "PRIMARY KEY (county_code, department, record_id)",
            indexes=("(county_code, month)",),
        ),
        Table("board_clock", "county_code text PRIMARY KEY, today date, since date"),
    ),
    fold=_fold,
    pace_s=0.2,
)
