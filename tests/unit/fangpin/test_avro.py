"""Bytes that are not a record: each gets its code, none gets through, none gets out as another error."""

import io
import json
import struct

import fastavro
import pytest

from fangpin import avro
from fangpin.errors import PoisonError
from tests.schema_samples import sample

NAME = "feed.medical-expense"
HEAD = struct.pack(">bI", 0, avro.schemas()[NAME].id)
GOOD = avro.encode(NAME, sample(avro.schemas()[NAME].resolved))


def code(payload: bytes | None) -> str:
    with pytest.raises(PoisonError) as caught:
        avro.decode(payload, NAME)
    return caught.value.code


def test_V1_empty_and_null() -> None:
    assert code(None) == code(b"") == "NULL_VALUE"


def test_V2_wire() -> None:
    assert {code(b"\x01" + GOOD[1:]), *(code(GOOD[:size]) for size in range(1, 5))} == {"WIRE"}


def test_V3_unknown_schema_and_that_of_another_subject() -> None:
    other = struct.pack(">bI", 0, avro.schemas()["feed.clock"].id)
    assert code(other + GOOD[5:]) == code(b"\x00\xff\xff\xff\xff" + GOOD[5:]) == "SCHEMA_UNKNOWN"


def test_V6_lengths_that_lie() -> None:
    assert code(HEAD + b"\x80\x80\x80\x80\x80\x80\x01" + b"x") == "DECODE"
    assert code(HEAD + b"\x09" + b"x" * 9) == "DECODE"


def test_V7_index_out_of_range() -> None:
    assert code(HEAD + b"\x02a\x02\x20" + GOOD[9:]) == "DECODE"


def test_V8_endless_varint() -> None:
    assert code(HEAD + b"\xff" * 20) == "DECODE"


def test_V9_invalid_utf8() -> None:
    assert code(HEAD + b"\x04\xff\xfe" + GOOD[9:]) == "DECODE"


def test_V10_trailing_bytes() -> None:
    assert code(GOOD + b"\x00") == "TRAILING"


def test_V6_every_truncation() -> None:
    assert {code(GOOD[:size]) for size in range(5, len(GOOD))} == {"DECODE"}


def test_V12_a_date_beyond_the_calendar() -> None:
    schema = json.loads(json.dumps(avro.schemas()[NAME].resolved).replace('"logicalType": "date"', '"x": "date"'))
    datum = sample(avro.schemas()[NAME].resolved)
    dates = ("occurred_on", "admitted_on", "settled_on")
    buffer = io.BytesIO()
    parsed = fastavro.parse_schema(schema, named_schemas={})
    fastavro.schemaless_writer(buffer, parsed, datum | dict.fromkeys(dates, 2**31 - 1))
    assert code(HEAD + buffer.getvalue()) == "DECODE"
