"""Who receives assistance: what rules that ask for it are told, and whose facts are judged again when it changes.

An `assistance` record concerns every household of which its person was ever a member, not only the one it is matched to.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from consumers.correlator.batch import Batch
from consumers.correlator.linked import Linked
from fangpin.domain.assistance import AID_FEEDS, Aid, aid_of
from fangpin.domain.feeds import FEEDS
from fangpin.domain.records import read_content

Holder = tuple[str, UUID | str]  # the county, and the household or (in hexadecimal) the person


def concerned(batch: Batch, linked: Sequence[Linked]) -> set[UUID]:
    """The households whose assistance may have changed with the batch."""
    changed = [
        one
        for one in linked
        if one.feed in AID_FEEDS
        and (one.judged is None or one.judged.effective)
        and batch.book.asks_for_aid(one.county_code)
    ]
    if not changed:
        return set()
    rows = batch.conn.execute(
        "SELECT DISTINCT household_id FROM membership WHERE (county_code, person_key) IN "
        "(SELECT * FROM unnest(%b::text[], %b::bytea[]))",
        ([one.county_code for one in changed], [one.person_key for one in changed]),
    )
    matched = {household for one in changed for household in (one.household_before, one.household_now) if household}
    return matched | {row[0] for row in rows}


def load(batch: Batch, linked: Sequence[Linked]) -> dict[UUID, tuple[Aid, ...]]:
    """The assistance of each household that has a fact to be judged by it: its own, and that of its members of any time."""
    asking = {
        one.household_now
        for one in linked
        if one.household_now is not None and one.feed in batch.book.asks_for_aid(one.county_code)
    }
    if not asking:
        return {}
    batch.need_households(asking)
    holders = {household: _holders(batch, household) for household in asking}
    held = _held(batch, {holder for own in holders.values() for holder in own}, linked)
    return {
        household: tuple(one for holder in own for one in held.get(holder, ())) for household, own in holders.items()
    }


def _holders(batch: Batch, household: UUID) -> list[Holder]:
    county = batch.households[household].county_code
    persons = {member.person for state in batch.registers[household].states for member in state.members}
    return [(county, household), *((county, person) for person in sorted(persons))]


def _held(batch: Batch, holders: Iterable[Holder], linked: Sequence[Linked]) -> dict[Holder, list[Aid]]:
    """By holder: the batch's own records as they hold now, and the stored ones that they do not replace."""
    found: dict[Holder, list[Aid]] = defaultdict(list)
    for one in linked:
        if one.feed in AID_FEEDS and one.fact is not None:
            _keep(
                found, one.county_code, one.person_key, one.household_now, one.notes, one.fact.fields, one.occurred_on
            )
    replaced = [one.record_key for one in linked if one.feed in AID_FEEDS]
    own = list(holders)
    rows = batch.conn.execute(
        "SELECT feed, county_code, person_key, household_id, notes, seal_subject, sealed, occurred_on FROM signal "
        "WHERE feed = ANY(%b) AND is_current AND NOT withdrawn AND record_key <> ALL(%b) "
        "AND (household_id = ANY(%b) OR person_key = ANY(%b))",
        (
            list(AID_FEEDS),
            replaced,
            [holder for _, holder in own if isinstance(holder, UUID)],
            [bytes.fromhex(holder) for _, holder in own if isinstance(holder, str)],
        ),
    ).fetchall()
    batch.have_salts(bytes(row[5]) for row in rows)
    for feed, county, person, household, notes, subject, sealed, occurred_on in rows:
        content = batch.open_stored(bytes(subject), bytes(sealed))
        if content is not None:
            fields = read_content(FEEDS[feed], content)
            _keep(found, county, bytes(person) if person is not None else None, household, notes, fields, occurred_on)
    return found


def _keep(
    found: dict[Holder, list[Aid]],
    county: str,
    person: bytes | None,
    household: UUID | None,
    notes: Sequence[str],
    fields: Mapping[str, object],
    first: date,
) -> None:
    whom = person.hex() if person is not None else None
    one = aid_of(fields, first, whom, matched=household is not None, notes=notes)
    holder = one.person or household
    if holder is not None:
        found[county, holder].append(one)
