"""The year's total stands beside the line, by the pack of each record's day and the household's class; it triggers nothing."""

from datetime import date
from decimal import Decimal

from fangpin.domain.policy.totals import running_totals
from fangpin.policies import load_book

BOOK = load_book()


def stay(day: str, paid: str) -> tuple[str, date, dict[str, object]]:
    return "medical-expense", date.fromisoformat(day), {"self_paid": Decimal(paid), "total_cost": Decimal("9000.00")}


def test_two_stays_of_a_year_are_added_for_a_person_to_see() -> None:
    stays = [stay("2021-10-08", "4000.00"), stay("2021-12-01", "4000.00"), stay("2022-01-05", "10.00")]
    found = running_totals(BOOK, "530925", "out-of-poverty", stays)
    assert [(one.year, one.records, one.total, one.line) for one in found] == [
        (2022, 1, Decimal("10.00"), Decimal("6000.00")),
        (2021, 2, Decimal("8000.00"), Decimal("6000.00")),
    ]


def test_the_line_is_that_of_the_households_class() -> None:
    for household_class, line in (("out-of-poverty", "5500.00"), ("ordinary", "11000.00")):
        (found,) = running_totals(BOOK, "410922", household_class, [stay("2021-10-08", "4000.00")])
        assert found.line == Decimal(line)


def test_where_no_pack_switches_it_on_there_is_none() -> None:
    assert running_totals(BOOK, "440229", "ordinary", [stay("2021-10-08", "4000.00")]) == []
    assert running_totals(BOOK, "530925", "ordinary", [stay("2020-10-08", "4000.00")]) == []
    assert running_totals(BOOK, "530925", "ordinary", [("unemployment", date(2021, 10, 8), {})]) == []
