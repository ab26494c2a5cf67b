"""What makes a record unreadable once its subject is shredded: the pseudonyms and the sealed content of what is stored."""

from collections.abc import Sequence

from consumers.correlator.batch import Batch
from consumers.correlator.signals import Judged
from fangpin.domain.ids import household_id
from fangpin.vault import household_subject


def seal(batch: Batch, judged: Sequence[Judged]) -> None:
    """Pseudonyms and sealed content of every revision that is stored, also of those that do not hold."""
    for one in judged:
        subject = one.arrival.record.subject
        if subject.id_number is not None:
            one.person_key = one.seal_subject = batch.vault.person_key(subject.id_number)
        elif subject.household_no is not None:
            one.seal_subject = household_subject(household_id(one.arrival.record.county_code, subject.household_no))
        else:
            one.seal_subject = f"county:{one.arrival.record.county_code}".encode()
        one.name_key = batch.vault.name_key(subject.name) if subject.name is not None else None
    batch.need_salts(one.seal_subject for one in judged)
    for one in judged:
        one.sealed = batch.seal(one.seal_subject, one.arrival.content)
