"""village_inbox: every household as it is now, and every warning as it stands, under the household's village of now."""

from collections.abc import Sequence
from typing import Any

import msgspec

from fangpin.database import Connection
from fangpin.topics import HOUSEHOLD_EVENTS
from projections.base import Event, Projection, Table, Tables, plain


def _fold(conn: Connection, tables: Tables, events: Sequence[Event]) -> None:
    households: dict[str, Event] = {}
    warnings: dict[str, Event] = {}
    raised: dict[str, Any] = {}
    findings: dict[str, Event] = {}
    for event in events:
        kind = event["type"]
        if kind in ("HouseholdRegistered", "HouseholdChanged"):
            if event["latest"]:
                households[event["household_id"]] = event
        elif kind.startswith("Warning"):
            warnings[event["warning_id"]] = event
            if kind == "WarningRaised":
                raised[event["warning_id"]] = event["recorded_at"]
        elif kind == "FindingRecorded":
            findings[event["warning_id"]] = event
    _households(conn, tables, list(households.values()))
    _warnings(conn, tables, list(warnings.values()), raised)
    _findings(conn, tables, list(findings.values()), warnings)


def _households(conn: Connection, tables: Tables, events: list[Event]) -> None:
    if not events:
        return
    rows = [
        (
            event["household_id"],
            event["county_code"],
            event["household_no"],
            event["village_code"],
            event["status"] == "active",
            msgspec.json.encode(
                {key: plain(event[key]) for key in ("class", "monitored", "resident", "has_labour", "grid", "sealed")}
                | {"members": [{key: plain(value) for key, value in one.items()} for one in event["members"]]}
            ).decode(),
            [bytes.fromhex(one["person_key"]) for one in event["members"]],
            [bytes.fromhex(one["name_key"]) for one in event["members"] if one["name_key"]],
        )
        for event in events
    ]
    with conn.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {tables['inbox_household']} (household_id, county_code, household_no, village_code, active, "
            "data, persons, names) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (household_id) DO UPDATE SET "
            "village_code = EXCLUDED.village_code, active = EXCLUDED.active, data = EXCLUDED.data, "
            "persons = EXCLUDED.persons, names = EXCLUDED.names",
            rows,
        )
    conn.execute(
        f"UPDATE {tables['inbox_warning']} w SET village_code = h.village_code FROM {tables['inbox_household']} h "
        "WHERE h.household_id = w.household_id AND h.household_id = ANY(%s::uuid[]) AND w.village_code <> h.village_code",
        ([event["household_id"] for event in events],),
    )


def _warnings(conn: Connection, tables: Tables, events: list[Event], raised: dict[str, Any]) -> None:
    if not events:
        return
    with conn.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {tables['inbox_warning']} (warning_id, household_id, household_no, county_code, village_code, "
            "risk, episode, status, since, pack, due_on, stock, raised_at, reason, evidence) "
            f"SELECT %s, h.household_id, h.household_no, %s, h.village_code, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s "
            f"FROM {tables['inbox_household']} h WHERE h.household_id = %s "
            "ON CONFLICT (warning_id) DO UPDATE SET status = EXCLUDED.status, since = EXCLUDED.since, "
            "pack = EXCLUDED.pack, due_on = EXCLUDED.due_on, stock = EXCLUDED.stock, reason = EXCLUDED.reason, "
            "raised_at = CASE WHEN %s THEN EXCLUDED.raised_at ELSE inbox.raised_at END, "
            "evidence = CASE WHEN EXCLUDED.evidence = '[]' THEN inbox.evidence ELSE EXCLUDED.evidence END".replace(
                "inbox.", f"{tables['inbox_warning']}."
            ),
            [
                (
                    event["warning_id"],
                    event["county_code"],
                    event["risk"],
                    event["episode"],
                    event["status"],
                    event["since"],
                    event["pack"],
                    event["due_on"],
                    event["stock"],
                    raised.get(event["warning_id"], event["recorded_at"]),
                    event["reason"],
                    msgspec.json.encode(plain(event["evidence"])).decode(),
                    event["household_id"],
                    event["warning_id"] in raised,
                )
                for event in events
            ],
        )


def _findings(conn: Connection, tables: Tables, events: list[Event], warnings: dict[str, Event]) -> None:
    effective = [event for event in events if event["effective"]]
    if not effective:
        return
    with conn.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {tables['inbox_warning']} SET status = coalesce(%s, status), result = %s, visited_on = %s, "
            "found_by = %s WHERE warning_id = %s",
            [
                (
                    _status_after(event, warnings.get(event["warning_id"])),
                    event["result"],
                    event["valid_on"],
                    event["found_by"],
                    event["warning_id"],
                )
                for event in effective
            ],
        )


def _status_after(finding: Event, warning: Event | None) -> str | None:
    """The later of the two events of one batch says how the warning stands."""
    if warning is not None and warning["sequence"] > finding["sequence"]:
        return None
    return str(finding["status"])


VILLAGE_INBOX = Projection(
    name="village_inbox",
    topic=HOUSEHOLD_EVENTS,
    tables=(
        Table(
            "inbox_household",
            "household_id uuid PRIMARY KEY, county_code text NOT NULL, household_no text NOT NULL, "
            "village_code text NOT NULL, active boolean NOT NULL, data jsonb NOT NULL, "
            "persons bytea[] NOT NULL, names bytea[] NOT NULL",
            indexes=("(county_code, household_no)", "USING gin (persons)", "USING gin (names)", "(village_code)"),
            order="household_id",
        ),
        Table(
            "inbox_warning",
            "warning_id uuid PRIMARY KEY, household_id uuid NOT NULL, household_no text NOT NULL, "
            "county_code text NOT NULL, village_code text NOT NULL, risk text NOT NULL, episode int NOT NULL, "
            "status text NOT NULL, since date NOT NULL, pack text NOT NULL, due_on date, stock boolean NOT NULL, "
            "raised_at timestamptz NOT NULL, reason text, evidence jsonb NOT NULL, result text, visited_on date, "
            "found_by text",
            indexes=("(village_code text_pattern_ops, raised_at DESC, warning_id)", "(household_id)"),
            order="warning_id",
        ),
    ),
    fold=_fold,
)
