"""The household as of a day, and who belonged to it when."""

from datetime import UTC, date, datetime
from itertools import permutations

from fangpin.domain.register import FOREVER, Member, Register, RegisterState


def state(record_id: str, on: str, *members: Member, reported: int = 1) -> RegisterState:
    return RegisterState(
        record_key=record_id,
        record_id=record_id,
        source="public-security",
        revision=1,
        occurred_on=date.fromisoformat(on),
        reported_at=datetime(2021, 12, reported, tzinfo=UTC),
        village_code="530925101201",
        household_class="ordinary",
        monitored="none",
        members=members,
    )


def person(joined: str = "2010-01-01", left: str | None = None) -> Member:
    return Member("p", "户主", date.fromisoformat(joined), date.fromisoformat(left) if left else None)


def test_the_latest_by_that_day_else_the_earliest() -> None:
    register = Register("H1", [state("b", "2021-06-01"), state("a", "2021-01-01")])
    days = [date(2020, 1, 1), date(2021, 1, 1), date(2021, 5, 31), date(2021, 6, 1), date(2022, 1, 1)]
    assert [held.record_id if (held := register.as_of(day)) else None for day in days] == ["a", "a", "a", "b", "b"]
    assert Register("H1", []).as_of(days[0]) is None


def test_two_states_of_one_day_never_depend_on_arrival_or_reporting() -> None:
    for reported in (1, 9):
        states = [state("a", "2021-01-01", reported=reported), state("b", "2021-01-01", reported=5)]
        for order in permutations(states):
            held = Register("H1", order).as_of(date(2021, 1, 1))
            assert held is not None
            assert held.record_id == "b"


def test_a_span_ends_where_the_next_state_begins() -> None:
    register = Register("H1", [state("a", "2021-01-01", person()), state("b", "2021-06-01")])
    assert [(one.valid_from, one.valid_until) for one in register.memberships()] == [
        (date(2010, 1, 1), date(2021, 6, 1))
    ]


def test_joining_and_leaving_bound_a_span() -> None:
    register = Register("H1", [state("a", "2021-01-01", person("2021-03-01", "2021-04-01"))])
    (span,) = register.memberships()
    assert [span.covers(date(2021, *day)) for day in ((2, 28), (3, 1), (3, 31), (4, 1))] == [False, True, True, False]
    (open_span,) = Register("H1", [state("a", "2021-01-01", person())]).memberships()
    assert open_span.valid_until == FOREVER
