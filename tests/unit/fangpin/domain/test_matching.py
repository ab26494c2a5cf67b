"""To which household a record belongs on its own day."""

from datetime import date

import pytest

from fangpin.domain.matching import match
from fangpin.domain.register import FOREVER, Membership

ON = date(2021, 10, 8)


def span(number: str, start: str = "2010-01-01", until: str | None = None, died: str | None = None) -> Membership:
    end = date.fromisoformat(until) if until else FOREVER
    return Membership("p", number, date.fromisoformat(start), end, "甲", date.fromisoformat(died) if died else None)


def found(
    *spans: Membership, person: str | None = "p", number: str | None = None, known: bool = False
) -> tuple[object, ...]:
    result = match(person=person, household_no=number, name_key="甲", on=ON, memberships=spans, household_known=known)
    return (result.outcome, result.household_no, *result.notes)


def test_the_identity_number_decides() -> None:
    assert found(span("H1")) == ("matched", "H1")
    assert found(span("H1"), number="H2", known=True) == ("matched", "H1", "HOUSEHOLD_DIFF")
    assert found() == ("unmatched", None)
    assert found(number="H2", known=True) == ("matched", "H2", "PERSON_NOT_IN_HOUSEHOLD")
    assert found(number="H2") == ("unmatched", None)


def test_a_household_number_alone() -> None:
    assert found(person=None, number="H2", known=True) == ("matched", "H2")
    assert found(person=None, number="H2") == ("unmatched", None)


def test_two_households_are_ambiguous_unless_one_is_named() -> None:
    both = (span("H1"), span("H2"))
    assert found(*both) == ("ambiguous", None)
    assert found(*both, number="H3", known=True) == ("ambiguous", None)
    assert found(*both, number="H2", known=True) == ("matched", "H2")


@pytest.mark.parametrize(
    ("start", "until", "expected"),
    [
        ("2021-10-08", None, "matched"),
        ("2021-10-09", None, "unmatched"),
        ("2010-01-01", "2021-10-08", "unmatched"),
        ("2010-01-01", "2021-10-09", "matched"),
    ],
)
def test_first_day_in_and_first_day_no_longer_in(start: str, until: str | None, expected: str) -> None:
    assert found(span("H1", start, until))[0] == expected


@pytest.mark.parametrize(("died", "noted"), [("2021-10-08", True), ("2021-10-09", False)])
def test_F18_the_dead_are_matched_and_noted(died: str, noted: bool) -> None:
    assert (found(span("H1", died=died)) == ("matched", "H1", "PERSON_DEAD")) is noted
