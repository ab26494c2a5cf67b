"""The boundary tables of all packs through the correlator: what `fangpin evaluate` finds, the hub warns of."""

from datetime import date
from random import Random
from typing import Any

import msgspec

from fangpin import database
from fangpin.domain.policy.cases import CASE, HOUSEHOLD, PERSON, Case, records_of
from fangpin.policies import load_book, load_cases, load_specimens
from services.simulator.people import People
from tests.desk import Desk
from tests.records import common

LAST = date(2029, 12, 31)
Tables = dict[date, list[tuple[str, str, str, Case, list[dict[str, Any]]]]]


def tables() -> Tables:
    """Every case with its pack, rule and records, its own household and person, by the day on which it is judged."""
    book, specimens = load_book(), load_specimens()
    people = People("530925", Random(1))
    found: Tables = {}
    count = 0
    for pack_id, pack in book.packs.items():
        table = load_cases(pack_id)
        for rule in pack.rules:
            for case in table.cases[rule.id]:
                count += 1
                number = people.make(date(1970, 1, 1), True).id_number
                text = msgspec.json.encode(records_of(pack, rule, table, case, specimens)).decode()
                text = text.replace(PERSON, number).replace(f'"{HOUSEHOLD}"', f'"N{count}"')
                raws = [
                    {**raw, "record_id": f"{raw['record_id']}-{count}"}
                    for raw in msgspec.json.decode(text, type=list[dict[str, Any]])
                ]
                record_id = f"{CASE}-{count}"
                found.setdefault(case.as_of or LAST, []).append((pack_id, rule.id, record_id, case, raws))
    return dict(sorted(found.items()))


def test_the_hub_agrees_with_the_boundary_tables(fresh_database: str) -> None:
    counties = load_book().counties()
    checked = 0
    with database.connect(fresh_database) as conn:
        desk = Desk(conn)
        for on, cases in tables().items():
            for county in counties:
                own = {"county_code": county, "date": on.isoformat(), "confirmed": True}
                desk.take(common("clock", f"c-{on}", reported_at="2025-06-01T10:00:00+08:00", **own))
            desk.take(*(raw for *_, raws in cases for raw in raws))
            standing: dict[str, dict[str, Any]] = {}
            for event in desk.events():
                if event["type"].startswith("Warning"):
                    standing[event["warning_id"]] = event
            met = {
                (rule["pack"], rule["id"], one["record_id"])
                for event in standing.values()
                for one in event["evidence"]
                for rule in one["rules"]
            }
            notes = {one["record_id"]: set(one["notes"]) for one in desk.events("SignalRecorded")}
            for pack_id, rule_id, record_id, case, _ in cases:
                checked += 1
                assert ((pack_id, rule_id, record_id) in met) is case.met, (pack_id, rule_id, case)
                assert set(case.notes) <= notes[record_id], (pack_id, rule_id, case)
    assert checked > 200
