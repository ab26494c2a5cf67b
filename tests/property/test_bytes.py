"""Whatever bytes come on a feed's topic, they end as a record or as a named refusal, never as another error."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangpin import avro
from fangpin.domain.errors import Refused
from fangpin.domain.feeds import FEEDS
from fangpin.domain.records import parse_record
from fangpin.errors import PoisonError
from fangpin.wire import encode_record
from tests.records import NOW, bill, household, without_feed

BILL = encode_record(parse_record(FEEDS["medical-expense"], without_feed(bill()), now=NOW))
HOUSEHOLD = encode_record(parse_record(FEEDS["household-register"], without_feed(household()), now=NOW))


def judge(payload: bytes) -> set[str]:
    """The codes that the bytes get; none for a record."""
    try:
        name, datum = avro.decode(payload)
        parse_record(FEEDS[name.removeprefix("feed.")], datum, now=NOW)
    except PoisonError as poison:
        return {poison.code}
    except Refused as refused:
        return {problem.code for problem in refused.problems}
    return set()


@given(
    good=st.sampled_from((BILL, HOUSEHOLD)),
    changes=st.lists(st.tuples(st.integers(5, 400), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_V6_V9_changed_bytes_end_in_a_record_or_a_code(good: bytes, changes: list[tuple[int, int]]) -> None:
    payload = bytearray(good)
    for place, byte in changes:
        payload[5 + (place - 5) % (len(payload) - 5)] = byte
    assert all(code.isupper() for code in judge(bytes(payload)))


@pytest.mark.parametrize("amount", [Decimal("6.67E+11"), Decimal("-0.01")])
def test_V11_amounts_that_avro_lets_through(amount: Decimal) -> None:
    datum = avro.decode(BILL)[1] | {"self_paid": amount}
    codes = judge(avro.encode("feed.medical-expense", datum))
    assert codes in ({"AMOUNT_IMPLAUSIBLE"}, {"NUM_NEGATIVE"})


def test_V12_instants_at_the_end_of_the_calendar() -> None:
    last = datetime.max.replace(tzinfo=UTC) - timedelta(microseconds=1)
    for instant in (last, datetime(1, 1, 1, tzinfo=UTC)):
        datum = avro.decode(BILL)[1] | {"reported_at": instant}
        assert "TIME_RANGE" in judge(avro.encode("feed.medical-expense", datum))
