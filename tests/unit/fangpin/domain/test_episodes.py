"""Episodes: raised, grown, shrunk, withdrawn, cut by a person, and the same whatever the order."""

from datetime import UTC, date, datetime
from itertools import permutations

import pytest

from fangpin.domain.episodes import Change, Entry, EntryRule, RiskState, find, put, reconcile

DAY = date(2021, 11, 1)
NOW = datetime(2021, 11, 1, tzinfo=UTC)


def entry(key: str, met: date = date(2021, 10, 8), *, counts: bool = True, revision: int = 1) -> Entry:
    rules = (EntryRule("medical-self-paid", "shuangjiang-2021", "warn", met),) if counts else ()
    return Entry(key, key, "medical-expense", "medical-insurance", revision, met, NOW, rules)


def types(changes: list[Change]) -> list[tuple[str, int]]:
    return [(change.type, change.episode) for change in changes]


def test_raise_grow_shrink_withdraw_and_raise_the_same_again() -> None:
    state = RiskState()
    put(state, entry("a"))
    assert types(reconcile(state, DAY)) == [("WarningRaised", 1)]
    assert reconcile(state, DAY) == []
    put(state, entry("b"))
    assert types(reconcile(state, DAY)) == [("WarningGrew", 1)]
    put(state, entry("a", counts=False))
    assert types(reconcile(state, DAY)) == [("WarningShrank", 1)]
    put(state, entry("b", counts=False))
    (gone,) = reconcile(state, DAY, reason="更正后不再符合")
    assert (gone.type, gone.status, gone.reason) == ("WarningWithdrawn", "withdrawn", "更正后不再符合")
    put(state, entry("a", revision=3))
    assert types(reconcile(state, DAY)) == [("WarningRaised", 1)]


@pytest.mark.parametrize(("on", "raised"), [(date(2021, 10, 7), False), (date(2021, 10, 8), True), (None, False)])
def test_what_lies_ahead_is_not_yet_evidence(on: date | None, raised: bool) -> None:
    state = RiskState()
    put(state, entry("a"))
    assert bool(reconcile(state, on)) is raised
    assert state.next_due(date(2021, 10, 7)) == date(2021, 10, 8)


@pytest.mark.parametrize("result", ["not-confirmed", "not-resident", "false-data", "already-helped"])
def test_a_finding_that_ends_it_lets_the_next_begin_with_new_evidence_only(result: str) -> None:
    state = RiskState()
    put(state, entry("a"))
    reconcile(state, DAY)
    assert find(state, 1, "f-1", result)
    put(state, entry("a", revision=2))
    assert reconcile(state, DAY) == []
    put(state, entry("b"))
    (raised,) = reconcile(state, DAY)
    assert (raised.type, raised.episode, [one.record_id for one in raised.evidence]) == ("WarningRaised", 2, ["b"])
    assert not find(state, 1, "f-2", "confirmed")


def test_what_was_known_before_the_finding_and_came_true_after_it_begins_the_next() -> None:
    state = RiskState()
    put(state, entry("a"))
    put(state, entry("waits", met=date(2021, 11, 10)))
    reconcile(state, DAY)
    assert find(state, 1, "f-1", "not-confirmed")
    assert reconcile(state, date(2021, 11, 9)) == []
    (raised,) = reconcile(state, date(2021, 11, 10))
    assert (raised.episode, [one.record_id for one in raised.evidence]) == (2, ["waits"])


def test_a_confirmed_warning_goes_on() -> None:
    state = RiskState()
    put(state, entry("a"))
    reconcile(state, DAY)
    assert find(state, 1, "f-1", "confirmed")
    put(state, entry("b"))
    (grew,) = reconcile(state, DAY)
    assert (grew.type, grew.status, grew.episode) == ("WarningGrew", "verified", 1)


def test_any_order_ends_in_the_same_state() -> None:
    arrivals = [entry("a", date(2021, 10, 8)), entry("b", date(2021, 9, 30)), entry("c", date(2021, 12, 1))]
    ends = set()
    for order in permutations(arrivals):
        state = RiskState()
        for one in order:
            put(state, entry(one.record_key, one.occurred_on))
            reconcile(state, DAY)
        (episode,) = state.episodes
        ends.add((episode.since, episode.pack, tuple(sorted(episode.emitted)), episode.status))
    assert ends == {(date(2021, 9, 30), "shuangjiang-2021", ("a", "b"), "open")}
