"""To which household a record belongs, as of its own date (DESIGN §5, FEEDS.md "what a warning holds").

The identity number decides; a household number only where the number names nobody, or chooses between two.
Nothing is ever guessed from a name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from fangpin.domain.register import Membership

Outcome = Literal["matched", "unmatched", "ambiguous"]


@dataclass(frozen=True, slots=True)
class Match:
    """The household of a record, or why there is none; `notes` refuse nothing."""

    outcome: Outcome
    household_no: str | None
    notes: tuple[str, ...] = ()


UNMATCHED = Match("unmatched", None)
AMBIGUOUS = Match("ambiguous", None)


def match(
    *,
    person: str | None,
    household_no: str | None,
    name_key: str | None,
    on: date,
    memberships: Iterable[Membership],
    household_known: bool,
) -> Match:
    """Match one record; `memberships` are all spans of its person, `household_known` is about `household_no`."""
    if person is None:
        return Match("matched", household_no) if household_known else UNMATCHED
    covering = {span.household_no: span for span in memberships if span.covers(on)}
    if not covering:
        return Match("matched", household_no, ("PERSON_NOT_IN_HOUSEHOLD",)) if household_known else UNMATCHED
    if len(covering) == 1:
        span = next(iter(covering.values()))
    elif household_no is not None and household_no in covering:
        span = covering[household_no]
    else:
        return AMBIGUOUS
    notes = []
    if household_no is not None and household_no != span.household_no:
        notes.append("HOUSEHOLD_DIFF")
    if name_key is not None and span.name_key is not None and name_key != span.name_key:
        notes.append("NAME_DIFF")
    if span.died_on is not None and span.died_on <= on:
        notes.append("PERSON_DEAD")
    return Match("matched", span.household_no, tuple(notes))
