"""Who is reminded of what: the day before, each day after, once a person and day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangpin.domain.calendar import months_after
from fangpin.domain.policy.feed_calendar import feed_calendar
from fangpin.domain.policy.month_board import Delivery, Line, NilReturn, Owner, month_board
from fangpin.domain.policy.reminders import ENOUGH, months_to_look_at, reminders
from fangpin.policies import load_packs, load_working_days

PACKS = load_packs()
TABLE = load_working_days()
BILLS = Delivery(
    Owner("medical-insurance"), "medical-expense", date(2021, 11, 22), "2021-11", False, False, date(2021, 11, 2), 3
)


def lines(today: date, *came: Delivery | NilReturn, county: str = "410922") -> list[Line]:
    found: list[Line] = []
    for first in months_to_look_at(today):
        owed = feed_calendar(PACKS, county, first, months_after(first, 1) - timedelta(days=1))
        deliveries = [one for one in came if isinstance(one, Delivery) and one.day <= today]
        nils = [one for one in came if isinstance(one, NilReturn) and one.day <= today]
        found += month_board(owed, f"{first:%Y-%m}", {}, deliveries, nils, today, TABLE).lines
    return found


def told(today: str, *came: Delivery | NilReturn, since: date | None = None) -> list[tuple[str, int]]:
    day = date.fromisoformat(today)
    found = reminders(lines(day, *came), day, since).get(None, [])
    return [(str(one.due_on), one.days_late) for one in found if one.line.owner == Owner("medical-insurance")]


@pytest.mark.parametrize(
    ("today", "wanted"),
    [
        ("2021-11-18", []),
        ("2021-11-19", [("2021-11-20", 0)]),
        ("2021-11-20", []),
        ("2021-11-21", [("2021-11-20", 1)]),
        ("2021-12-01", [("2021-11-20", 11)]),
        ("2021-12-19", [("2021-11-20", 29), ("2021-12-20", 0)]),
        ("2021-12-21", [("2021-11-20", 31), ("2021-12-20", 1)]),
        ("2021-12-22", [("2021-12-20", 2)]),
    ],
)
def test_the_day_before_and_each_day_after(today: str, wanted: list[tuple[str, int]]) -> None:
    assert told(today, since=date(2021, 11, 1)) == wanted


def test_what_came_ends_it_and_what_was_due_before_the_hub_saw_anything_is_nobodys() -> None:
    assert told("2021-11-21", BILLS) == [("2021-11-20", 1)]
    assert told("2021-11-22", BILLS) == []
    nil = NilReturn(Owner("medical-insurance"), "medical-expense", "2021-11", date(2021, 11, 21))
    assert told("2021-11-21", nil) == []
    assert told("2021-11-25", since=date(2021, 11, 21)) == []
    assert told("2021-11-25", since=date(2021, 11, 20)) == [("2021-11-20", 5)]


def test_every_month_of_the_days_is_looked_at() -> None:
    assert months_to_look_at(date(2022, 1, 31)) == [date(2021, 12, 1), date(2022, 1, 1), date(2022, 2, 1)]
    assert months_to_look_at(date(2022, 3, 1)) == [date(2022, 1, 1), date(2022, 2, 1), date(2022, 3, 1)]


def test_a_duty_without_a_day_is_nobodys_reminder() -> None:
    day = date(2022, 1, 5)
    assert reminders(lines(day, county="530925"), day, None) == {}


@given(st.dates(date(2021, 10, 1), date(2022, 3, 31)))
def test_no_reminder_twice_a_day_and_every_silence_has_one(today: date) -> None:
    found = reminders(lines(today), today, None).get(None, [])
    keys = [(one.line.owner, one.line.owed.duty.id, one.due_on) for one in found]
    assert len(keys) == len(set(keys))
    silent = {
        (line.owner, line.owed.duty.id, line.due_on)
        for line in lines(today)
        if line.state == "missing" and line.days_late is not None and line.days_late <= ENOUGH
    }
    assert silent <= set(keys)
