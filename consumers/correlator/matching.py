"""What a batch needs to match its records: who belonged where, other numbers of households, and people's decisions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from consumers.correlator import aliases, decided
from consumers.correlator.batch import Batch
from fangpin.domain.ids import household_id
from fangpin.domain.matching import Match, match
from fangpin.domain.register import Membership

Spans = dict[bytes, list[tuple[str, Membership]]]


class Named(NamedTuple):
    """Whom a record names, as far as matching asks."""

    record_key: UUID
    county_code: str
    source: str
    occurred_on: date
    person_key: bytes | None
    name_key: bytes | None
    household_no: str | None


class Matcher:
    """Matches the records for which it was loaded; households are named by their ids."""

    def __init__(self, batch: Batch, records: Sequence[Named]) -> None:
        self._batch = batch
        self._spans = _memberships(batch, {one.person_key for one in records if one.person_key is not None})
        numbers = {(one.county_code, one.household_no) for one in records if one.household_no is not None}
        self._known = _registered(batch, {household_id(county, number) for county, number in numbers})
        self._aliases = aliases.load(batch, numbers)
        self._decided = decided.load(batch, (one.record_key for one in records))

    def match(self, one: Named) -> Match:
        """The household of one record, or why there is none."""
        person = one.person_key
        named = household_id(one.county_code, one.household_no) if one.household_no is not None else None
        memberships = (
            [span for county, span in self._spans.get(person, ()) if county == one.county_code]
            if person is not None
            else []
        )
        whom = person.hex() if person is not None else None
        number = str(named) if named is not None else None
        name = one.name_key.hex() if one.name_key is not None else None
        aliased = self._aliases.households(one.county_code, one.household_no, one.source, one.occurred_on)
        found = match(
            person=whom,
            household_no=number,
            name_key=name,
            on=one.occurred_on,
            memberships=memberships,
            household_known=named in self._known,
            aliased=aliased,
        )
        if one.record_key in self._decided:
            found = self._decided.over(
                one.record_key, found, person=whom, name=name, on=one.occurred_on, memberships=memberships
            )
        return found

    def remember(self) -> None:
        """Store what has to be known of records that a person placed."""
        self._decided.remember(self._batch)


def _memberships(batch: Batch, persons: set[bytes]) -> Spans:
    spans: Spans = defaultdict(list)
    if persons:
        rows = batch.conn.execute(
            "SELECT county_code, person_key, household_id, valid_from, valid_until, name_key, died_on FROM membership "
            "WHERE person_key = ANY(%b)",
            (list(persons),),
            binary=True,
        )
        for county, person, household, valid_from, valid_until, name_key, died_on in rows.fetchall():
            name = bytes(name_key).hex() if name_key is not None else None
            span = Membership(bytes(person).hex(), str(household), valid_from, valid_until, name, died_on)
            spans[bytes(person)].append((county, span))
    return spans


def _registered(batch: Batch, households: Iterable[UUID]) -> set[UUID]:
    """Those that are registered now."""
    wanted = list(households)
    if not wanted:
        return set()
    rows = batch.conn.execute("SELECT household_id FROM household WHERE active AND household_id = ANY(%b)", (wanted,))
    return {row[0] for row in rows.fetchall()}
