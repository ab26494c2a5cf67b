"""JSON as RFC 8259 has it and no more: no byte order mark, no NaN, no name twice, bounded depth and digits."""

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from fangpin.ports import HttpProblem

MAX_DIGITS = 308


class _Unfit(ValueError):
    pass


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Unfit("同一对象里有重复的字段名")
    return found


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _Unfit("整数位数过多")
    return int(text)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise _Unfit("数字超出范围") from None


def _constant(text: str) -> float:
    raise _Unfit(f"{text} 不是 JSON 的数字")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_integer, parse_float=_decimal, parse_constant=_constant, strict=True
)


def decode(body: bytes, place: str = "请求体") -> Any:
    """The value; numbers with a point are `Decimal`. Raises 400 `JSON_INVALID`."""
    try:
        return _DECODER.decode(body.decode("utf-8"))
    except UnicodeDecodeError:
        reason = "不是 UTF-8"
    except RecursionError:
        reason = "嵌套过深"
    except _Unfit as error:
        reason = str(error)
    except json.JSONDecodeError as error:
        reason = f"第{error.lineno}行第{error.colno}列起不是有效的 JSON"
    except ValueError:
        reason = "数字超出范围"
    raise HttpProblem(400, "JSON_INVALID", f"{place}不能读取：{reason}。请检查生成程序后重新发送，本次未保存任何内容。")


def decode_object(body: bytes, names: set[str]) -> dict[str, Any]:
    """An object of exactly these names. Raises 422 for another."""
    found = decode(body)
    if not isinstance(found, dict):
        raise HttpProblem(422, "TYPE", f"请求体应为 JSON 对象，字段为：{'、'.join(sorted(names))}。")
    if set(found) - names:
        raise HttpProblem(422, "UNKNOWN_FIELD", f"请求体有不认识的字段。只能有：{'、'.join(sorted(names))}。")
    missing = names - set(found)
    if missing:
        raise HttpProblem(422, "MISSING_FIELD", f"请求体缺少字段：{'、'.join(sorted(missing))}。")
    return found


def decode_lines(body: bytes) -> Iterator[Any]:
    """The values of NDJSON, one a line; empty lines are skipped."""
    for number, line in enumerate(body.split(b"\n"), 1):
        if line.strip():
            yield decode(line, f"第{number}行")
