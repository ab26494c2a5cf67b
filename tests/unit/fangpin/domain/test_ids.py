"""Ids are those of RFC 9562, however quickly they are computed: other systems compute them too."""

from __future__ import annotations

from hashlib import md5
from uuid import NAMESPACE_URL, UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from fangpin.domain import ids

COUNTY = uuid5(NAMESPACE_URL, "urn:fangpin:county")


@given(number=st.text(), sequence=st.integers(1, 2**53))
def test_they_are_uuid5(number: str, sequence: int) -> None:
    household = uuid5(COUNTY, f"530925/{number}")
    assert ids.household_id("530925", number) == household
    assert ids.event_id(household, sequence) == uuid5(household, str(sequence))
    assert ids.warning_id(household, "illness", 2) == uuid5(household, "warning/illness/2")


@given(record_id=st.text())
def test_a_record_key_is_md5(record_id: str) -> None:
    text = "\x1f".join(("clock", "530925", "county", record_id))
    assert ids.record_key("clock", "530925", "county", record_id) == UUID(bytes=md5(text.encode()).digest())


@given(number=st.integers(0, 2**128 - 1))
def test_a_uuid_made_in_short_is_like_any_other(number: int) -> None:
    short, usual = ids.uuid_of(number), UUID(int=number)
    assert short == usual
    assert hash(short) == hash(usual)
    assert (str(short), short.bytes, short.is_safe) == (str(usual), usual.bytes, usual.is_safe)
