"""To which household a record belongs, as of its own date (docs/decisions/0008-matching.md).

The identity number decides; a household number only where the number names nobody, or chooses between two.
Nothing is ever guessed from a name. A number may also be one by which a department knows the household (an alias); one
that may mean two households is `ambiguous`. A person's decision stands over all of it
(docs/decisions/0032-a-person-places-a-record.md).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from datetime import date
from functools import partial
from typing import Literal

import msgspec

from fangpin.domain.errors import Problem
from fangpin.domain.register import Membership

Outcome = Literal["matched", "unmatched", "ambiguous"]


class Match(msgspec.Struct, frozen=True, gc=False):
    """The household of a record, or why there is none; `notes` refuse nothing."""

    outcome: Outcome
    household_no: str | None
    notes: tuple[str, ...] = ()


UNMATCHED = Match("unmatched", None)
AMBIGUOUS = Match("ambiguous", None)
PROBLEMS: Mapping[str, Problem] = {  # what is said of a record without a household, by outcome
    "unmatched": Problem("UNMATCHED", "subject", "当日登记中没有找到对应的农户，已保留，登记补充后自动重新归户。"),
    "ambiguous": Problem(
        "AMBIGUOUS",
        "subject",
        "当日登记中此人同时属于两户，或户编号可能指两户，未归入任何一户，请更正登记或户号对照，或由县级干部决定。",
    ),
}


def match(
    *,
    person: str | None,
    household_no: str | None,
    name_key: str | None,
    on: date,
    memberships: Sequence[Membership],
    household_known: bool,
    aliased: Collection[str] = (),
) -> Match:
    """Match one record; `memberships` are all spans of its person, `household_known` is about `household_no`.

    `aliased` are the registered households of which the number is also an alias.
    """
    if aliased:
        named = set(aliased) | ({household_no} if household_known and household_no is not None else set())
        by = partial(match, person=person, name_key=name_key, on=on, memberships=memberships)
        return _by_any_number(by, household_no, named, {span.household_no for span in memberships if span.covers(on)})
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


def _by_any_number(by: Callable[..., Match], household_no: str | None, named: Set[str], covering: Set[str]) -> Match:
    """Of the households that the number may mean, one or more, and those that the person belongs to; `by`: `match` on one."""
    alone = by(household_no=None, household_known=False)
    if len(named) > 1:
        chosen = covering & named
        if alone.outcome == "matched":
            return alone if chosen else _noting(alone, "HOUSEHOLD_DIFF")
        return by(household_no=next(iter(chosen)), household_known=True) if len(chosen) == 1 else AMBIGUOUS
    (only,) = named
    found = by(household_no=only, household_known=True)
    decisive = (found.outcome, found.household_no) != (alone.outcome, alone.household_no)
    return _noting(found, "MATCHED_BY_ALIAS") if decisive and only != household_no else found


def match_by_decision(
    *, household: str, person: str | None, name_key: str | None, on: date, memberships: Iterable[Membership]
) -> Match:
    """A person decided that the record belongs to this registered household; what would be noted of it still is."""
    own = [span for span in memberships if span.household_no == household]
    found = match(
        person=person, household_no=household, name_key=name_key, on=on, memberships=own, household_known=True
    )
    return _noting(found, "LINKED_BY_PERSON")


def _noting(found: Match, note: str) -> Match:
    return Match(found.outcome, found.household_no, (*found.notes, note))
