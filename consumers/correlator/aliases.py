"""Household numbers of the departments: the alias table, kept from the records of feeds of role `alias`.

An alias holds from its first day to its last, for the records of the department that uses it, or of any. Whatever an
alias named, or now names, is matched again. Where a number may mean two households, nobody guesses.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from consumers.correlator.batch import Batch
from consumers.correlator.placing import place_again
from consumers.correlator.registering import Affected
from consumers.correlator.signals import Judged
from fangpin.domain.ids import household_id

Number = tuple[str, str]  # the county, and a household number as a department wrote it


class Alias(NamedTuple):
    """One alias of a registered household."""

    household_id: UUID
    used_by: str | None
    valid_from: date
    valid_until: date | None

    def holds(self, source: str, on: date) -> bool:
        """Whether a department's record of that day means this household by the number."""
        if self.used_by is not None and self.used_by != source:
            return False
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


class Aliases:
    """The aliases of the numbers that a batch names."""

    def __init__(self, rows: Iterable[tuple[str, str, UUID, str | None, date, date | None]] = ()) -> None:
        self._by_number: dict[Number, list[Alias]] = defaultdict(list)
        for county, number, household, used_by, first, last in rows:
            self._by_number[county, number].append(Alias(household, used_by, first, last))

    def households(self, county: str, number: str | None, source: str, on: date) -> set[str]:
        """The households that the number stands for, by their ids."""
        if number is None or not self._by_number:
            return set()
        return {str(one.household_id) for one in self._by_number.get((county, number), ()) if one.holds(source, on)}


def apply(batch: Batch, judged: Sequence[Judged], affected: Affected) -> None:
    """Bring the table in line with the records that hold now; tell `affected` which numbers it concerns.

    The register's change comes first: an alias of a household that it makes known, or unknown, concerns its number too.
    """
    if affected.households:
        known = batch.conn.execute(
            "SELECT record_key, household_id, county_code, other_no FROM household_alias WHERE household_id = ANY(%b)",
            (list(affected.households),),
        ).fetchall()
        place_again(batch, [(key, household) for key, household, _, _ in known])
        affected.aliased.update((county, number) for _, _, county, number in known)
    if not judged:
        return
    keys = [one.arrival.record_key for one in judged]
    rows = batch.conn.execute(
        "DELETE FROM household_alias WHERE record_key = ANY(%b) RETURNING county_code, other_no", (keys,)
    )
    affected.aliased.update((county, number) for county, number in rows)
    standing = [one for one in judged if not one.arrival.record.withdrawn]
    with batch.conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO household_alias (record_key, county_code, other_no, used_by, household_id, valid_from, valid_until) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [_row(one) for one in standing],
        )
    for one in standing:
        affected.aliased.add((one.arrival.record.county_code, str(one.arrival.record.fields["other_no"])))


def _row(one: Judged) -> tuple[object, ...]:
    record = one.arrival.record
    fields = record.fields
    household = household_id(record.county_code, str(record.subject.household_no))
    return (
        one.arrival.record_key,
        record.county_code,
        fields["other_no"],
        fields["used_by"],
        household,
        fields["from"],
        fields["until"],
    )


def load(batch: Batch, numbers: Iterable[Number]) -> Aliases:
    """The aliases of these numbers whose households are registered."""
    wanted = set(numbers)
    if not wanted:
        return Aliases()
    rows = batch.conn.execute(
        "SELECT a.county_code, a.other_no, a.household_id, a.used_by, a.valid_from, a.valid_until FROM household_alias a "
        "JOIN household USING (household_id) WHERE active AND (a.county_code, a.other_no) IN "
        "(SELECT * FROM unnest(%b::text[], %b::text[]))",
        ([county for county, _ in wanted], [number for _, number in wanted]),
    )
    return Aliases(rows.fetchall())
