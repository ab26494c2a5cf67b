"""JSON as RFC 8259 has it and no more: no byte order mark, no NaN, no name twice, bounded depth and digits."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

MAX_DIGITS = 308


class NotJson(ValueError):
    """What cannot be read, and why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line of NDJSON that is no JSON: its text (bytes that are no UTF-8 escaped), its number from 1, and why."""

    text: str
    number: int
    reason: str


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotJson("同一对象里有重复的字段名")
    return found


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise NotJson("整数位数过多")
    return int(text)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise NotJson("数字超出范围") from None


def _constant(text: str) -> float:
    raise NotJson(f"{text} 不是 JSON 的数字")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_integer, parse_float=_decimal, parse_constant=_constant, strict=True
)


def decode(body: bytes) -> Any:
    """The value; numbers with a point are `Decimal`. Raises `NotJson`."""
    try:
        return _DECODER.decode(body.decode("utf-8"))
    except UnicodeDecodeError:
        reason = "不是 UTF-8"
    except RecursionError:
        reason = "嵌套过深"
    except NotJson as error:
        reason = str(error)
    except json.JSONDecodeError as error:
        reason = f"第{error.lineno}行第{error.colno}列起不是有效的 JSON"
    except ValueError:
        reason = "数字超出范围"
    raise NotJson(reason)


def decode_lines(body: bytes) -> Iterator[Any]:
    """The values of NDJSON, one a line, empty lines skipped; a line that cannot be read is `Unreadable`."""
    for number, line in enumerate(body.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            yield decode(line)
        except NotJson as error:
            yield Unreadable(line.decode("utf-8", "backslashreplace").rstrip("\r"), number, str(error))
