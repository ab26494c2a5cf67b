"""Working days: holidays, make-up Saturdays and Sundays, terms across both, and the ends of the table."""

from datetime import date, timedelta

import holidays
import pytest

from fangpin.domain.working_days import OutsideTable, WorkingDays, WorkingYear
from fangpin.policies import load_working_days

TABLE = load_working_days()
PLAIN = WorkingYear(year=2021, sources=("通知",), holidays={})


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2020-01-31", False),  # a Friday of the prolonged Spring Festival
        ("2020-02-01", False),  # a make-up Saturday of the first notice, which the second took back
        ("2020-02-03", True),
        ("2021-02-07", True),  # a make-up Sunday before Spring Festival
        ("2021-02-20", True),  # a make-up Saturday after it
        ("2021-02-21", False),
        ("2021-10-07", False),
        ("2021-10-09", True),
        ("2022-12-31", False),
        ("2023-01-02", False),
        ("2024-02-09", True),  # New Year's Eve: the notice only encourages it
        ("2024-02-29", True),
        ("2025-01-28", False),  # from 2025 it is a day off
        ("2026-01-04", True),
        ("2026-12-31", True),
    ],
)
def test_is_working_day(day: str, works: bool) -> None:
    assert TABLE.is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2021-11-01", 5, "2021-11-08"),  # Monday to Monday
        ("2021-11-06", 1, "2021-11-08"),  # from a Saturday
        ("2021-09-24", 1, "2021-09-26"),  # a Friday, and the Sunday is worked
        ("2021-09-17", 1, "2021-09-18"),  # a Friday, and the Saturday is worked
        ("2021-09-30", 5, "2021-10-13"),  # across National Day, with the make-up Saturday of 9 October
        ("2024-02-09", 2, "2024-02-19"),  # across Spring Festival, with the make-up Sunday of 18 February
        ("2021-12-31", 5, "2022-01-10"),  # across the year
    ],
)
def test_working_days_after(day: str, n: int, expected: str) -> None:
    assert TABLE.working_days_after(date.fromisoformat(day), n) == date.fromisoformat(expected)


def test_every_weekday_off_is_one_of_the_holidays_library() -> None:
    """A second source for the days off; it has no make-up days in its answers, so those count only where it says off."""
    known = holidays.country_holidays("CN", years=range(TABLE.first.year, TABLE.last.year + 1))
    days = [TABLE.first + timedelta(days=n) for n in range((TABLE.last - TABLE.first).days + 1)]
    assert [day for day in days if day.weekday() < 5 and TABLE.is_working_day(day) is (day in known)] == []
    assert [day for day in days if TABLE.is_working_day(day) and day in known] == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda: TABLE.is_working_day(date(2019, 12, 31)),
        lambda: TABLE.is_working_day(date(2027, 1, 1)),
        lambda: TABLE.working_days_after(date(2019, 12, 31), 1),
        lambda: TABLE.working_days_after(date(2026, 12, 30), 2),
    ],
    ids=["before", "after", "from before", "runs out of it"],
)
def test_beyond_the_table_it_refuses_in_chinese(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(OutsideTable, match=r"工作日表只有2020年至2026年.*请待国务院办公厅公布"):
        ask()


def test_the_last_days_of_the_table_are_answered() -> None:
    assert TABLE.working_days_after(date(2026, 12, 30), 1) == date(2026, 12, 31)


def test_no_term_of_no_days() -> None:
    with pytest.raises(ValueError, match="no term"):
        TABLE.working_days_after(date(2021, 11, 1), 0)


@pytest.mark.parametrize(
    ("years", "fault"),
    [
        ([], "follow each other"),
        ([PLAIN, PLAIN], "follow each other"),
        ([PLAIN, WorkingYear(year=2023, sources=("通知",), holidays={})], "follow each other"),
        ([WorkingYear(year=2021, sources=(), holidays={})], "name the notice"),
        ([WorkingYear(year=2021, sources=("通知",), holidays={}, work=(date(2021, 2, 8),))], "no Saturday or Sunday"),
        ([WorkingYear(year=2021, sources=("通知",), holidays={}, work=(date(2022, 2, 5),))], "no Saturday or Sunday"),
        (
            [
                WorkingYear(
                    year=2021,
                    sources=("通知",),
                    holidays={"国庆节": (date(2021, 10, 1), date(2021, 10, 7))},
                    work=(date(2021, 10, 2),),
                )
            ],
            "no Saturday or Sunday",
        ),
        (
            [WorkingYear(year=2021, sources=("通知",), holidays={"元旦": (date(2021, 1, 3), date(2021, 1, 1))})],
            "no span",
        ),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(years: list[WorkingYear], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        WorkingDays(years)
