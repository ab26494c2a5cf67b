"""What the live evidence of a county says: since when it shows each risk, and which records it rests on.

Arithmetic stays sealed: rules, packs and days are what a comparison asks for. Households and records go by the bytes of
their UUIDs, of which a comparison has many thousands to look up.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import NamedTuple

import msgspec
from psycopg.types.json import Jsonb

from fangpin.database import Connection
from fangpin.domain.episodes import EntryRule
from fangpin.domain.policy.trial import Shown

ROWS = 1_000  # at hand at a time
_OF_OTHERS = "$.entries.* ? (!(@.feed == $feeds[*])).rules[*][3]"
_OF_THESE = "$.entries.* ? (@.feed == $feeds[*] && exists (@.rules[0]))"


class _Entry(msgspec.Struct, gc=False):
    record_key: str
    feed: str
    rules: list[EntryRule]


_ENTRIES = msgspec.json.Decoder(list[_Entry])


class Proof(NamedTuple):
    """One record that counts for a risk, with the rules that it had met by the day asked for, `since` the first of them."""

    household: bytes
    risk: str
    record_key: bytes
    feed: str
    rules: tuple[EntryRule, ...]
    since: date


Since = dict[tuple[bytes, str], date]  # by household and risk


def since_by_others(conn: Connection, county: str, feeds: Collection[str], on: date) -> Since:
    """Since when the records of all feeds but these show each risk."""
    rows = conn.execute(
        "SELECT uuid_send(household_id), risk, (SELECT min(day #>> '{}' COLLATE \"C\") FROM jsonb_path_query(state, "
        "%(path)s::jsonpath, %(feeds)s) day WHERE day #>> '{}' <= %(on)s COLLATE \"C\")::date FROM risk_state "
        "WHERE county_code = %(county)s",
        {"county": county, "path": _OF_OTHERS, "feeds": Jsonb({"feeds": list(feeds)}), "on": on.isoformat()},
        binary=True,
    )
    return {(household, risk): since for household, risk, since in rows if since is not None}


def proofs(conn: Connection, county: str, feeds: Collection[str], on: date) -> Iterator[Proof]:
    """Every record of these feeds that had met a rule by that day, once a risk; read while the server finds the next ones."""
    asked = {"county": county, "path": _OF_THESE, "feeds": Jsonb({"feeds": list(feeds)})}
    with conn.cursor() as cursor:
        for household, risk, entries in cursor.stream(
            "SELECT uuid_send(household_id), risk, jsonb_path_query_array(state, %(path)s::jsonpath, %(feeds)s)::text "
            "FROM risk_state WHERE county_code = %(county)s AND jsonb_path_exists(state, %(path)s::jsonpath, %(feeds)s)",
            asked,
            binary=True,
            size=ROWS,
        ):
            for one in _ENTRIES.decode(entries):
                met = tuple(rule for rule in one.rules if rule.met_on <= on)
                if met:
                    key = bytes.fromhex(one.record_key.replace("-", ""))
                    since = met[0].met_on if len(met) == 1 else min(rule.met_on for rule in met)
                    yield Proof(household, risk, key, one.feed, met, since)


def shown_by(found: Iterable[Proof]) -> list[Shown]:
    """What one household's proofs show, each risk once."""
    by_risk: dict[str, list[Proof]] = {}
    for one in found:
        by_risk.setdefault(one.risk, []).append(one)
    return [_shown(risk, own) for risk, own in by_risk.items()]


def _shown(risk: str, own: list[Proof]) -> Shown:
    met = [rule for one in own for rule in one.rules]
    if len(met) == 1:
        return Shown(risk, met[0].met_on, met[0].pack, (met[0].id,), 1)
    since, latest = min(one.since for one in own), max(met, key=lambda rule: (rule.met_on, rule.pack))
    return Shown(risk, since, latest.pack, tuple(sorted({rule.id for rule in met})), len(own))


def earliest(since: Since, found: Iterable[Proof]) -> Since:
    """Since when these records and those of `since` together show each risk."""
    first = dict(since)
    for one in found:
        key = (one.household, one.risk)
        known = first.get(key)
        if known is None or one.since < known:
            first[key] = one.since
    return first
