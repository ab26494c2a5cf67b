"""What the live evidence of a county says: since when it shows each risk, and which records it rests on.

Arithmetic stays sealed: rules, packs and days are what a comparison asks for.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb

from fangpin.database import Connection
from fangpin.domain.episodes import EntryRule
from fangpin.domain.policy import Finding
from fangpin.domain.policy.evaluate import Met, finding_of

_OF_OTHERS = "$.entries.* ? (!(@.feed == $feeds[*])).rules[*][3]"
_OF_THESE = "$.entries.* ? (@.feed == $feeds[*] && exists (@.rules[0]))"


class _Entry(msgspec.Struct):
    record_key: UUID
    feed: str
    record_id: str
    rules: list[EntryRule]


_ENTRIES = msgspec.json.Decoder(list[_Entry])


@dataclass(frozen=True, slots=True)
class Proof:
    """One record that counts for a risk, with the rules that it had met by the day asked for."""

    household: UUID
    risk: str
    record_key: UUID
    feed: str
    record_id: str
    rules: tuple[EntryRule, ...]

    @property
    def since(self) -> date:
        """The first day on which it met a rule."""
        return min(rule.met_on for rule in self.rules)


Since = dict[tuple[UUID, str], date]  # by household and risk


def since_by_others(conn: Connection, county: str, feeds: Collection[str], on: date) -> Since:
    """Since when the records of all feeds but these show each risk."""
    rows = conn.execute(
        "SELECT household_id, risk, (SELECT min(day #>> '{}' COLLATE \"C\") FROM jsonb_path_query(state, "
        "%(path)s::jsonpath, %(feeds)s) day WHERE day #>> '{}' <= %(on)s COLLATE \"C\")::date FROM risk_state "
        "WHERE county_code = %(county)s",
        {"county": county, "path": _OF_OTHERS, "feeds": Jsonb({"feeds": list(feeds)}), "on": on.isoformat()},
        binary=True,
    )
    return {(household, risk): since for household, risk, since in rows if since is not None}


def proofs(conn: Connection, county: str, feeds: Collection[str], on: date) -> Iterator[Proof]:
    """Every record of these feeds that had met a rule by that day, once a risk."""
    rows = conn.execute(
        "SELECT household_id, risk, jsonb_path_query_array(state, %(path)s::jsonpath, %(feeds)s)::text FROM risk_state "
        "WHERE county_code = %(county)s AND jsonb_path_exists(state, %(path)s::jsonpath, %(feeds)s)",
        {"county": county, "path": _OF_THESE, "feeds": Jsonb({"feeds": list(feeds)})},
        binary=True,
    )
    for household, risk, entries in rows:
        for one in _ENTRIES.decode(entries):
            met = tuple(rule for rule in one.rules if rule.met_on <= on)
            if met:
                yield Proof(household, risk, one.record_key, one.feed, one.record_id, met)


def findings(found: Collection[Proof]) -> list[Finding]:
    """One household's proofs as the evaluation tells them, a finding a risk; without arithmetic."""
    by_risk: dict[str, list[tuple[str, Met]]] = {}
    for one in found:
        for rule in one.rules:
            met = Met(one.risk, rule.id, rule.pack, rule.purpose, rule.met_on, "")
            by_risk.setdefault(one.risk, []).append((one.record_id, met))
    return [finding_of(risk, rules) for risk, rules in sorted(by_risk.items())]


def joined(some: Collection[Finding], others: Collection[Finding]) -> list[Finding]:
    """Findings of one household on different records as those on all of them."""
    by_risk: dict[str, list[tuple[str, Met]]] = {}
    for one in (*some, *others):
        by_risk.setdefault(one.risk, []).extend(one.rules)
    return [finding_of(risk, rules) for risk, rules in sorted(by_risk.items())]


def earliest(since: Since, found: Collection[Proof]) -> Since:
    """Since when these records and those of `since` together show each risk."""
    first = dict(since)
    for one in found:
        key = (one.household, one.risk)
        first[key] = min(first.get(key, one.since), one.since)
    return first
