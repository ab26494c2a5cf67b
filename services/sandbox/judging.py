"""What a draft says of some facts: evaluated as the correlator does, in the households that they have."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from uuid import UUID

import msgspec

from fangpin.database import Connection
from fangpin.domain.assistance import AID_FEEDS, Aid, aid_of
from fangpin.domain.feeds import FEEDS
from fangpin.domain.policy import Fact, PackBook, evaluate
from fangpin.domain.policy.trial import Shown, shown
from fangpin.domain.records import read_content
from fangpin.domain.register import Register, RegisterState
from fangpin.vault import Vault
from services.sandbox.looking import Differing

HOUSEHOLDS = 500  # at hand at a time: enough that a query for them costs nothing beside the rest
AidOf = dict[str | UUID, list[Aid]]  # by person or household


def judge(
    conn: Connection, vault: Vault, draft: PackBook, county: str, on: date, differing: Mapping[bytes, Differing]
) -> dict[bytes, list[Shown]]:
    """What the draft finds on these records of the county, as of `on`, by household."""
    asking = draft.asks_for_aid(county) & {one.feed for one in differing.values()}
    aid = _aid(conn, vault, county) if asking else {}
    found = _facts(differing)
    judged: dict[bytes, list[Shown]] = {}
    for chunk in _chunks(found):
        registers = _registers(conn, chunk)
        for household in chunk:
            register = registers[household]
            received = _received(household, register, aid)
            judged[household] = [*map(shown, evaluate(county, found[household], register, draft, on, received))]
    return judged


def _facts(differing: Mapping[bytes, Differing]) -> dict[bytes, list[Fact]]:
    """The facts by household; each goes by its key, and whose it is shows in the arithmetic alone."""
    found: dict[bytes, list[Fact]] = defaultdict(list)
    for key, one in differing.items():
        found[one.household].append(Fact(one.feed, "", key.hex(), one.day, one.fields))
    return found


def _chunks(households: Iterable[bytes]) -> Iterator[list[bytes]]:
    whole = iter(households)
    while chunk := list(islice(whole, HOUSEHOLDS)):
        yield chunk


def _registers(conn: Connection, households: Sequence[bytes]) -> dict[bytes, Register]:
    states: dict[bytes, list[RegisterState]] = defaultdict(list)
    for household, state in conn.execute(
        "SELECT uuid_send(household_id), state::text FROM register_state WHERE household_id = ANY(%s)",
        ([UUID(bytes=one) for one in households],),
        binary=True,
    ):
        states[household].append(msgspec.json.decode(state, type=RegisterState))
    return {household: Register("", states[household]) for household in households}


def _aid(conn: Connection, vault: Vault, county: str) -> AidOf:
    """The county's assistance by whom it belongs to: the person, or the household as a whole."""
    found: AidOf = defaultdict(list)
    rows = conn.execute(
        "SELECT s.feed, s.person_key, s.household_id, s.notes, s.occurred_on, s.seal_subject, s.sealed, v.salt "
        "FROM signal s JOIN vault_salt v ON v.subject = s.seal_subject WHERE s.county_code = %(county)s "
        "AND s.is_current AND NOT s.withdrawn AND s.feed = ANY(%(feeds)s)",
        {"county": county, "feeds": list(AID_FEEDS)},
        binary=True,
    )
    for feed, person, household, notes, first, subject, sealed, salt in rows:
        fields = read_content(FEEDS[feed], vault.open_json(subject, salt, sealed))
        whom = person.hex() if person is not None else None
        one = aid_of(fields, first, whom, matched=household is not None, notes=notes)
        holder = one.person or household
        if holder is not None:
            found[holder].append(one)
    return found


def _received(household: bytes, register: Register, aid: AidOf) -> list[Aid]:
    """What the household receives, and everyone who was ever its member."""
    if not aid:
        return []
    persons = sorted({member.person for state in register.states for member in state.members})
    holders: list[str | UUID] = [UUID(bytes=household), *persons]
    return [one for holder in holders for one in aid.get(holder, [])]
