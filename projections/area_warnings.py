"""area_warnings: every area warning as it stands; its households are those of the inbox, asked for when somebody looks."""

from collections.abc import Sequence

from fangpin.database import Connection
from fangpin.sequences import Event
from fangpin.topics import COUNTY_EVENTS
from projections.base import Projection, Table, Tables, columns

_COLUMNS = {
    "area_warning_id": "uuid",
    "county_code": "text",
    "area_code": "text",
    "cause": "text",
    "since": "date",
    "until": "date",
    "risk": "text",
    "households": "int",
    "expected": "float8",
    "feed": "text",
    "source": "text",
    "record_id": "text",
    "reason": "text",
    "seal_subject": "bytea",
    "sealed": "bytea",
}


def _fold(conn: Connection, tables: Tables, events: Sequence[Event]) -> None:
    last: dict[str, Event] = {}
    raised: dict[str, Event] = {}
    for event in events:
        if event["type"].startswith("AreaWarning"):
            last[event["area_warning_id"]] = event
            if event["type"] == "AreaWarningRaised":
                raised[event["area_warning_id"]] = event
    if not last:
        return
    rows = [
        (
            *(event[name] for name in _COLUMNS),
            event["type"] != "AreaWarningClosed",
            raised[identity]["valid_on"] if identity in raised else None,
            event["valid_on"],
        )
        for identity, event in last.items()
    ]
    names = [*_COLUMNS, "open", "raised_on", "changed_on"]
    types = [*_COLUMNS.values(), "bool", "date", "date"]
    table = tables["area_warning"]
    conn.execute(
        f"INSERT INTO {table} AS t ({', '.join(names)}) SELECT * FROM unnest({', '.join(f'%s::{one}[]' for one in types)}) "
        "ON CONFLICT (area_warning_id) DO UPDATE SET raised_on = coalesce(EXCLUDED.raised_on, t.raised_on), "
        + ", ".join(f"{name} = EXCLUDED.{name}" for name in names if name not in ("area_warning_id", "raised_on")),
        columns(rows),
    )


AREA_WARNINGS = Projection(
    name="area_warnings",
    topic=COUNTY_EVENTS,
    tables=(
        Table(
            "area_warning",
            "area_warning_id uuid PRIMARY KEY, county_code text NOT NULL, area_code text NOT NULL, cause text NOT NULL, "
            "since date NOT NULL, until date, risk text, households int, expected float8, feed text, source text, "
            "record_id text, reason text, seal_subject bytea NOT NULL, sealed bytea, open boolean NOT NULL, "
            "raised_on date, changed_on date NOT NULL",
            indexes=("(county_code, area_code text_pattern_ops)",),
        ),
    ),
    fold=_fold,
    pace_s=0.2,
)
