"""Who owes what by which day, on the counties' own packs."""

from datetime import date

import pytest

from fangpin.domain.policy.feed_calendar import Owed, due_after, feed_calendar
from fangpin.domain.policy.procedure import Due
from fangpin.domain.working_days import OutsideTable
from fangpin.policies import load_packs, load_working_days

PACKS = load_packs()
QINGFENG, WENGYUAN, SHUANGJIANG, XUWEN = "410922", "440229", "530925", "440825"
TABLE = load_working_days()


def owed(county: str, first: str, last: str) -> list[Owed]:
    return feed_calendar(PACKS, county, date.fromisoformat(first), date.fromisoformat(last))


def days_of(duty: str, county: str, first: str, last: str) -> list[str]:
    return [str(one.due_on) for one in owed(county, first, last) if one.duty.id == duty]


@pytest.mark.parametrize(
    ("duty", "county", "first", "last", "days"),
    [
        ("clues-illness", QINGFENG, "2021-11-01", "2021-11-30", ["2021-11-20"]),
        ("village-meeting", QINGFENG, "2021-11-01", "2021-11-30", ["2021-11-25"]),
        ("township-review", QINGFENG, "2021-11-01", "2021-11-30", ["2021-11-28"]),
        ("county-decision", QINGFENG, "2021-11-01", "2021-11-30", ["2021-11-30"]),
        # February has no 30th, in a leap year and in any other
        ("county-decision", QINGFENG, "2024-02-01", "2024-02-29", ["2024-02-29"]),
        ("county-decision", QINGFENG, "2022-02-01", "2022-03-31", ["2022-02-28", "2022-03-30"]),
        ("township-table", WENGYUAN, "2021-02-01", "2021-02-28", ["2021-02-28"]),
        # on a holiday (Spring Festival, National Day) the day stays as the document says it
        ("county-decision", QINGFENG, "2022-01-01", "2022-01-31", ["2022-01-30"]),
        ("township-review", QINGFENG, "2025-01-01", "2025-01-31", ["2025-01-28"]),
        # the ends of quarters, and nothing in the months between
        (
            "assistance-comparison",
            QINGFENG,
            "2021-01-01",
            "2021-12-31",
            ["2021-03-31", "2021-06-30", "2021-09-30", "2021-12-31"],
        ),
        ("assistance-comparison", QINGFENG, "2021-11-01", "2021-11-30", []),
        ("bureaus-suspected", WENGYUAN, "2022-09-01", "2022-10-31", ["2022-09-30"]),
        # the quarter's first month, and its end
        ("labour-needs", WENGYUAN, "2023-07-01", "2023-12-31", ["2023-07-20", "2023-10-20"]),
        ("labour-results", WENGYUAN, "2023-07-01", "2023-12-31", ["2023-09-30", "2023-12-31"]),
        # a year
        ("evaluation", SHUANGJIANG, "2021-01-01", "2022-12-31", ["2021-12-31", "2022-12-31"]),
        # both ends of the span count
        ("clues-illness", QINGFENG, "2021-11-20", "2021-11-20", ["2021-11-20"]),
        ("clues-illness", QINGFENG, "2021-11-21", "2021-12-19", []),
        # the pack in force on the day: none before, one until 20 April 2023, another from the 21st on
        ("village-screening", QINGFENG, "2021-02-01", "2021-03-31", ["2021-03-20"]),
        ("township-table", WENGYUAN, "2020-06-01", "2020-07-31", ["2020-07-28"]),
        ("township-table", WENGYUAN, "2023-03-01", "2023-12-31", ["2023-03-28"]),
        ("base-data", WENGYUAN, "2023-04-01", "2023-05-31", ["2023-05-20"]),
        ("bureaus-suspected", WENGYUAN, "2023-01-01", "2023-12-31", ["2023-03-31"]),
        ("quarter-analysis", WENGYUAN, "2023-01-01", "2023-06-30", ["2023-06-30"]),
    ],
)
def test_due_days(duty: str, county: str, first: str, last: str, days: list[str]) -> None:
    assert days_of(duty, county, first, last) == days


def test_each_says_who_owes_it_and_where_that_stands() -> None:
    (one,) = [one for one in owed(QINGFENG, "2021-11-01", "2021-11-30") if one.duty.id == "clues-illness"]
    assert (one.duty.by, one.duty.to, one.duty.feeds) == (
        ("medical-insurance", "health"),
        ("leading-group",),
        ("medical-expense", "serious-disease"),
    )
    assert one.period == (date(2021, 11, 1), date(2021, 11, 30))
    assert (one.pack.id, one.duty.basis.clause) == ("qingfeng-2021", "五（一）“数据比对”预警")
    assert one.duty.basis.quote.startswith("每月 20日前县医保局和县卫健委将因病")


def test_dated_duties_come_first_then_those_without_a_day_then_those_after_an_occurrence() -> None:
    found = owed(QINGFENG, "2021-11-01", "2021-11-30")
    days = [one.due_on for one in found if one.due_on is not None]
    assert days == sorted(days)
    kinds = ["day" if one.due_on else "period" if one.period else "occurrence" for one in found]
    assert list(dict.fromkeys(kinds)) == ["day", "period", "occurrence"]
    assert kinds == sorted(kinds, key=["day", "period", "occurrence"].index)
    assert [one.duty.id for one in found if one.period is None] == ["housing-one-day"]


def test_a_duty_without_a_day_is_owed_in_every_month_of_its_period() -> None:
    for first, last in (("2022-04-01", "2022-04-30"), ("2022-05-01", "2022-05-31")):
        (one,) = [one for one in owed(WENGYUAN, first, last) if one.duty.id == "county-forwards"]
        assert (one.due_on, one.period) == (None, (date(2022, 4, 1), date(2022, 6, 30)))


def test_a_duty_ends_with_the_years_for_which_the_document_has_it() -> None:
    for year, owing in (("2021", True), ("2025", True), ("2026", False)):
        assert ("yearly-line" in {one.duty.id for one in owed(XUWEN, f"{year}-01-01", f"{year}-12-31")}) is owing


def test_nothing_is_owed_where_no_pack_is_in_force() -> None:
    assert owed(XUWEN, "2020-01-01", "2020-12-31") == []
    assert owed("110101", "2021-01-01", "2021-12-31") == []


@pytest.mark.parametrize(
    ("duty", "county", "happened_on", "due_on"),
    [
        ("housing-one-day", QINGFENG, "2024-02-28", "2024-02-29"),
        ("housing-one-day", QINGFENG, "2021-10-01", "2021-10-02"),
        ("publicity", SHUANGJIANG, "2021-11-01", None),  # its five days are how long it hangs
        ("village-list", SHUANGJIANG, "2021-11-01", None),
    ],
)
def test_due_after_an_occurrence(duty: str, county: str, happened_on: str, due_on: str | None) -> None:
    (due,) = {one.duty.due for one in owed(county, "2021-11-01", "2021-11-30") if one.duty.id == duty}
    found = due_after(due, date.fromisoformat(happened_on), TABLE)
    assert found == (date.fromisoformat(due_on) if due_on is not None else None)


@pytest.mark.parametrize(
    ("happened_on", "due_on"), [(date(2021, 11, 1), date(2021, 11, 8)), (date(2021, 9, 30), date(2021, 10, 13))]
)
def test_five_working_days(happened_on: date, due_on: date) -> None:
    assert due_after(Due(working_days=5), happened_on, TABLE) == due_on


def test_five_working_days_beyond_the_table_are_refused() -> None:
    with pytest.raises(OutsideTable):
        due_after(Due(working_days=5), date(2026, 12, 28), TABLE)
