"""village_inbox: every household as it is now, and every warning as it stands, under the household's village of now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec

from fangpin.database import Connection
from fangpin.errors import FatalError
from fangpin.sequences import Event
from fangpin.topics import HOUSEHOLD_EVENTS
from projections.base import Projection, Table, Tables, columns

# The columns of `inbox_warning` by where they come from: any of its events, the last one, its `WarningChange`. Its place
# is the household's.
_FIXED = {"household_id": "uuid", "county_code": "text", "risk": "text", "episode": "int"}
_STANDS = {"since": "date", "pack": "text", "due_on": "date", "stock": "bool", "reason": "text"}
_CHANGE = {
    "status": "text",
    "raised_at": "timestamptz",
    "evidence": "jsonb",
    "result": "text",
    "visited_on": "date",
    "found_by": "text",
    "escalated": "text",
}


@dataclass(slots=True)
class WarningChange:
    """What a batch does to one warning. `stands` is its last warning event; what is None stays as it is."""

    stands: Event | None = None
    status: str = ""
    raised_at: datetime | None = None
    evidence: str | None = None
    found: bool = False
    result: str | None = None
    visited_on: date | None = None
    found_by: str | None = None
    escalated: str | None = None


@dataclass(slots=True)
class Changes:
    """What a batch of events comes to: the last state of each household, and what it does to each warning."""

    households: dict[str, Event] = field(default_factory=dict)
    warnings: dict[str, WarningChange] = field(default_factory=dict)


def changes(events: Sequence[Event]) -> Changes:
    """The same, however the events are cut into batches: nothing here but their order counts."""
    found = Changes()
    for event in events:
        kind = event["type"]
        if kind in ("HouseholdRegistered", "HouseholdChanged"):
            if event["latest"]:
                found.households[event["household_id"]] = event
        elif kind == "WarningEscalated":
            change = found.warnings.setdefault(event["warning_id"], WarningChange())
            change.status, change.escalated = event["status"], event["level"]
        elif kind.startswith("Warning"):
            change = found.warnings.setdefault(event["warning_id"], WarningChange())
            change.stands, change.status = event, event["status"]
            if kind == "WarningRaised":
                change.raised_at, change.escalated = event["recorded_at"], "none"
            if event["evidence"]:  # a withdrawn warning shows what it once rested on
                change.evidence = msgspec.json.encode(event["evidence"]).decode()
        elif kind == "FindingRecorded" and event["effective"]:
            change = found.warnings.setdefault(event["warning_id"], WarningChange())
            change.found, change.status = True, event["status"]
            stands = event["result"] != "withdrawn"
            change.result = event["result"] if stands else None
            change.visited_on = event["valid_on"] if stands else None
            change.found_by = event["found_by"] if stands else None
    return found


def _fold(conn: Connection, tables: Tables, events: Sequence[Event]) -> None:
    found = changes(events)
    if found.households:
        _households(conn, tables, list(found.households.values()))
    if found.warnings:
        known = _raise(conn, tables, found.warnings)
        _change(conn, tables, known)


def _households(conn: Connection, tables: Tables, events: list[Event]) -> None:
    facts = (
        "class", "monitored", "marginal_2019", "resident", "has_labour", "on_subsistence_allowance", "grid", "sealed", "members",
    )  # fmt: skip
    with conn.cursor() as cursor:
        cursor.executemany(  # pipelined; an array of arrays of keys has no unnest
            f"INSERT INTO {tables['inbox_household']} (household_id, county_code, household_no, village_code, active, "
            "data, persons, names) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (household_id) DO UPDATE SET "
            "village_code = EXCLUDED.village_code, active = EXCLUDED.active, data = EXCLUDED.data, "
            "persons = EXCLUDED.persons, names = EXCLUDED.names",
            [
                (
                    event["household_id"],
                    event["county_code"],
                    event["household_no"],
                    event["village_code"],
                    event["status"] == "active",
                    msgspec.json.encode({key: event[key] for key in facts}).decode(),
                    [bytes.fromhex(one["person_key"]) for one in event["members"]],
                    [bytes.fromhex(one["name_key"]) for one in event["members"] if one["name_key"]],
                )
                for event in events
            ],
        )
    conn.execute(
        f"UPDATE {tables['inbox_warning']} w SET village_code = n.village_code FROM unnest(%s::uuid[], %s::text[]) "
        "AS n (household_id, village_code) WHERE n.household_id = w.household_id AND w.village_code <> n.village_code",
        columns([(event["household_id"], event["village_code"]) for event in events]),
    )


def _raise(conn: Connection, tables: Tables, warnings: dict[str, WarningChange]) -> dict[str, WarningChange]:
    """Insert the warnings that are new; returns those that were there."""
    raised = [
        (
            warning,
            *(one.stands[name] for name in (*_FIXED, *_STANDS)),
            *(getattr(one, name) for name in _CHANGE),
        )
        for warning, one in warnings.items()
        if one.raised_at is not None and one.stands is not None
    ]
    if not raised:
        return warnings
    types = {"warning_id": "uuid", **_FIXED, **_STANDS, **_CHANGE}
    names = ", ".join(types)
    rows = conn.execute(
        f"INSERT INTO {tables['inbox_warning']} ({names}, household_no, village_code) "
        f"SELECT n.*, h.household_no, h.village_code FROM {_unnest(types)} AS n ({names}) "
        f"JOIN {tables['inbox_household']} h USING (household_id) "
        "ON CONFLICT (warning_id) DO NOTHING RETURNING warning_id::text",
        columns(raised),
    )
    new = {row[0] for row in rows}
    return {warning: one for warning, one in warnings.items() if warning not in new}


def _change(conn: Connection, tables: Tables, warnings: dict[str, WarningChange]) -> None:
    if not warnings:
        return
    types = {"warning_id": "uuid", **_STANDS, **_CHANGE, "stands": "bool", "found": "bool"}
    moved = conn.execute(
        f"UPDATE {tables['inbox_warning']} w SET status = n.status, since = coalesce(n.since, w.since), "
        "pack = coalesce(n.pack, w.pack), stock = coalesce(n.stock, w.stock), "
        "due_on = CASE WHEN n.stands THEN n.due_on ELSE w.due_on END, "
        "reason = CASE WHEN n.stands THEN n.reason ELSE w.reason END, "
        "raised_at = coalesce(n.raised_at, w.raised_at), evidence = coalesce(n.evidence, w.evidence), "
        "result = CASE WHEN n.found THEN n.result ELSE w.result END, "
        "visited_on = CASE WHEN n.found THEN n.visited_on ELSE w.visited_on END, "
        "found_by = CASE WHEN n.found THEN n.found_by ELSE w.found_by END, escalated = coalesce(n.escalated, w.escalated) "
        f"FROM {_unnest(types)} AS n ({', '.join(types)}) WHERE w.warning_id = n.warning_id",
        columns(
            [
                (
                    warning,
                    *(one.stands[name] if one.stands else None for name in _STANDS),
                    *(getattr(one, name) for name in _CHANGE),
                    one.stands is not None,
                    one.found,
                )
                for warning, one in warnings.items()
            ]
        ),
    )
    if moved.rowcount != len(warnings):
        raise FatalError(f"{len(warnings) - moved.rowcount} warnings of this batch have no household or no beginning")


def _unnest(types: Mapping[str, str]) -> str:
    return f"unnest({', '.join(f'%s::{one}[]' for one in types.values())})"


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
        ),
        Table(
            "inbox_warning",
            "warning_id uuid PRIMARY KEY, household_id uuid NOT NULL, household_no text NOT NULL, "
            "county_code text NOT NULL, village_code text NOT NULL, risk text NOT NULL, episode int NOT NULL, "
            "status text NOT NULL, since date NOT NULL, pack text NOT NULL, due_on date, stock boolean NOT NULL, "
            "raised_at timestamptz NOT NULL, reason text, evidence jsonb NOT NULL, result text, visited_on date, "
            "found_by text, escalated text NOT NULL",
            indexes=("(village_code text_pattern_ops, raised_at DESC, warning_id)", "(household_id)"),
        ),
    ),
    fold=_fold,
    places="inbox_household",
)
