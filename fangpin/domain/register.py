"""The household register: the states of one household, each from its day on, and who belonged to it when.

The household as of a date is its latest state with `occurred_on` ≤ that date, else its earliest
(docs/decisions/0008-matching.md). A person is named by an opaque key: the pseudonym in the hub, the identity number
itself in `fangpin evaluate`, which stores nothing.
"""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

FOREVER = date.max


class Member(msgspec.Struct, frozen=True, omit_defaults=True):
    """One member as a register record lists them; `left_on` is the first day no longer in the household."""

    person: str
    relation: str
    joined_on: date
    left_on: date | None = None
    died_on: date | None = None
    shares_income: bool = True
    name_key: str | None = None
    sealed: bytes = b""


class RegisterState(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one active register record says, from `occurred_on` on."""

    record_key: str
    record_id: str
    source: str
    revision: int
    occurred_on: date
    reported_at: datetime
    village_code: str
    household_class: str
    monitored: str
    members: tuple[Member, ...]
    grid: str | None = None
    marginal_2019: bool = False
    resident: bool = True
    has_labour: bool = True
    on_subsistence_allowance: bool = False
    sealed: bytes = b""

    def order(self) -> tuple[date, str, str]:
        """Of two states of one day the one with the later record id holds: by content alone, never by arrival.

        `reported_at` is not content: it is that of whichever copy of the record came first.
        """
        return (self.occurred_on, self.record_id, self.source)


def village_within(county_code: str, village_code: str) -> str:
    """The village, if it is one of the county; else twelve digits that are the county's and no village's.

    Whose officers see a family is told by the village: another county's must not be led to it by a wrong code.
    """
    return village_code if village_code.startswith(county_code) else f"{county_code}000000"


class Membership(msgspec.Struct, frozen=True):
    """That a person belongs to a household from `valid_from` until the day before `valid_until`."""

    person: str
    household_no: str
    valid_from: date
    valid_until: date
    name_key: str | None
    died_on: date | None

    def covers(self, on: date) -> bool:
        """Whether the person belongs to the household on that day."""
        return self.valid_from <= on < self.valid_until


class Register:
    """All active states of one household, in order of their days."""

    __slots__ = ("household_no", "states")

    def __init__(self, household_no: str, states: Iterable[RegisterState]) -> None:
        self.household_no = household_no
        self.states = tuple(sorted(states, key=RegisterState.order))

    def as_of(self, on: date) -> RegisterState | None:
        """The state that holds on that day; None when every record of the household was withdrawn."""
        found: RegisterState | None = self.states[0] if self.states else None
        for state in self.states:
            if state.occurred_on > on:
                break
            found = state
        return found

    def current(self) -> RegisterState | None:
        """The latest state, as pages show the household."""
        return self.states[-1] if self.states else None

    def memberships(self) -> list[Membership]:
        """Everyone's spans in the household; a state ends where the next begins, the first reaches back for ever."""
        spans: list[Membership] = []
        for index, state in enumerate(self.states):
            start = date.min if index == 0 else state.occurred_on
            end = self.states[index + 1].occurred_on if index + 1 < len(self.states) else FOREVER
            for member in state.members:
                valid_from = max(start, member.joined_on)
                valid_until = min(end, member.left_on or FOREVER)
                if valid_from < valid_until:
                    spans.append(
                        Membership(
                            member.person,
                            self.household_no,
                            valid_from,
                            valid_until,
                            member.name_key,
                            member.died_on,
                        )
                    )
        return spans
