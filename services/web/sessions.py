"""`POST /api/v1/session`: the same access for a program as pages have by their cookie."""

from typing import Any

from litestar import Request, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import RawBody

from fangpin.bodies import need_json, object_of
from fangpin.ports import HttpProblem
from services.access.door import Door

MAX_BODY = 4096


def session_route(door: Door) -> HTTPRouteHandler:
    """The route over a door."""

    @post(
        "/api/v1/session",
        status_code=201,
        opt={"open": True},
        sync_to_thread=True,
        request_max_body_size=MAX_BODY,
        summary="A session token for an officer",
    )
    def session(request: Request[Any, Any, Any], body: RawBody) -> dict[str, str]:
        need_json(request)
        given = object_of(body, {"username", "password"})
        username, password = given["username"], given["password"]
        if not isinstance(username, str) or not isinstance(password, str):
            raise HttpProblem(422, "TYPE", "username 与 password 应为文字。")
        token = door.login(username, password)
        if token is None:
            raise HttpProblem(401, "LOGIN_FAILED", "用户名或密码不对，请核对后重试。")
        return {"token": token}

    return session
