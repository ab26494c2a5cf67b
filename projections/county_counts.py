"""county_counts: every warning without anything of a person: what analysts count by risk, area and month."""

from collections.abc import Sequence

from fangpin.database import Connection
from fangpin.topics import HOUSEHOLD_EVENTS
from projections.base import Event, Projection, Table, Tables


def _fold(conn: Connection, tables: Tables, events: Sequence[Event]) -> None:
    villages = {
        event["household_id"]: event["village_code"]
        for event in events
        if event["type"].startswith("Household") and event["latest"]
    }
    rows: dict[str, tuple[object, ...]] = {}
    statuses: dict[str, str] = {}
    for event in events:
        if event["type"].startswith("Warning"):
            rows[event["warning_id"]] = (
                event["warning_id"],
                event["household_id"],
                event["county_code"],
                villages.get(event["household_id"], event["village_code"]),
                event["risk"],
                f"{event['since']:%Y-%m}",
                event["stock"],
                event["status"],
            )
            statuses.pop(event["warning_id"], None)
        elif event["type"] == "FindingRecorded" and event["effective"]:
            statuses[event["warning_id"]] = event["status"]
    table = tables["county_counts"]
    with conn.cursor() as cursor:
        if rows:
            cursor.executemany(
                f"INSERT INTO {table} (warning_id, household_id, county_code, village_code, risk, month, stock, status) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (warning_id) DO UPDATE SET "
                "village_code = EXCLUDED.village_code, month = EXCLUDED.month, stock = EXCLUDED.stock, "
                "status = EXCLUDED.status",
                list(rows.values()),
            )
        if statuses:
            cursor.executemany(
                f"UPDATE {table} SET status = %s WHERE warning_id = %s",
                [(status, warning) for warning, status in statuses.items()],
            )
        if villages:
            cursor.execute(
                f"UPDATE {table} c SET village_code = n.village FROM unnest(%s::uuid[], %s::text[]) AS n (id, village) "
                "WHERE c.household_id = n.id AND c.village_code <> n.village",
                (list(villages), list(villages.values())),
            )


COUNTY_COUNTS = Projection(
    name="county_counts",
    topic=HOUSEHOLD_EVENTS,
    tables=(
        Table(
            "county_counts",
            "warning_id uuid PRIMARY KEY, household_id uuid NOT NULL, county_code text NOT NULL, "
            "village_code text NOT NULL, risk text NOT NULL, month text NOT NULL, stock boolean NOT NULL, "
            "status text NOT NULL",
            indexes=("(village_code text_pattern_ops)", "(household_id)"),
            order="warning_id",
        ),
    ),
    fold=_fold,
)
