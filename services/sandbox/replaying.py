"""The stored history of one county evaluated under two books at once.

One read-only snapshot: nothing of the hub can be changed, and what arrives meanwhile is not seen. Only what the two books
may judge differently is judged: the records of feeds whose rules differ, from the first day on which they do. Of those the
seals are opened, and of what is in them the fields read that conditions name; a record that meets no condition of either
book ends there. Everything else counts on both sides as the live evidence counts it. The links to households are the
correlator's own: policy has no part in matching.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, cast
from uuid import UUID

import msgspec
from psycopg import Cursor, IsolationLevel

from fangpin.active_policies import ActiveBooks
from fangpin.database import Connection
from fangpin.domain.assistance import AID_FEEDS, Aid, aid_of
from fangpin.domain.feeds import FEEDS
from fangpin.domain.matching import Match
from fangpin.domain.policy import Fact, Finding, Pack, PackBook, evaluate
from fangpin.domain.policy.trial import Comparison, with_draft
from fangpin.domain.records import read_content
from fangpin.domain.register import Register, RegisterState
from fangpin.policies import own_packs
from fangpin.vault import Vault
from services.sandbox.evidence import Proof, Since, earliest, findings, joined, proofs, since_by_others
from services.sandbox.fields import candidate
from services.sandbox.plan import Plan, plan_of, settled

Report = Callable[[int, int], None]
HOUSEHOLDS = 500  # at hand at a time: enough that a query for them costs nothing beside the rest
ROWS = 1_000  # at hand at a time; the server sends the next ones meanwhile
_HOLDING = "s.county_code = %(county)s AND s.is_current AND NOT s.withdrawn AND s.feed = ANY(%(feeds)s)"
_LINKED = f"{_HOLDING} AND s.household_id IS NOT NULL"
_SALTED = "signal s LEFT JOIN vault_salt v ON v.subject = s.seal_subject"
_OPENABLE = "signal s JOIN vault_salt v ON v.subject = s.seal_subject"
_DAYS = "unnest(%(own_feeds)s::text[], %(own_days)s::date[]) AS own (feed, day)"
_OPEN = (
    "SELECT s.feed, s.seal_subject, s.sealed, v.salt, uuid_send(s.household_id), s.source, s.record_id, s.occurred_on, "
    f"s.person_key, uuid_send(s.record_key) FROM {_OPENABLE} JOIN {_DAYS} ON own.feed = s.feed "
    "LEFT JOIN unnest(%(late_feeds)s::text[], %(late_in)s::uuid[], %(late_from)s::date[]) AS late (feed, household, day) "
    "ON late.feed = s.feed AND late.household = s.household_id "
    f"WHERE {_LINKED} AND s.occurred_on >= own.day AND (late.day IS NULL OR s.occurred_on < late.day) "
    "AND (s.feed <> ALL(%(narrowed)s) OR s.record_key = ANY(%(proven)s))"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the replay found. `records` are those on which the outcome rests, `opened` those that had to be judged for it;
    `shredded` records were left out on both sides: their salt is gone, by intent.
    """

    comparison: Comparison
    records: int
    opened: int
    households: int
    shredded: int
    seconds: float

    @property
    def records_per_second(self) -> float:
        """Records of the history compared under both books, from the first query to the last household."""
        return self.records / self.seconds if self.seconds > 0 else 0.0


def begin_reading(conn: Connection) -> None:
    """Make the connection's next transaction a read-only snapshot."""
    conn.read_only = True
    conn.isolation_level = IsolationLevel.REPEATABLE_READ


def civil_date(conn: Connection, county: str) -> date | None:
    """The county's date; None before its first clock record."""
    row = conn.execute("SELECT civil_date FROM county WHERE county_code = %s", (county,)).fetchone()
    return row[0] if row is not None else None


def books_for(conn: Connection, draft: Pack) -> tuple[PackBook, PackBook]:
    """The packs that judge the draft's county now, and those that would with it. Raises `PackError`."""
    packs = ActiveBooks(PackBook(own_packs())).at(conn).of(draft.county_code)
    return PackBook(packs), PackBook(with_draft(packs, draft))


def replay(
    conn: Connection, vault: Vault, in_force: PackBook, draft: PackBook, county: str, on: date, report: Report
) -> Outcome:
    """Compare every linked record of the county as of `on` under both books, which hold this county's packs alone.

    Raises `PoisonError` when the vault is not the one that sealed the records.
    """
    began = time.perf_counter()
    books = (in_force, draft)
    plan = plan_of(county, in_force, draft)
    counted = _count(conn, county, books, plan)
    proven = [one for one in proofs(conn, county, plan.days, on) if one.record_key not in counted.shredded]
    sure = since_by_others(conn, county, plan.days, on)
    standing = [one for one in proven if one.feed in plan.widened]
    looked = _candidates(conn, vault, county, plan, _Known(proven, earliest(sure, standing)), report, counted.records)
    alike = earliest(sure, [one for one in proven if one.feed not in plan.gone and one.record_key not in looked.apart])
    gone: dict[UUID, list[Proof]] = defaultdict(list)
    for one in proven:
        if one.feed in plan.gone:
            gone[one.household].append(one)
    asking = any(book.asks_for_aid(county) & looked.feeds for book in books)
    judged = _judged(conn, vault, books, county, on, looked.facts, _aid(conn, vault, county) if asking else {})
    for household, own in gone.items():
        before, after = judged.get(household, ([], []))
        judged[household] = joined(before, findings(own)), after
    comparison = _compared(conn, county, alike, judged)
    report(counted.records, counted.records)
    seconds = time.perf_counter() - began
    shredded = len(counted.shredded)
    return Outcome(comparison, counted.records - shredded, looked.records, counted.households, shredded, seconds)


@dataclass(frozen=True, slots=True)
class _Counted:
    """The linked records of the feeds that either book judges; of those to be judged here, the ones without a salt."""

    records: int
    households: int
    shredded: frozenset[UUID]


def _count(conn: Connection, county: str, books: Sequence[PackBook], plan: Plan) -> _Counted:
    rules = sorted({rule.feed for book in books for pack in book.packs.values() for rule in pack.rules})
    asked = {"county": county, "feeds": rules, **_days(plan.days)}
    linked = f"FROM {_SALTED} LEFT JOIN {_DAYS} ON own.feed = s.feed WHERE {_LINKED}"
    lost = "v.salt IS NULL AND s.occurred_on >= own.day"
    row = conn.execute(
        "SELECT coalesce(sum(records), 0)::bigint, count(*), coalesce(sum(shredded), 0) FROM (SELECT count(*) AS records, "
        f"count(*) FILTER (WHERE {lost}) AS shredded {linked} GROUP BY s.household_id) AS held",
        asked,
    ).fetchone()
    assert row is not None  # a count has a row
    records, households, missing = row
    keys = conn.execute(f"SELECT s.record_key {linked} AND {lost}", asked).fetchall() if missing else []
    return _Counted(records, households, frozenset(key for (key,) in keys))


def _days(days: Mapping[str, date]) -> dict[str, object]:
    return {"own_feeds": list(days), "own_days": list(days.values())}


@dataclass(frozen=True, slots=True)
class _Known:
    """What the live evidence says: the records that meet a rule now, and the risks that both sides have from a day on."""

    proven: Sequence[Proof]
    sure: Since


@dataclass(slots=True)
class _Looked:
    """What was opened; `apart` are the records of which the books may say different things, `facts` these by household."""

    records: int = 0
    feeds: set[str] = field(default_factory=set)
    apart: set[UUID] = field(default_factory=set)
    facts: dict[UUID, list[Fact]] = field(default_factory=lambda: defaultdict(list))


def _candidates(
    conn: Connection, vault: Vault, county: str, plan: Plan, known: _Known, report: Report, total: int
) -> _Looked:
    """Open what has to be: not what only a tighter line could drop and no line holds now, nor what comes too late to matter."""
    looked = _Looked()
    opened = {feed: day for feed, day in plan.days.items() if feed not in plan.gone}
    if not opened:
        return looked
    tests = {feed: candidate(FEEDS[feed], plan.asked[feed]) for feed in opened}
    late = list(settled(plan, known.sure))
    asked = {
        "county": county,
        "feeds": list(opened),
        **_days(opened),
        "late_feeds": [feed for feed, _, _ in late],
        "late_in": [household for _, household, _ in late],
        "late_from": [day for _, _, day in late],
        "narrowed": list(plan.narrowed),
        "proven": [one.record_key for one in known.proven if one.feed in plan.narrowed],
    }
    with conn.cursor() as cursor, _streamed(cursor, asked) as rows:
        for feed, subject, sealed, salt, household, source, record_id, occurred_on, person, key in rows:
            looked.records += 1
            if looked.records % ROWS == 0:
                report(looked.records, total)
            content = vault.open(subject, salt, sealed)
            if tests[feed](content):
                fields = read_content(FEEDS[feed], msgspec.json.decode(content, type=dict[str, object]))
                who = person.hex() if person is not None else None
                looked.feeds.add(feed)
                looked.apart.add(UUID(bytes=key))
                looked.facts[UUID(bytes=household)].append(Fact(feed, source, record_id, occurred_on, fields, who))
    return looked


def _streamed(cursor: Cursor[Any], asked: Mapping[str, object]) -> closing[Generator[Any, None, None]]:
    """The rows, while the server finds the next ones; to be closed, so that a fault finds the connection free again."""
    return closing(cast("Generator[Any, None, None]", cursor.stream(_OPEN, asked, binary=True, size=ROWS)))


Judged = dict[UUID, tuple[list[Finding], list[Finding]]]


def _judged(
    conn: Connection,
    vault: Vault,
    books: tuple[PackBook, PackBook],
    county: str,
    on: date,
    facts: Mapping[UUID, list[Fact]],
    aid: dict[str | UUID, list[Aid]],
) -> Judged:
    """The candidates under each book."""
    found: Judged = {}
    for chunk in _chunks(facts):
        registers = _registers(conn, chunk)
        for household in chunk:
            register = registers[household]
            received = _received(household, register, aid)
            before, after = (evaluate(county, facts[household], register, book, on, received) for book in books)
            found[household] = before, after
    return found


def _compared(conn: Connection, county: str, alike: Since, judged: Judged) -> Comparison:
    """Every household with evidence on either side, each once."""
    comparison = Comparison()
    shared: dict[UUID, dict[str, date]] = defaultdict(dict)
    for (household, risk), since in alike.items():
        shared[household][risk] = since
    rows = conn.execute(
        "SELECT household_id, household_no, village_code FROM household WHERE county_code = %s", (county,), binary=True
    )
    for household, number, village in rows:
        own = shared.get(household, {})
        if household in judged:
            before, after = judged[household]
            comparison.add(village, number, _with(own, before), _with(own, after))
        else:
            for since in own.values():
                comparison.keep(village, since)
    return comparison


def _with(alike: Mapping[str, date], own: Iterable[Finding]) -> list[Finding]:
    """One side's findings: its own, and what both have, from the earlier day on."""
    found = {one.risk: one for one in own}
    for risk, since in alike.items():
        first = min(since, found[risk].since) if risk in found else since
        found[risk] = Finding(risk=risk, since=first, pack="", evidence=(), rules=())
    return list(found.values())


def _chunks(households: Iterable[UUID]) -> Iterator[list[UUID]]:
    whole = iter(households)
    while chunk := list(islice(whole, HOUSEHOLDS)):
        yield chunk


def _registers(conn: Connection, households: Sequence[UUID]) -> dict[UUID, Register]:
    states: dict[UUID, list[RegisterState]] = defaultdict(list)
    for household, state in conn.execute(
        "SELECT household_id, state::text FROM register_state WHERE household_id = ANY(%s)", (list(households),)
    ):
        states[household].append(msgspec.json.decode(state, type=RegisterState))
    return {household: Register("", states[household]) for household in households}


def _aid(conn: Connection, vault: Vault, county: str) -> dict[str | UUID, list[Aid]]:
    """The county's assistance by whom it belongs to: the person, or the household as a whole."""
    found: dict[str | UUID, list[Aid]] = defaultdict(list)
    rows = conn.execute(
        f"SELECT s.feed, s.person_key, s.household_id, s.notes, s.occurred_on, s.seal_subject, s.sealed, v.salt "
        f"FROM {_SALTED} WHERE {_HOLDING} AND v.salt IS NOT NULL",
        {"county": county, "feeds": list(AID_FEEDS)},
        binary=True,
    )
    for feed, person, household, notes, first, subject, sealed, salt in rows:
        fields = read_content(FEEDS[feed], vault.open_json(subject, salt, sealed))
        match = Match("matched" if household is not None else "unmatched", None, tuple(notes))
        one = aid_of(fields, first, person.hex() if person is not None else None, match)
        holder = one.person or household
        if holder is not None:
            found[holder].append(one)
    return found


def _received(household: UUID, register: Register, aid: dict[str | UUID, list[Aid]]) -> list[Aid]:
    """What the household receives, and everyone who was ever its member."""
    if not aid:
        return []
    persons = sorted({member.person for state in register.states for member in state.members})
    holders: list[str | UUID] = [household, *persons]
    return [one for holder in holders for one in aid.get(holder, [])]
