"""Civil dates at the ends of months."""

from datetime import date

import pytest

from fangpin.domain.calendar import months_after, next_day_of_month


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2021, 1, 31), 1, date(2021, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2021, 12, 31), 1, date(2022, 1, 31)),
        (date(2021, 2, 28), 1, date(2021, 3, 28)),
        (date(2021, 11, 30), 14, date(2023, 1, 30)),
    ],
)
def test_months_after(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


@pytest.mark.parametrize(
    ("after", "day", "expected"),
    [
        (date(2021, 11, 24), 25, date(2021, 11, 25)),
        (date(2021, 11, 25), 25, date(2021, 12, 25)),
        (date(2021, 12, 31), 25, date(2022, 1, 25)),
        (date(2022, 2, 10), 30, date(2022, 2, 28)),
        (date(2022, 2, 28), 30, date(2022, 3, 30)),
    ],
)
def test_next_day_of_month(after: date, day: int, expected: date) -> None:
    assert next_day_of_month(after, day) == expected
