"""What the history of a household says of its facts: recorded, corrected, withdrawn, moved."""

from collections.abc import Sequence
from uuid import UUID

from consumers.correlator.batch import Batch
from consumers.correlator.linked import Linked
from fangpin.domain.feeds import FEEDS


def tell(batch: Batch, linked: Sequence[Linked]) -> None:
    """What became of each fact, of every revision that held, as if each had come in a batch of its own."""
    for one in linked:
        before = one.household_before
        for step in (*one.earlier, one):
            _tell(batch, step, before)
            before = step.household_now


def _tell(batch: Batch, one: Linked, before: UUID | None) -> None:
    """SignalRecorded, SignalCorrected, SignalWithdrawn on the household of now, SignalMoved on that of before.

    A feed may have its own names for them.
    """
    content_is_new = one.judged is not None and (one.judged.effective or not one.judged.is_current)
    body = {
        "feed": one.feed,
        "source": one.source,
        "record_id": one.record_id,
        "revision": one.revision,
        "person_key": one.person_key.hex() if one.person_key is not None else None,
        "notes": list(one.notes),
        "baseline": one.baseline,
        "seal_subject": one.seal_subject,
        "sealed": one.sealed,
    }
    now, named = one.household_now, FEEDS[one.feed].events
    if before is not None and before != now:
        kind = "SignalWithdrawn" if one.withdrawn and now is None else "SignalMoved"
        batch.outbox.event(one.county_code, before, named.get(kind, kind), one.occurred_on, **body)
    if now is None:
        return
    if before is not None and before == now:
        if content_is_new:
            kind = "SignalWithdrawn" if one.withdrawn else "SignalCorrected"
            batch.outbox.event(one.county_code, now, named.get(kind, kind), one.occurred_on, **body)
    elif not one.withdrawn:
        kind = "SignalRecorded"
        batch.outbox.event(one.county_code, now, named.get(kind, kind), one.occurred_on, **body)
