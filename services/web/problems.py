"""Every error as problem+json (RFC 9457), or as a page for a browser, with a code and a remedy.

What went wrong inside is logged, never shown.
"""

from http import HTTPStatus
from typing import Any

import psycopg
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap
from psycopg_pool import PoolTimeout

from fangpin.errors import TransientError
from fangpin.ports import HttpProblem
from services.frame.rendering import bare_page, environment

RETRY_S = "5"
_TEXTS = {
    400: ("REQUEST_INVALID", "请求不符合接口要求，请对照 /openapi.json 检查。"),
    401: ("UNAUTHENTICATED", "没有登录，或令牌无效、已过期。"),
    403: ("SCOPE", "此账号无权进行这项操作。"),
    404: ("NOT_FOUND", "没有这个地址或对象，请检查网址。"),
    405: ("METHOD_NOT_ALLOWED", "此地址不支持这种请求方法。"),
    413: ("FILE_TOO_LARGE", "内容过大，请分批发送。"),
    415: ("CONTENT_TYPE", "内容类型不对，请对照 /openapi.json 检查。"),
    422: ("REQUEST_INVALID", "请求内容不符合接口要求，请对照 /openapi.json 检查。"),
    500: ("INTERNAL", "系统内部出错，已记录。请稍后重试，仍不行请联系县级管理员。"),
}
_TITLES = {
    400: "请求有误",
    401: "请先登录",
    403: "无权查看",
    404: "没有找到",
    405: "不能这样操作",
    413: "内容过大",
    422: "填写有误",
    429: "操作太频繁",
    500: "系统出错",
    503: "暂时不可用",
}
_TEMPLATES = environment()
log = structlog.get_logger()
AnyRequest = Request[Any, Any, Any]


def _response(request: AnyRequest, problem: HttpProblem) -> Response[Any]:
    if _wants_page(request):
        return _page(request, problem)
    content = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        **problem.extra,
    }
    return Response(content, status_code=problem.status, media_type="application/problem+json", headers=problem.headers)


def _wants_page(request: AnyRequest) -> bool:
    """A browser, on its way to a page or in a live part of one."""
    if request.url.path.startswith("/api/"):
        return False
    return "text/html" in request.headers.get("accept", "") or "hx-request" in request.headers


def _page(request: AnyRequest, problem: HttpProblem) -> Response[Any]:
    if problem.status == 401:
        if "hx-request" in request.headers:
            return Response(b"", status_code=401, headers={"HX-Redirect": "/login"}, media_type="text/html")
        return Response(b"", status_code=303, headers={"Location": "/login"}, media_type="text/html")
    title = _TITLES.get(problem.status, "出错了")
    answer = bare_page(_TEMPLATES, "error.html", problem.status, title=title, problem=problem)
    answer.headers.update({name: value for name, value in problem.headers.items() if name != "WWW-Authenticate"})
    return answer


def _hub(request: AnyRequest, problem: HttpProblem) -> Response[Any]:
    return _response(request, problem)


def _http(request: AnyRequest, error: HTTPException) -> Response[Any]:
    status = 422 if error.status_code == 400 else error.status_code
    code, detail = _TEXTS.get(status, _TEXTS[500] if status >= 500 else _TEXTS[400])
    if status >= 500:
        log.error("request failed", error=type(error).__name__)
    kept = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    return _response(request, HttpProblem(status, code, detail, headers=kept))


def _away(request: AnyRequest, error: Exception) -> Response[Any]:
    log.warning("a server is away", error=type(error).__name__)
    detail = "数据库或消息系统暂时不可用，请稍后重试；重复发送不会重复计算。"
    return _response(request, HttpProblem(503, "UNAVAILABLE", detail, headers={"Retry-After": RETRY_S}))


def _inside(request: AnyRequest, error: Exception) -> Response[Any]:
    # The message may quote what was sent, so only its kind and place are logged.
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else ""
    log.error("request failed", error=type(error).__name__, place=place)
    code, detail = _TEXTS[500]
    return _response(request, HttpProblem(500, code, detail))


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    HttpProblem: _hub,
    HTTPException: _http,
    TransientError: _away,
    PoolTimeout: _away,
    psycopg.OperationalError: _away,
    Exception: _inside,
}
