"""What a batch of county events adds to the board's deliveries."""

from datetime import date

from projections.month_board import delivered
from tests.county_events import County

DAY = date(2021, 11, 8)


def test_deliveries_of_a_day_and_month_are_summed() -> None:
    county = County()
    county.day(DAY)
    county.deliver(on=date(2021, 11, 5), records=2)
    county.deliver(on=date(2021, 11, 2), records=3)
    county.deliver(on=date(2021, 10, 30))
    county.nothing()
    head = ("530925", "medical-expense", "medical-insurance", "", DAY)
    assert delivered(county.log) == {
        (*head, "2021-11", False, False): (date(2021, 11, 2), date(2021, 11, 5), 5),
        (*head, "2021-10", False, False): (date(2021, 10, 30), date(2021, 10, 30), 1),
    }
