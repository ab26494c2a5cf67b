"""A fact with the household it had and the one it has now: what a batch judges."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from consumers.correlator.signals import Judged
from fangpin.domain.policy import Fact


class Linked(msgspec.Struct, gc=False):
    """One fact that holds (or was withdrawn), with the household it had and the one it has now.

    `cause`: what moved it, when it was neither the register nor itself. `earlier`: what held in between, in order, for
    the history alone.
    """

    record_key: UUID
    revision: int
    feed: str
    county_code: str
    source: str
    record_id: str
    withdrawn: bool
    occurred_on: date
    recorded_at: datetime
    baseline: bool
    notes: tuple[str, ...]
    household_before: UUID | None
    household_now: UUID | None
    person_key: bytes | None
    seal_subject: bytes
    sealed: bytes
    judged: Judged | None
    fact: Fact | None
    cause: str | None = None
    earlier: "tuple[Linked, ...]" = ()
