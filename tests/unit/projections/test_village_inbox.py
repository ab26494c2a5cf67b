"""The pure part of the village inbox: what a batch comes to."""

from projections.village_inbox import changes
from tests.household_events import OTHER_VILLAGE, VILLAGE, Event, Household


def test_the_last_state_of_a_household_counts_and_only_when_it_is_the_latest() -> None:
    log: list[Event] = []
    household = Household(1, log)
    household.register()
    household.register(OTHER_VILLAGE)
    household.register(VILLAGE, latest=False)  # an older state that came late
    assert changes(log).households[str(household.id)]["village_code"] == OTHER_VILLAGE


def test_a_withdrawn_warning_keeps_the_evidence_that_it_had() -> None:
    log: list[Event] = []
    household = Household(1, log)
    raised = household.warn("WarningRaised")
    household.warn("WarningWithdrawn", records=(), status="withdrawn", reason="corrected")
    change = changes(log).warnings[str(household.warning())]
    assert change.evidence is not None
    assert "m-1" in change.evidence
    assert (change.status, change.raised_at) == ("withdrawn", raised["recorded_at"])
    assert change.stands is not None
    assert change.stands["reason"] == "corrected"


def test_a_finding_without_effect_does_not_hide_the_one_before_it() -> None:
    log: list[Event] = []
    household = Household(1, log)
    household.find("confirmed", "verified")
    household.find("not_confirmed", "dismissed", effective=False)
    change = changes(log).warnings[str(household.warning())]
    assert (change.status, change.result, change.found_by) == ("verified", "confirmed", "village.officer")


def test_growth_after_a_finding_says_how_the_warning_stands_and_keeps_the_finding() -> None:
    log: list[Event] = []
    household = Household(1, log)
    household.find("confirmed", "verified")
    household.warn("WarningGrew", records=("m-1", "m-2"), status="verified")
    change = changes(log).warnings[str(household.warning())]
    assert (change.status, change.result, change.raised_at) == ("verified", "confirmed", None)


def test_a_finding_taken_back_leaves_no_result() -> None:
    log: list[Event] = []
    household = Household(1, log)
    household.find("confirmed", "verified")
    household.find("withdrawn", "open")
    change = changes(log).warnings[str(household.warning())]
    assert (change.found, change.status, change.result, change.visited_on) == (True, "open", None, None)
