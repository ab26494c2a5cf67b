"""The household that a county's own record (an alias, a decision) names, for its receipt: it may be registered later."""

from collections.abc import Sequence
from uuid import UUID

from consumers.correlator.batch import Batch
from consumers.correlator.signals import Judged
from fangpin.domain.ids import household_id


def place(batch: Batch, judged: Sequence[Judged]) -> None:
    """Say of each active one whether its household is registered."""
    standing = [one for one in judged if not one.arrival.record.withdrawn]
    named = [(one, household_id(one.arrival.record.county_code, _number(one))) for one in standing]
    batch.need_households(household for _, household in named)
    for one, household in named:
        known = _registered(batch, household)
        one.household_id = household if known else None
        one.outcome = "matched" if known else "unmatched"


def place_again(batch: Batch, stored: Sequence[tuple[UUID, UUID]]) -> None:
    """The same for stored ones, by key and household, when the register of their households changed."""
    known = [(key, household) for key, household in stored if _registered(batch, household)]
    if known:
        batch.conn.execute(
            "UPDATE signal SET outcome = 'matched', household_id = new.household_id "
            "FROM unnest(%b::uuid[], %b::uuid[]) AS new (record_key, household_id) "
            "WHERE signal.record_key = new.record_key AND is_current AND signal.household_id IS NULL",
            ([key for key, _ in known], [household for _, household in known]),
        )


def _number(one: Judged) -> str:
    number = one.arrival.record.subject.household_no
    assert number is not None  # their feeds name one
    return number


def _registered(batch: Batch, household: UUID) -> bool:
    return household in batch.households and batch.households[household].active
