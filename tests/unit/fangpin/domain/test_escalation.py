"""Whom a warning goes up to, by the county's date alone."""

from datetime import UTC, date, datetime

import pytest

from fangpin.domain.episodes import Entry, EntryRule, RiskState, find, put, reconcile
from fangpin.domain.escalation import escalate, last_step, next_step

DUE, REVIEW = date(2021, 11, 25), date(2021, 11, 28)


def _state(*, due_on: date | None = DUE, review_on: date | None = REVIEW, baseline: bool = False) -> RiskState:
    state = RiskState()
    rules = (EntryRule("house-grade-c-d", "qingfeng-2021", "warn", date(2021, 11, 1)),)
    now = datetime(2021, 11, 1, tzinfo=UTC)
    put(state, Entry("a", "a", "dangerous-house", "housing", 1, date(2021, 11, 1), now, rules, baseline))
    reconcile(state, date(2021, 11, 1))
    state.episodes[0].due_on, state.episodes[0].review_on = due_on, review_on
    return state


def _level(state: RiskState, on: date | None) -> tuple[str, date] | None:
    found = escalate(state, on)
    return None if found is None else (found.level, found.since)


def test_the_day_after_the_villages_day_it_goes_to_the_township_and_after_its_review_to_the_county() -> None:
    state = _state()
    assert _level(state, DUE) is None
    assert _level(state, date(2021, 11, 26)) == ("township", date(2021, 11, 26))
    assert _level(state, REVIEW) is None
    assert _level(state, date(2021, 11, 29)) == ("county", date(2021, 11, 29))
    assert _level(state, date(2021, 12, 31)) is None


def test_a_clock_that_leaps_tells_the_level_of_the_day_and_one_set_back_takes_it_back() -> None:
    state = _state()
    assert _level(state, date(2021, 12, 10)) == ("county", date(2021, 11, 29))
    assert _level(state, date(2021, 11, 27)) == ("township", date(2021, 11, 26))
    assert _level(state, date(2021, 11, 20)) == ("none", date(2021, 11, 20))


@pytest.mark.parametrize("result", ["confirmed", "not-confirmed", "already-helped"])
def test_who_has_verified_is_not_late(result: str) -> None:
    state = _state()
    find(state, 1, "f-1", result)
    assert _level(state, date(2021, 12, 10)) is None
    assert next_step(state, DUE) is None


def test_a_document_without_days_and_stock_press_nobody() -> None:
    assert _level(_state(due_on=None, review_on=None), date(2021, 12, 31)) is None
    assert _level(_state(baseline=True), date(2021, 12, 31)) is None
    assert _level(_state(), None) is None
    assert _level(_state(review_on=None), date(2021, 12, 31)) == ("township", date(2021, 11, 26))


def test_the_days_on_which_the_row_must_be_looked_at() -> None:
    state = _state()
    assert next_step(state, date(2021, 11, 1)) == date(2021, 11, 26)
    assert next_step(state, date(2021, 11, 26)) == date(2021, 11, 29)
    assert next_step(state, date(2021, 11, 29)) is None
    assert last_step(state, DUE) is None
    assert last_step(state, date(2021, 11, 27)) == date(2021, 11, 26)
