"""What a request carries beside its path: a JSON body, read strictly, and a query in which nothing stands twice."""

from collections.abc import Mapping
from typing import Any

from litestar import Request

from fangpin.ports import HttpProblem
from fangpin.strict_json import NotJson, decode

AnyRequest = Request[Any, Any, Any]


def media_type(request: AnyRequest) -> str:
    """The content type without its parameters. Raises 415 for a charset other than UTF-8, and for a packed body."""
    kind, *parameters = request.headers.get("content-type", "").lower().split(";")
    named = dict(one.strip().partition("=")[::2] for one in parameters)
    if named.get("charset", "utf-8").strip('" ') != "utf-8":
        raise _unsupported("请求体应为 UTF-8 编码。")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise _unsupported("请求体不能压缩，请直接发送。")
    return str(kind.strip())


def need_json(request: AnyRequest) -> None:
    """Raises 415 unless the body says that it is JSON."""
    if media_type(request) != "application/json":
        raise _unsupported("请求体应为 application/json，UTF-8 编码。")


def _unsupported(detail: str) -> HttpProblem:
    return HttpProblem(415, "CONTENT_TYPE", detail)


def json_of(body: bytes) -> Any:
    """The JSON value of a body. Raises 400 `DECODE`."""
    try:
        return decode(body)
    except NotJson as error:
        raise unreadable(f"请求体不能读取：{error}") from None


def unreadable(reason: str) -> HttpProblem:
    """The answer to a body that is no JSON."""
    return HttpProblem(400, "DECODE", f"{reason}。请检查生成程序后重新发送，本次未保存任何内容。")


def object_of(body: bytes, required: set[str], optional: frozenset[str] = frozenset()) -> dict[str, Any]:
    """A body that is an object of these names. Raises 400 or 422."""
    found = json_of(body)
    names = "、".join(sorted(required | optional))
    if not isinstance(found, dict):
        raise HttpProblem(422, "TYPE", f"请求体应为 JSON 对象，字段为：{names}。")
    if set(found) - required - optional:
        raise HttpProblem(422, "UNKNOWN_FIELD", f"请求体有不认识的字段。只能有：{names}。")
    missing = required - set(found)
    if missing:
        raise HttpProblem(422, "MISSING_FIELD", f"请求体缺少字段：{'、'.join(sorted(missing))}。")
    return found


def query_of(request: AnyRequest, *known: str) -> Mapping[str, str]:
    """The query's parameters. Raises 422 for one that the route does not know, or that stands twice."""
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            listed = f"可用的是：{'、'.join(known)}" if known else "这个地址没有参数"
            raise HttpProblem(422, "QUERY_INVALID", f"不认识的参数。{listed}。", extra={"field": name})
        if name in found:
            raise HttpProblem(422, "QUERY_INVALID", f"参数 {name} 重复。", extra={"field": name})
        found[name] = value
    return found
