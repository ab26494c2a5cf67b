"""JSON as strictly as the hub reads it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fangpin.strict_json import NotJson, Unreadable, decode, decode_lines


def test_numbers_keep_their_digits() -> None:
    assert decode(b'{"a": 0.10, "b": 12}') == {"a": Decimal("0.10"), "b": 12}
    assert str(decode(b'{"a": 0.10}')["a"]) == "0.10"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xef\xbb\xbf{}",
        b"{",
        b"NaN",
        b"[-Infinity]",
        b'{"a":1,"a":1}',
        b"\xff",
        b"[" * 200_000,
        b"9" * 5_000,
        b"1e9999999999999999999",
        b"'a'",
    ],
)
def test_A1_A2_what_is_no_json(body: bytes) -> None:
    with pytest.raises(NotJson):
        decode(body)


def test_a_line_that_is_no_json_is_named_and_the_rest_goes_on() -> None:
    found = list(decode_lines(b'{"a":1}\r\n\n[2]\n{\xff\r\n3'))
    assert found[:2] == [{"a": 1}, [2]]
    assert isinstance(found[2], Unreadable)
    assert (found[2].number, found[2].text) == (4, "{\\xff")
    assert found[3] == 3
