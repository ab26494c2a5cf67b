"""Avro with Confluent framing (0x00, 4-byte schema id, body). Ids come from the committed table `schemas/avro/ids.json`.

Bytes from outside prove nothing: every way in which a body can fail to decode is a `PoisonError` with its code.
"""

import copy
import io
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import fastavro

from fangpin.avro_writer import Writer, compile_writer
from fangpin.errors import PoisonError

DIRECTORY = Path(__file__).resolve().parent.parent / "schemas" / "avro"
FRAME = struct.Struct(">bI")
Datum = dict[str, Any]
OWN = ("event.", "county.", "hub.")  # names of what the hub alone writes
# What fastavro raises on bytes that are not of the schema; a body nested too deep ends as RecursionError.
_DECODE_ERRORS = (
    EOFError,
    IndexError,
    KeyError,
    ValueError,
    TypeError,
    OverflowError,
    RecursionError,
    StopIteration,
    MemoryError,
    ArithmeticError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class Schema:
    """One released schema: its name (that of its file), id, and fully resolved JSON."""

    name: str
    id: int
    resolved: Mapping[str, Any]
    parsed: Any

    @property
    def subject(self) -> str:
        """The registry subject: topic for one-schema topics, topic and record name for events."""
        if self.name.startswith("event."):
            return f"household.events-fangpin.{self.name}"
        if self.name.startswith("county."):
            return f"county.events-fangpin.{self.name}"
        return f"{self.name}-value"


@cache
def schemas() -> Mapping[str, Schema]:
    """Every schema by name, parsed once."""
    types = {}
    for path in sorted(DIRECTORY.glob("types.*.avsc")):
        raw = json.loads(path.read_text(encoding="utf-8"))
        types[f"{raw['namespace']}.{raw['name']}"] = raw
    found = {}
    for name, number in json.loads((DIRECTORY / "ids.json").read_text(encoding="utf-8")).items():
        raw = json.loads((DIRECTORY / f"{name}.avsc").read_text(encoding="utf-8"))
        resolved = _resolve(raw, types, set())
        parsed = fastavro.parse_schema(copy.deepcopy(resolved), named_schemas={})
        found[name] = Schema(name, number, resolved, parsed)
    return found


@cache
def by_id() -> Mapping[int, Schema]:
    """Every schema by id."""
    return {schema.id: schema for schema in schemas().values()}


def _resolve(node: Any, types: Mapping[str, Any], seen: set[str]) -> Any:
    """The schema with each shared type written out where it first stands."""
    if isinstance(node, str) and node in types and node not in seen:
        seen.add(node)
        return _resolve(types[node], types, seen)
    if isinstance(node, list):
        return [_resolve(one, types, seen) for one in node]
    if isinstance(node, dict):
        return {
            key: _resolve(value, types, seen) if key in ("type", "items", "fields") else value
            for key, value in node.items()
        }
    return node


@cache
def _writer(name: str) -> tuple[bytes, Any, Writer | None]:
    schema = schemas()[name]
    own = compile_writer(schema.resolved) if name.startswith(OWN) else None
    return FRAME.pack(0, schema.id), schema.parsed, own


def encode(name: str, datum: Mapping[str, Any]) -> bytes:
    """The framed bytes of a datum. Of an event or exception, which only the hub writes, the types are not looked at."""
    frame, parsed, own = _writer(name)
    if own is not None:
        out = bytearray(frame)
        own(datum, out)
        return bytes(out)
    buffer = io.BytesIO()
    buffer.write(frame)
    fastavro.schemaless_writer(buffer, parsed, datum)
    return buffer.getvalue()


def decode(payload: bytes | None, expected: str | None = None) -> tuple[str, Datum]:
    """The schema's name and the datum. `expected`: the only name that is right on this topic.

    Raises `PoisonError`: NULL_VALUE, WIRE, SCHEMA_UNKNOWN, DECODE, TRAILING.
    """
    if payload is None:
        raise PoisonError("NULL_VALUE", "消息没有内容；撤回请发送 status 为 withdrawn 的记录。")
    if len(payload) == 0:
        raise PoisonError("NULL_VALUE", "消息内容为空。")
    if len(payload) < FRAME.size or payload[0] != 0:
        raise PoisonError("WIRE", "消息没有 Confluent 帧头（0x00 和四字节模式编号）。")
    schema = by_id().get(FRAME.unpack_from(payload)[1])
    if schema is None or (expected is not None and schema.name != expected):
        raise PoisonError("SCHEMA_UNKNOWN", "模式编号不认识，或不是本主题的模式；请用 /registry 上登记的编号。")
    buffer = io.BytesIO(payload)
    buffer.seek(FRAME.size)
    try:
        datum = fastavro.schemaless_reader(buffer, schema.parsed, None)
    except _DECODE_ERRORS as error:
        raise PoisonError("DECODE", "消息不能按其模式解码。") from error
    if buffer.tell() != len(payload):
        raise PoisonError("TRAILING", "消息在记录之后还有多余的字节。")
    assert isinstance(datum, dict)
    return schema.name, datum
