"""The months of a survey: 翁源's twelve before, 徐闻's year from December."""

from datetime import date

import pytest

from fangpin.domain.policy.pack import IncomePeriod
from fangpin.domain.policy.periods import fits, income_year
from fangpin.domain.policy.spans import may_hold
from fangpin.policies import load_book


def period(pack_id: str) -> IncomePeriod:
    found = load_book().packs[pack_id].income_period
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("first", "last", "year"),
    [
        ("2019-12", "2020-11", 2020),
        ("2020-12", "2021-05", 2021),
        ("2020-12", "2020-12", 2021),
        ("2020-12", "2021-11", 2021),
        ("2020-12", "2021-12", None),
        ("2021-12", "2022-11", 2022),
        ("2018-12", "2019-05", 2019),
        ("2020-01", "2020-12", 2020),
        ("2020-02", "2020-09", 2020),
        ("2020-02", "2020-12", None),
        ("2021-01", "2021-12", None),
        ("2019-11", "2020-10", None),
        ("2021-05", "2021-04", None),
    ],
)
def test_the_income_year_of_xuwen(first: str, last: str, year: int | None) -> None:
    assert income_year(period("xuwen-2021"), {"period_from": first, "period_to": last}) == year


@pytest.mark.parametrize(
    ("surveyed", "first", "last", "fitting"),
    [
        ("2020-07-01", "2019-07", "2020-06", True),
        ("2020-07-31", "2019-07", "2020-06", True),
        ("2020-08-01", "2019-07", "2020-06", False),
        ("2021-01-15", "2020-01", "2020-12", True),
        ("2020-07-15", "2019-07", "2020-05", False),
        ("2020-07-15", "2019-08", "2020-07", False),
    ],
)
def test_the_twelve_months_before_of_wengyuan(surveyed: str, first: str, last: str, fitting: bool) -> None:
    values = {"period_from": first, "period_to": last}
    assert fits(period("wengyuan-2020"), values, date.fromisoformat(surveyed)) is fitting


def test_where_no_period_is_stated_any_fits() -> None:
    assert fits(period("qingfeng-2021"), {"period_from": "2021-05", "period_to": "2021-05"}, date(2021, 6, 1))


def test_a_rule_dated_by_income_years_may_hold_on_any_day() -> None:
    packs = load_book().packs
    year, month = packs["xuwen-2021"].rules[0], packs["wengyuan-2023"].rules[1]
    assert (year.id, month.id) == ("income-2020", "income-warn-2023-07")
    assert may_hold(packs["xuwen-2021"], year, date(2022, 5, 1))
    assert may_hold(packs["wengyuan-2023"], month, date(2023, 10, 31))
    assert not may_hold(packs["wengyuan-2023"], month, date(2023, 11, 1))
