"""The stored history of one county evaluated under two books at once.

One read-only snapshot: nothing of the hub can be changed, and what arrives meanwhile is not seen. Only what the two books
may judge differently is judged: the records of feeds whose rules differ, from the first day on which they do. Of those the
seals are opened, and of what is in them the fields read that conditions name; a record that meets no condition of either
book ends there. Everything else counts on both sides as the live evidence counts it. The links to households are the
correlator's own: policy has no part in matching.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from uuid import UUID

import msgspec
from psycopg import IsolationLevel

from fangpin.active_policies import ActiveBooks
from fangpin.database import Connection
from fangpin.domain.assistance import AID_FEEDS, Aid, aid_of
from fangpin.domain.feeds import FEEDS
from fangpin.domain.matching import Match
from fangpin.domain.policy import Fact, Finding, Pack, PackBook, evaluate
from fangpin.domain.policy.apart import apart, narrowed, pairs
from fangpin.domain.policy.trial import Comparison, with_draft
from fangpin.domain.records import read_content
from fangpin.domain.register import Register, RegisterState
from fangpin.policies import own_packs
from fangpin.vault import Vault
from services.sandbox.fields import candidate

Report = Callable[[int, int], None]
HOUSEHOLDS = 500  # at hand at a time: enough that a query for them costs nothing beside the rest
ROWS = 5_000  # a fetch
_HOLDING = "s.county_code = %(county)s AND s.is_current AND NOT s.withdrawn AND s.feed = ANY(%(feeds)s)"
_LINKED = f"{_HOLDING} AND s.household_id IS NOT NULL"
_SALTED = "signal s LEFT JOIN vault_salt v ON v.subject = s.seal_subject"


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
    differing = apart(county, in_force, draft).feeds
    rules = sorted({rule.feed for book in books for pack in book.packs.values() for rule in pack.rules})
    counted = conn.execute(
        f"SELECT count(*), count(DISTINCT s.household_id) FROM signal s WHERE {_LINKED}",
        {"county": county, "feeds": rules},
    ).fetchone()
    assert counted is not None  # a count has a row
    total, households = counted
    opened = _Opened()
    found = _candidates(conn, vault, books, county, differing, opened, lambda done: report(done, total))
    shared = _shared(conn, county, opened.apart, on)
    asking = any(book.asks_for_aid(county) & differing.keys() for book in books)
    judged = _judged(conn, vault, books, county, on, found, _aid(conn, vault, county) if asking else {})
    comparison = _compared(conn, shared, judged)
    report(total, total)
    seconds = time.perf_counter() - began
    return Outcome(comparison, total - opened.shredded, opened.records, households, opened.shredded, seconds)


@dataclass(slots=True)
class _Opened:
    """What was opened; `apart` are the records that do not count as the live evidence counts them."""

    records: int = 0
    shredded: int = 0
    apart: list[str] = field(default_factory=list)


Facts = dict[UUID, list[Fact]]
Since = dict[UUID, dict[str, date]]


def _candidates(
    conn: Connection,
    vault: Vault,
    books: Sequence[PackBook],
    county: str,
    differing: dict[str, date],
    opened: _Opened,
    report: Callable[[int], None],
) -> Facts:
    """The facts of which the books may say different things, by household."""
    found: Facts = defaultdict(list)
    asked = {feed: pairs(county, feed, *books) for feed in differing}
    tests = {feed: candidate(FEEDS[feed], own) for feed, own in asked.items()}
    tight = [feed for feed, own in asked.items() if narrowed(own)]
    with conn.cursor("sandbox", binary=True) as cursor:
        cursor.itersize = ROWS
        cursor.execute(
            "SELECT s.feed, s.seal_subject, s.sealed, v.salt, uuid_send(s.household_id), s.source, s.record_id, "
            f"s.occurred_on, s.person_key, uuid_send(s.record_key) FROM {_SALTED} WHERE {_LINKED} AND s.occurred_on >= "
            "(SELECT day FROM unnest(%(feeds)s::text[], %(days)s::date[]) AS own (feed, day) WHERE own.feed = s.feed) "
            "AND (s.feed <> ALL(%(tight)s) OR s.record_key = ANY(%(evidence)s))",
            {
                "county": county,
                "feeds": list(differing),
                "days": list(differing.values()),
                "tight": tight,
                "evidence": _evidence(conn, county, tight),
            },
        )
        for feed, subject, sealed, salt, household, source, record_id, occurred_on, person, key in cursor:
            if salt is None:
                opened.shredded += 1
                opened.apart.append(str(UUID(bytes=key)))
                continue
            opened.records += 1
            if opened.records % ROWS == 0:
                report(opened.records)
            content = vault.open(subject, salt, sealed)
            if tests[feed](content):
                fields = read_content(FEEDS[feed], msgspec.json.decode(content, type=dict[str, object]))
                who = person.hex() if person is not None else None
                opened.apart.append(str(UUID(bytes=key)))
                found[UUID(bytes=household)].append(Fact(feed, source, record_id, occurred_on, fields, who))
    return found


def _evidence(conn: Connection, county: str, feeds: Sequence[str]) -> list[UUID]:
    """The records of these feeds that meet a rule now: where lines are only drawn tighter, no other can come to meet one."""
    if not feeds:
        return []
    rows = conn.execute(
        "SELECT DISTINCT entry.key::uuid FROM risk_state r, jsonb_each(r.state->'entries') entry WHERE r.county_code = %s "
        "AND entry.value->>'feed' = ANY(%s) AND jsonb_array_length(entry.value->'rules') > 0",
        (county, list(feeds)),
        binary=True,
    )
    return [row[0] for row in rows]


def _shared(conn: Connection, county: str, but: list[str], on: date) -> Since:
    """Since when the live evidence shows each risk, of all records but these: what both books judge alike."""
    found: Since = defaultdict(dict)
    rows = conn.execute(
        "SELECT r.household_id, r.risk, min((rule.value->>3)::date) FROM risk_state r, jsonb_each(r.state->'entries') "
        "entry, jsonb_array_elements(entry.value->'rules') rule WHERE r.county_code = %(county)s "
        "AND (rule.value->>3)::date <= %(on)s AND entry.key <> ALL(%(but)s) GROUP BY 1, 2",
        {"county": county, "on": on, "but": but},
        binary=True,
    )
    for household, risk, since in rows:
        found[household][risk] = since
    return found


Judged = dict[UUID, tuple[list[Finding], list[Finding]]]


def _judged(
    conn: Connection,
    vault: Vault,
    books: tuple[PackBook, PackBook],
    county: str,
    on: date,
    facts: Facts,
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


def _compared(conn: Connection, shared: Since, judged: Judged) -> Comparison:
    """Every household with evidence on either side, each once."""
    comparison = Comparison()
    for chunk in _chunks({**shared, **judged}):
        rows = conn.execute(
            "SELECT household_id, household_no, village_code FROM household WHERE household_id = ANY(%s)",
            (chunk,),
            binary=True,
        )
        for household, number, village in rows:
            before, after = judged.get(household, ([], []))
            alike = shared.get(household, {})
            comparison.add(village, number, _with(alike, before), _with(alike, after))
    return comparison


def _with(alike: dict[str, date], own: Iterable[Finding]) -> list[Finding]:
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
