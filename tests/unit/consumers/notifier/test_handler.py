"""Which events somebody is told of."""

from consumers.notifier.handler import telling
from tests.household_events import Event, Household


def test_growth_tells_nobody_again_in_the_batch_of_the_raising() -> None:
    log: list[Event] = []
    household = Household(1, log)
    raised = household.warn("WarningRaised")
    household.warn("WarningGrew", records=("m-1", "m-2"))
    assert telling(log, set()) == [raised]


def test_stock_is_told_when_something_new_is_added_to_it_and_once() -> None:
    log: list[Event] = []
    household = Household(1, log)
    household.warn("WarningRaised", stock=True)
    household.warn("WarningGrew", stock=True, records=("m-1", "m-2"))
    flipped = household.warn("WarningGrew", records=("m-1", "m-2", "m-3"))
    household.warn("WarningGrew", records=("m-1", "m-2", "m-3", "m-4"))
    assert telling(log, set()) == [flipped]
    assert telling(log[2:], {str(household.warning())}) == []


def test_the_same_episode_raised_again_is_a_new_notice() -> None:
    log: list[Event] = []
    household = Household(1, log)
    first = household.warn("WarningRaised")
    household.warn("WarningWithdrawn", records=(), status="withdrawn")
    again = household.warn("WarningRaised", records=("m-2",))
    assert telling(log, set()) == [first, again]
    assert telling([again], {str(household.warning())}) == [again]
