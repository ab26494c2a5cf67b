"""What holds for every request and answer, also for those that no route takes."""

import json
from urllib.parse import unquote_plus

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

from fangpin.domain.identity import contains_id_number

HEADERS = (
    (
        b"content-security-policy",
        # data: for the small pictures that Tabler's style sheet holds (the arrow of a list, the tick of a box).
        (
            b"default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
            b"object-src 'none'"
        ),
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),  # with "no-referrer" a browser gives our own forms no origin either
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
_DETAIL = "网址中不能有身份证号。请改用按人查询接口，把身份证号放在请求体中。"


class Edge:
    """Refuses identity numbers in addresses, before anything could log them, and sets the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = _with_headers(message)
            await send(message)

        if _names_a_person(scope["path"], scope.get("query_string", b"")):
            body = {
                "type": "about:blank",
                "title": "Bad Request",
                "status": 400,
                "code": "PI_IN_URL",
                "detail": _DETAIL,
            }
            start: HTTPResponseStartEvent = {
                "type": "http.response.start",
                "status": 400,
                "headers": [(b"content-type", b"application/problem+json")],
            }
            await send_with_headers(start)
            content = json.dumps(body, ensure_ascii=False).encode()
            await send({"type": "http.response.body", "body": content, "more_body": False})
            return
        await self._app(scope, receive, send_with_headers)


def _with_headers(message: HTTPResponseStartEvent) -> HTTPResponseStartEvent:
    own = list(message["headers"])
    set_already = {bytes(name).lower() for name, _ in own}
    return {**message, "headers": [*own, *(one for one in HEADERS if one[0] not in set_already)]}


def _names_a_person(path: str, query: bytes) -> bool:
    """Also when it is encoded once more than needed."""
    texts = [path, query.decode("latin-1")]
    for _ in range(2):
        texts = [*texts, *(unquote_plus(text) for text in texts[-2:])]
    return any(contains_id_number(text) for text in texts)
