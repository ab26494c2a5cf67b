"""What must hold after the storm, read from PostgreSQL, from the broker and from the clients' journal alone."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import httpx

from fangpin.database import Connection
from fangpin.settings import Settings
from fangpin.vault import Vault, load_or_create_secret
from projections import PROJECTIONS
from services.projector.rebuild import verify
from tests import oracle
from tests.integration.chaos.load import Load, Raw
from tests.integration.chaos.streams import Streams, read_exceptions

Line = dict[str, Any]
FINAL = {"matched", "unmatched", "ambiguous", "duplicate", "superseded", "quarantined"}
STANDS = ("open", "verified", "dismissed", "helped")


def nothing_lost(conn: Connection, acknowledged: Sequence[Line]) -> int:
    """INV-01, INV-02: every acknowledged revision is a signal or in quarantine; and nothing else is there."""
    keys = {tuple(key) for line in acknowledged for key in line["keys"] if key[0] != "poison"}
    signals = set(conn.execute("SELECT feed, county_code, record_id, revision FROM signal"))
    assert not keys - signals, sorted(keys - signals)[:5]
    assert not signals - keys, sorted(signals - keys)[:5]
    return sum(len(line["keys"]) for line in acknowledged)


def quarantine_is_whole(conn: Connection, settings: Settings, load: Load, acknowledged: Sequence[Line]) -> None:
    """INV-17: the bytes of everything that could not be used can be read again, and only of that."""
    vault = Vault(load_or_create_secret(settings.secret_file))
    salts = dict(conn.execute("SELECT subject, salt FROM vault_salt WHERE starts_with(subject::text, '\\x657863')"))
    kept: Counter[bytes] = Counter()
    refused: set[tuple[str, str]] = set()
    spoilt: dict[str, str] = {}
    for one in read_exceptions(settings.bootstrap_servers):
        if one["code"] in ("UNMATCHED", "AMBIGUOUS", "HH_CONFLICT"):
            continue
        if one["receipt_id"] is not None and one["code"] == "TYPE":
            spoilt[one["exception_id"]] = one["receipt_id"]
        elif one["code"] == "ID_REUSED":
            refused.add((one["county_code"], one["record_id"]))
        else:
            subject = one["key_id"].encode()
            kept[vault.open(subject, bytes(salts[subject]), one["raw"])] += 1
    assert set(kept) == set(load.poison)
    assert {record_id for _, record_id in refused} == load.reused
    told = Counter(spoilt.values())
    missing = {line["receipt"] for line in acknowledged if line.get("rejected", 0) > told[line.get("receipt", "")]}
    assert not missing, f"refused by intake with a 202, and not on hub.exceptions: {missing}"


def receipts_are_final(url: str, acknowledged: Sequence[Line], raws: Sequence[Raw]) -> Counter[str]:
    """Each receipt of a 202 says of each of its records what became of it, and of a fact that holds, where."""
    places = oracle.places(list(raws))
    outcomes: Counter[str] = Counter()
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
        for line in acknowledged:
            if line["way"] != "http":
                continue
            answer = client.get(f"/api/v1/receipts/{line['receipt']}", headers={"Authorization": line["token"]})
            found = answer.raise_for_status().json()
            assert (found["accepted"], found["rejected_total"]) == (len(line["keys"]), line["rejected"])
            assert len(found["outcomes"]) == len(line["keys"])
            for one, key in zip(found["outcomes"], line["keys"], strict=True):
                assert one["outcome"] in FINAL, one
                outcomes[one["outcome"]] += 1
                if one["outcome"] == "matched" and one.get("household_no") and tuple(key[:3]) in places:
                    assert one["household_no"] == places[key[0], key[1], key[2]], one
    return outcomes


def one_raising_an_episode(conn: Connection, streams: Streams) -> int:
    """INV-05, INV-10: one warning an episode, raised once, and again only after it was withdrawn."""
    assert not streams.faults, streams.faults[:5]
    # A household that is known by a withdrawal alone has no events.
    stored = dict(conn.execute("SELECT household_id::text, sequence FROM household WHERE sequence > 0"))
    read = {household: len(events) for household, events in streams.households.items()}
    differing = {
        one: (read.get(one), stored.get(one)) for one in read.keys() | stored.keys() if read.get(one) != stored.get(one)
    }
    assert not differing, list(differing.items())[:5]
    counties = dict(conn.execute("SELECT county_code, sequence FROM county WHERE sequence > 0"))
    assert {county: len(events) for county, events in streams.counties.items()} == counties
    numbers = dict(conn.execute("SELECT household_id::text, county_code || '/' || household_no FROM household"))
    stands: dict[str, bool] = {}
    for event in streams.warnings():
        county, _, number = numbers[event["household_id"]].partition("/")
        wanted = oracle.warning_id(county, number, event["risk"], event["episode"])
        assert UUID(event["warning_id"]) == wanted
        raises = event["type"] == "WarningRaised"
        assert stands.get(event["warning_id"], False) is not raises, f"{event['type']} of {event['warning_id']}"
        stands[event["warning_id"]] = event["type"] != "WarningWithdrawn"
    known = {str(row[0]) for row in conn.execute("SELECT warning_id FROM warning")}
    assert known == set(stands)
    return len(stands)


def inbox_is_the_oracles(
    conn: Connection, raws: Sequence[Raw], found: Mapping[oracle.Key, str], seen: Mapping[oracle.Key, set[str]]
) -> int:
    """INV-06, INV-39: the warnings that stand, their episodes, states and evidence."""
    wanted = oracle.episodes(list(raws), found, seen)
    rows = conn.execute(
        "SELECT county_code, household_no, risk, episode, status, evidence FROM inbox_warning WHERE status = ANY(%s)",
        (list(STANDS),),
    ).fetchall()
    shown = {tuple(row[:4]): (row[4], sorted(one["record_id"] for one in row[5])) for row in rows}
    assert len(shown) == len(rows), "an episode has two warnings"
    ended = {key: value for key, value in shown.items() if value[0] in ("dismissed", "helped")}
    assert {key[:3]: value[0] for key, value in ended.items()} == {
        key: oracle.STATUS[result] for key, result in found.items() if result != "confirmed"
    }
    assert {key: value for key, value in shown.items() if key not in ended} == wanted
    return len(rows)


def told_once(conn: Connection, streams: Streams) -> int:
    """One notice per raising and officer of the village, its township and its county, and per step up and officer to
    whom it goes up: none missing, none twice.
    """
    officers: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for area, username, role in conn.execute(
        "SELECT area, username, role FROM officer WHERE role IN ('village', 'township', 'county')"
    ):
        officers[area].append((username, role))
    wanted = Counter(
        (event["event_id"], username)
        for event in streams.warnings()
        if (event["type"] == "WarningRaised" and not event["stock"]) or event["type"] == "WarningEscalated"
        for width in (6, 9, 12)
        for username, role in officers[event["village_code"][:width]]
        if event.get("level") in (None, role)
    )
    rows = conn.execute("SELECT event_id::text, username FROM notice").fetchall()
    assert Counter((row[0], row[1]) for row in rows) == wanted
    return len(rows)


def read_models_are_folds(settings: Settings) -> None:
    """INV-09: every read model equals a fold from the start, row for row."""
    for projection in PROJECTIONS.values():
        assert not any(verify(settings, projection).values()), projection.name
