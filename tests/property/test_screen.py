"""The screen by columns is never wider than the rules: what it lets through is what `parse_record` makes, note and all."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fangpin import avro
from fangpin.domain.errors import Refused
from fangpin.domain.feeds import FEEDS
from fangpin.domain.records import Record, parse_record
from fangpin.errors import PoisonError
from fangpin.screen import plain_records
from fangpin.wire import encode_record
from tests.feed_samples import SAMPLES
from tests.records import NOW, PERSON, without_feed

PAYLOADS = {
    slug: encode_record(parse_record(FEEDS[slug], without_feed(sample.raw(slug)), now=NOW))
    for slug, sample in SAMPLES.items()
}
TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "",
            " ",
            " 前",
            "后 ",
            "Ａ１",
            "县 医院",
            "a\u200bb",
            "\u202e反",
            "é",
            "甲\n乙",
            "10" * 9,
            PERSON,
            PERSON[:-1] + "0",
            f"M-{PERSON}",
            PERSON.lower(),
            "x" * 65,
            "医" * 2001,
            "·阿依·古丽",
            "2021-13",
            "2021-02",
        ]
    ),
)
DAYS = st.one_of(
    st.dates(), st.sampled_from([date(1989, 12, 31), date(1990, 1, 1), NOW.date(), NOW.date() + timedelta(2)])
)
INSTANTS = st.one_of(
    st.datetimes(min_value=datetime(1980, 1, 1), max_value=datetime(2300, 1, 1), timezones=st.just(UTC)),
    st.sampled_from([NOW, NOW + timedelta(days=1), NOW + timedelta(days=2), datetime(1990, 1, 1, tzinfo=UTC)]),
)
AMOUNTS = st.one_of(
    st.decimals(min_value=-10, max_value=10**11, places=2),
    st.sampled_from(
        [Decimal("0.00"), Decimal("-0.01"), Decimal("2000000.00"), Decimal("2000000.01"), Decimal("5000000.01")]
    ),
)


def slow(slug: str, payload: bytes) -> Record | None:
    """What the rules make of the bytes; None for a refusal."""
    try:
        return parse_record(FEEDS[slug], avro.decode(payload, f"feed.{slug}")[1], now=NOW)
    except (PoisonError, Refused):
        return None


def other(draw: st.DrawFn, value: Any) -> Any:
    """Another value of the same Avro type."""
    if isinstance(value, dict):
        name = draw(st.sampled_from(sorted(value)))
        return {**value, name: draw(st.one_of(st.none(), TEXTS))}
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return draw(st.integers(-(2**40), 2**40) | st.sampled_from([0, 1, 2**53, 2**53 + 1]))
    for kind, values in ((datetime, INSTANTS), (date, DAYS), (Decimal, AMOUNTS), (str, TEXTS)):
        if isinstance(value, kind):
            return draw(values)
    return [] if isinstance(value, list) else value


@st.composite
def changed(draw: st.DrawFn) -> tuple[str, bytes]:
    """A sample of a feed with some values changed, as far as Avro can hold them."""
    slug = draw(st.sampled_from(sorted(PAYLOADS)))
    datum = avro.decode(PAYLOADS[slug])[1]
    for name in draw(st.lists(st.sampled_from(sorted(datum)), max_size=3)):
        datum[name] = draw(st.none()) if draw(st.booleans()) and name not in REQUIRED else other(draw, datum[name])
    try:
        return slug, avro.encode(f"feed.{slug}", datum)
    except (ValueError, TypeError, OverflowError, UnicodeEncodeError):
        return slug, PAYLOADS[slug]


REQUIRED = ("record_id", "revision", "status", "county_code", "reported_at", "subject")


@settings(max_examples=80, deadline=None)
@given(st.lists(changed(), min_size=1, max_size=12))
def test_what_the_screen_lets_through_is_what_the_rules_make(cases: list[tuple[str, bytes]]) -> None:
    for slug in {slug for slug, _ in cases}:
        payloads = [payload for own, payload in cases if own == slug]
        for payload, plain in zip(payloads, plain_records(FEEDS[slug], payloads, NOW), strict=True):
            assert plain is None or plain == slow(slug, payload)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=4), st.sampled_from([0, 3]))
def test_bytes_that_are_no_record_do_not_disturb_their_neighbours(changes: list[tuple[int, int]], cut: int) -> None:
    good = PAYLOADS["medical-expense"]
    bad = bytearray(good)
    for place, byte in changes:
        bad[place % len(bad)] = byte
    payloads = [*[good] * 20, bytes(bad[: len(bad) - cut]), None, b"", good + b"\0", *[good] * 20]
    plain = plain_records(FEEDS["medical-expense"], payloads, NOW)
    expected = slow("medical-expense", good)
    assert plain[0] == plain[-1] == expected, "one bad record sends far neighbours the slow way"
    assert plain[21:24] == [None, None, None]
    for one, payload in zip(plain, payloads, strict=True):
        assert one is None or one == slow("medical-expense", payload or b"") or _of_no_branch(payload or b"", one)


def test_a_branch_that_a_union_does_not_have_is_read_as_the_one_with_a_value() -> None:
    """The one thing that the columns cannot see (`fangpin.avro_columns`); nothing of the record is another's by it."""
    good = PAYLOADS["medical-expense"]
    place = good.index(b"\x02\x24" + PERSON.encode())
    bad = good[:place] + b"\x03" + good[place + 1 :]
    (found,) = plain_records(FEEDS["medical-expense"], [bad], NOW)
    assert found == slow("medical-expense", good)
    assert slow("medical-expense", bad) is None
    assert _of_no_branch(bad, found)


def _of_no_branch(payload: bytes, record: Record) -> bool:
    """Whether the payload is the record's but for numbers of branches that no union of ours has."""
    written = encode_record(record)
    differing = [(own, right) for own, right in zip(payload, written, strict=False) if own != right]
    return len(payload) == len(written) and all(right == 2 and own not in (0, 2) for own, right in differing)


SCREENED = sorted(set(PAYLOADS) - {"epidemic-area", "area-event", "nil-return"})


@pytest.mark.parametrize("slug", SCREENED)
def test_a_plain_record_of_a_feed_is_read_by_columns_or_is_left_whole_to_the_rules(slug: str) -> None:
    (found,) = plain_records(FEEDS[slug], [PAYLOADS[slug]], NOW)
    assert found is None or found == slow(slug, PAYLOADS[slug])
    if slug in ("medical-expense", "dangerous-house", "unemployment", "disability", "disaster-loss"):
        assert found is not None, "the hot path has gone cold"


def test_the_text_that_passes_is_text_that_is_never_normalised() -> None:
    from fangpin.screen import _TEXT

    allowed = _TEXT.replace(r"\p{Han}", "\u4e00-\u9fff")
    assert re.match(allowed, "县人民医院（东区）")
    assert not re.match(allowed, "Ａ")
    assert not re.match(allowed, "甲\u200b")
