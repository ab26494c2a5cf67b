"""The compiled writer writes what fastavro writes, of every schema that it takes."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangpin import avro
from fangpin.avro_writer import compile_writer

PRIMITIVES: dict[str, st.SearchStrategy[Any]] = {
    "string": st.text(),
    "bytes": st.binary(),
    "boolean": st.booleans(),
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "double": st.floats(allow_nan=False),
    "null": st.none(),
}
LOGICAL: dict[str, st.SearchStrategy[Any]] = {
    "date": st.dates(),
    "timestamp-micros": st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
}


def values(schema: Any, named: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Data of a schema; a field that has a default may be left out."""
    if isinstance(schema, list):
        return st.one_of([values(one, named) for one in schema])
    if isinstance(schema, str):
        return values(named[schema], named) if schema in named else PRIMITIVES[schema]
    if "logicalType" in schema:
        return LOGICAL[schema["logicalType"]]
    if "name" in schema:
        named[f"{schema['namespace']}.{schema['name']}" if "namespace" in schema else schema["name"]] = schema
    match schema["type"]:
        case "array":
            return st.lists(values(schema["items"], named), max_size=3)
        case "enum":
            return st.sampled_from(schema["symbols"])
        case "record":
            fields = {field["name"]: values(field["type"], named) for field in schema["fields"]}
            left_out = {field["name"] for field in schema["fields"] if "default" in field}
            return st.fixed_dictionaries(
                {name: one for name, one in fields.items() if name not in left_out},
                optional={name: one for name, one in fields.items() if name in left_out},
            )
        case primitive:
            return PRIMITIVES[primitive]


OWN = sorted(name for name in avro.schemas() if name.startswith(avro.OWN))


@pytest.mark.parametrize("name", OWN)
@given(data=st.data())
def test_it_writes_what_fastavro_writes(name: str, data: st.DataObject) -> None:
    schema = avro.schemas()[name]
    datum = data.draw(values(schema.resolved, {}))
    wanted = io.BytesIO()
    fastavro.schemaless_writer(wanted, schema.parsed, datum)
    assert avro.encode(name, datum)[5:] == wanted.getvalue()


@pytest.mark.parametrize("name", OWN)
def test_everything_that_only_the_hub_writes_is_compiled(name: str) -> None:
    assert compile_writer(avro.schemas()[name].resolved) is not None


@pytest.mark.parametrize(
    "kind",
    [
        "float",
        {"type": "bytes", "logicalType": "decimal", "precision": 14, "scale": 2},
        ["null", "string", "long"],
        {"type": "map", "values": "string"},
    ],
    ids=str,
)
def test_what_it_cannot_write_is_left_to_fastavro(kind: Any) -> None:
    assert compile_writer({"type": "record", "name": "R", "fields": [{"name": "f", "type": kind}]}) is None


def test_days_before_1970() -> None:
    schema = {"type": "record", "name": "R", "fields": [{"name": "f", "type": {"type": "int", "logicalType": "date"}}]}
    out = bytearray()
    writer = compile_writer(schema)
    assert writer is not None
    writer({"f": date(1969, 12, 31)}, out)
    assert out == b"\x01"
