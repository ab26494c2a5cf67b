"""Who receives the subsistence allowance (低保), when: what `assistance` records say, for rules that ask for it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from fangpin.domain.feeds import FEEDS
from fangpin.domain.register import RegisterState

AID_FEEDS = frozenset(slug for slug, feed in FEEDS.items() if feed.tells_aid)
SUBSISTENCE = "subsistence"


class Aid(msgspec.Struct, frozen=True):
    """One active `assistance` record; `last` is its last day, None while it goes on.

    `person` is whom it names, by the register's own key; None when it belongs to the household as a whole.
    """

    person: str | None
    kind: str
    first: date
    last: date | None

    def covers(self, on: date) -> bool:
        """Whether it is paid on that day."""
        return self.first <= on and (self.last is None or on <= self.last)


def aid_of(
    fields: Mapping[str, object], first: date, person: str | None, *, matched: bool, notes: Sequence[str]
) -> Aid:
    """What an active `assistance` record says; `matched` to a household or not, `notes` of the matching.

    It goes with the person whom it names, into whichever household that person moves; with the household when it names
    nobody, or somebody who is no member of any.
    """
    last = fields.get("until")
    by_household = matched and "PERSON_NOT_IN_HOUSEHOLD" in notes
    return Aid(
        None if by_household else person, str(fields.get("kind")), first, last if isinstance(last, date) else None
    )


def on_subsistence(state: RegisterState, aid: Iterable[Aid], on: date) -> bool:
    """Whether the household receives the allowance that day: by its register, by a record of its own or of a member."""
    if state.on_subsistence_allowance:
        return True
    covering = [one.person for one in aid if one.kind == SUBSISTENCE and one.covers(on)]
    if None in covering:
        return True
    return bool(covering) and any(
        member.person in covering and member.joined_on <= on and (member.left_on is None or on < member.left_on)
        for member in state.members
    )
