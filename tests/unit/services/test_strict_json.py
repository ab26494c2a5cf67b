"""JSON as strictly as intake reads it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fangpin.ports import HttpProblem
from services.intake.strict_json import decode, decode_lines, decode_object


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
    with pytest.raises(HttpProblem) as caught:
        decode(body)
    assert (caught.value.status, caught.value.code) == (400, "JSON_INVALID")


def test_A4_an_object_of_exactly_these_names() -> None:
    assert decode_object(b'{"a": 1}', {"a"}) == {"a": 1}
    for body, code in ((b'{"a": 1, "b": 2}', "UNKNOWN_FIELD"), (b"{}", "MISSING_FIELD"), (b"[]", "TYPE")):
        with pytest.raises(HttpProblem) as caught:
            decode_object(body, {"a"})
        assert (caught.value.status, caught.value.code) == (422, code)


def test_lines_name_the_broken_one() -> None:
    assert list(decode_lines(b'{"a":1}\r\n\n[2]\n')) == [{"a": 1}, [2]]
    with pytest.raises(HttpProblem) as caught:
        list(decode_lines(b"1\n\n{\n"))
    assert "第3行" in caught.value.detail
