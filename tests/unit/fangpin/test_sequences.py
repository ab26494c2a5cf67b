"""The contract of readers: drop what was seen, stop at a gap."""

import pytest

from fangpin.errors import FatalError
from fangpin.sequences import after
from tests.household_events import Event, Household


def _log() -> list[Event]:
    log: list[Event] = []
    one, other = Household(1, log), Household(2, log)
    for household in (one, other, one, one, other):
        household.register()
    return log


def test_what_was_seen_is_dropped_also_within_a_batch() -> None:
    log = _log()
    first = str(Household(1, []).id)
    assert after("reader", {}, [*log, *log]) == log
    assert [event["sequence"] for event in after("reader", {first: 2}, log)] == [1, 3, 2]


def test_a_countys_own_stream_has_its_own_sequence() -> None:
    county = [{"county_code": "530925", "sequence": number} for number in (1, 2)]
    other = {"county_code": "410922", "sequence": 1}
    log = [*_log(), *county, other]
    assert after("reader", {}, [*log, *log]) == log
    with pytest.raises(FatalError, match="goes from sequence 0 to 2"):
        after("reader", {}, county[1:])


def test_a_gap_is_fatal() -> None:
    log = _log()
    with pytest.raises(FatalError, match="goes from sequence 1 to 3"):
        after("reader", {}, [event for event in log if event["sequence"] != 2])
    with pytest.raises(FatalError, match="goes from sequence 0 to 2"):
        after("reader", {}, log[2:])
