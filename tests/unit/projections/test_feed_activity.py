"""The pure part of the feed activity."""

from projections.feed_activity import counts
from tests.household_events import COUNTY, DAY, Event, Household


def test_counts_a_row_a_department_and_day_with_the_last_time() -> None:
    log: list[Event] = []
    household = Household(1, log)
    household.register()
    household.signal()
    household.signal("SignalCorrected")
    last = household.signal("SignalWithdrawn")
    key = (COUNTY, "medical-expense", "medical-insurance", DAY)
    assert counts(log) == {key: ([1, 1, 1, 0], last["recorded_at"])}
