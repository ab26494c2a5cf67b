"""The pure part of the county counts."""

from datetime import date

from projections.county_counts import changes
from tests.household_events import OTHER_VILLAGE, Event, Household


def test_a_warning_moves_with_its_household_within_a_batch() -> None:
    log: list[Event] = []
    household = Household(1, log)
    household.warn("WarningRaised", since=date(2021, 10, 8))
    household.register(OTHER_VILLAGE)
    villages, rows, statuses = changes(log)
    row = rows[str(household.warning())]
    assert villages == {str(household.id): OTHER_VILLAGE}
    assert (row["village_code"], row["month"], row["status"]) == (OTHER_VILLAGE, "2021-10", "open")
    assert statuses == {}


def test_the_later_of_finding_and_warning_says_the_status() -> None:
    log: list[Event] = []
    household = Household(1, log)
    household.find("not_confirmed", "dismissed")
    assert changes(log)[2] == {str(household.warning()): "dismissed"}
    household.warn("WarningGrew", status="open")
    villages, rows, statuses = changes(log)
    assert (rows[str(household.warning())]["status"], statuses, villages) == ("open", {}, {})
    household.find("helped", "helped")
    assert changes(log)[1][str(household.warning())]["status"] == "helped"


def test_a_finding_without_effect_counts_for_nothing() -> None:
    log: list[Event] = []
    Household(1, log).find("helped", "helped", effective=False)
    assert changes(log) == ({}, {}, {})
