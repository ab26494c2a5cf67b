"""county_counts: every warning without anything of a person: what analysts count by risk, area and month."""

from collections import defaultdict
from collections.abc import Sequence

from fangpin.database import Connection
from fangpin.sequences import Event
from fangpin.topics import HOUSEHOLD_EVENTS
from projections.base import Projection, Table, Tables, columns

Row = dict[str, object]


def changes(events: Sequence[Event]) -> tuple[dict[str, str], dict[str, Row], dict[str, str]]:
    """Of a batch: the villages of households that were registered, the rows of warnings, and statuses by findings alone.

    The events are taken in their order: a warning lies in the village of its household, as last heard.
    """
    villages: dict[str, str] = {}
    rows: dict[str, Row] = {}
    statuses: dict[str, str] = {}
    of_household: dict[str, set[str]] = defaultdict(set)
    for event in events:
        kind, household = event["type"], event["household_id"]
        if kind in ("HouseholdRegistered", "HouseholdChanged"):
            if event["latest"]:
                villages[household] = event["village_code"]
                for warning in of_household[household]:
                    rows[warning]["village_code"] = event["village_code"]
        elif kind.startswith("Warning") and kind != "WarningEscalated":  # which changes nothing that is counted
            rows[event["warning_id"]] = {
                "warning_id": event["warning_id"],
                "household_id": household,
                "county_code": event["county_code"],
                "village_code": event["village_code"],
                "risk": event["risk"],
                "month": f"{event['since']:%Y-%m}",
                "stock": event["stock"],
                "status": event["status"],
            }
            of_household[household].add(event["warning_id"])
            statuses.pop(event["warning_id"], None)
        elif kind == "FindingRecorded" and event["effective"]:
            if event["warning_id"] in rows:
                rows[event["warning_id"]]["status"] = event["status"]
            else:
                statuses[event["warning_id"]] = event["status"]
    return villages, rows, statuses


def _fold(conn: Connection, tables: Tables, events: Sequence[Event]) -> None:
    villages, rows, statuses = changes(events)
    table = tables["county_counts"]
    if villages:
        conn.execute(
            f"UPDATE {table} c SET village_code = n.village FROM unnest(%s::uuid[], %s::text[]) AS n (id, village) "
            "WHERE c.household_id = n.id AND c.village_code <> n.village",
            columns(list(villages.items())),
        )
    if rows:
        conn.execute(
            f"INSERT INTO {table} (warning_id, household_id, county_code, village_code, risk, month, stock, status) "
            "SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bool[], "
            "%s::text[]) ON CONFLICT (warning_id) DO UPDATE SET village_code = EXCLUDED.village_code, "
            "month = EXCLUDED.month, stock = EXCLUDED.stock, status = EXCLUDED.status",
            columns([tuple(row.values()) for row in rows.values()]),
        )
    if statuses:
        conn.execute(
            f"UPDATE {table} c SET status = n.status FROM unnest(%s::uuid[], %s::text[]) AS n (id, status) "
            "WHERE c.warning_id = n.id",
            columns(list(statuses.items())),
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
        ),
    ),
    fold=_fold,
    pace_s=0.0,  # a warning that is in the inbox is here as well
)
