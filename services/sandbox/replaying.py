"""The stored history of one county evaluated under two books at once.

One read-only snapshot: nothing of the hub can be changed, and what arrives meanwhile is not seen. Records come by a
server-side cursor in order of household, so that memory holds a few hundred households whatever the county's size. The
links to households are the correlator's own: policy has no part in matching.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice
from typing import Any
from uuid import UUID

import msgspec
from psycopg import IsolationLevel

from fangpin.database import Connection
from fangpin.domain.assistance import AID_FEEDS, Aid, aid_of
from fangpin.domain.feeds import FEEDS
from fangpin.domain.matching import Match
from fangpin.domain.policy import Fact, PackBook, evaluate
from fangpin.domain.policy.trial import Comparison
from fangpin.domain.records import read_content
from fangpin.domain.register import Register, RegisterState
from fangpin.vault import Vault

Report = Callable[[int, int], None]
HOUSEHOLDS = 500  # at hand at a time: enough that the registers' query costs nothing beside the seals
ROWS = 5_000  # a fetch
_HOLDING = "s.county_code = %(county)s AND s.is_current AND NOT s.withdrawn AND s.feed = ANY(%(feeds)s)"
_LINKED = f"{_HOLDING} AND s.household_id IS NOT NULL"
_SALTED = "signal s LEFT JOIN vault_salt v ON v.subject = s.seal_subject"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the replay found. `shredded` records were left out on both sides: their salt is gone, by intent."""

    comparison: Comparison
    records: int
    households: int
    shredded: int
    seconds: float

    @property
    def records_per_second(self) -> float:
        """Records evaluated under both books, from the first query to the last household."""
        return self.records / self.seconds if self.seconds > 0 else 0.0


def begin_reading(conn: Connection) -> None:
    """Make the connection's next transaction a read-only snapshot."""
    conn.read_only = True
    conn.isolation_level = IsolationLevel.REPEATABLE_READ


def civil_date(conn: Connection, county: str) -> date | None:
    """The county's date; None before its first clock record."""
    row = conn.execute("SELECT civil_date FROM county WHERE county_code = %s", (county,)).fetchone()
    return row[0] if row is not None else None


def replay(
    conn: Connection, vault: Vault, in_force: PackBook, draft: PackBook, county: str, on: date, report: Report
) -> Outcome:
    """Evaluate every linked record of the county as of `on` under both books, which hold this county's packs alone.

    Raises `PoisonError` when the vault is not the one that sealed the records.
    """
    began = time.perf_counter()
    books = (in_force, draft)
    asked = {
        "county": county,
        "feeds": sorted({rule.feed for book in books for p in book.packs.values() for rule in p.rules}),
    }
    total = conn.execute(f"SELECT count(*) FROM signal s WHERE {_LINKED}", asked).fetchone()
    asking = any(book.asks_for_aid(county) for book in books)
    aid = _aid(conn, vault, county) if asking else {}
    comparison = Comparison()
    records = households = shredded = 0
    for chunk in _households(conn, asked):
        registers = _registers(conn, [household for household, _ in chunk])
        for household, rows in chunk:
            village_code, register = registers[household]
            facts = [_fact(vault, row) for row in rows if row.salt is not None]
            received = _received(household, register, aid)
            found = [evaluate(county, facts, register, book, on, received) for book in books]
            comparison.add(village_code, register.household_no, *found)
            records += len(facts)
            shredded += len(rows) - len(facts)
            households += 1
        report(records + shredded, total[0] if total is not None else 0)
    return Outcome(comparison, records, households, shredded, time.perf_counter() - began)


@dataclass(frozen=True, slots=True)
class _Row:
    household: UUID
    feed: str
    source: str
    record_id: str
    occurred_on: date
    person_key: bytes | None
    seal_subject: bytes
    sealed: bytes
    salt: bytes | None


def _households(conn: Connection, asked: dict[str, Any]) -> Iterator[list[tuple[UUID, list[_Row]]]]:
    """A few hundred households at a time, each once, with all its records."""
    with conn.cursor("sandbox", binary=True) as cursor:
        cursor.itersize = ROWS
        cursor.execute(
            "SELECT s.household_id, s.feed, s.source, s.record_id, s.occurred_on, s.person_key, s.seal_subject, s.sealed, "
            f"v.salt FROM {_SALTED} WHERE {_LINKED} ORDER BY s.household_id, s.record_key",
            asked,
        )
        whole = (
            (household, list(rows))
            for household, rows in groupby((_Row(*row) for row in cursor), lambda one: one.household)
        )
        while chunk := list(islice(whole, HOUSEHOLDS)):
            yield chunk


def _registers(conn: Connection, households: Sequence[UUID]) -> dict[UUID, tuple[str, Register]]:
    """The village of now and the register of each household."""
    states: dict[UUID, list[RegisterState]] = defaultdict(list)
    for household, state in conn.execute(
        "SELECT household_id, state::text FROM register_state WHERE household_id = ANY(%s)", (list(households),)
    ):
        states[household].append(msgspec.json.decode(state, type=RegisterState))
    rows = conn.execute(
        "SELECT household_id, household_no, village_code FROM household WHERE household_id = ANY(%s)",
        (list(households),),
    )
    return {household: (village, Register(number, states[household])) for household, number, village in rows}


def _fact(vault: Vault, row: _Row) -> Fact:
    assert row.salt is not None
    content = vault.open_json(row.seal_subject, row.salt, row.sealed)
    person = row.person_key.hex() if row.person_key is not None else None
    return Fact(row.feed, row.source, row.record_id, row.occurred_on, read_content(FEEDS[row.feed], content), person)


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
