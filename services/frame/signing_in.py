"""Signing in and out, and the front door."""

from typing import Any

from anyio import to_thread
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import RawBody
from litestar.response import Redirect

from fangpin.ports import SESSION_COOKIE, HttpProblem, WebDependencies
from services.access.asking import sees_people
from services.frame.forms import form_of
from services.frame.rendering import OPEN, bare_page, environment

AnyRequest = Request[Any, Any, Any]


def signing_in(deps: WebDependencies) -> list[HTTPRouteHandler]:
    """The routes.

    Where a path has two methods the handlers are coroutines: Litestar registers such a pair twice, and wraps a sync
    handler once too often.
    """
    templates = environment()

    @get("/", opt=OPEN, sync_to_thread=True)
    def home(request: AnyRequest) -> Redirect:
        try:
            account = deps.account_of(request)
        except HttpProblem:
            return Redirect("/login", status_code=303)
        return Redirect("/inbox" if sees_people(account) else "/statistics", status_code=303)

    @get("/login", opt=OPEN)
    async def login_page() -> Response[str]:
        return bare_page(templates, "login.html", fault=None)

    @post("/login", opt=OPEN)
    async def login(request: AnyRequest, body: RawBody) -> Response[Any]:
        return await to_thread.run_sync(log_in, request, body)

    def log_in(request: AnyRequest, body: bytes) -> Response[Any]:
        form = form_of(request, body)
        token = deps.login(form.get("username", ""), form.get("password", ""))
        if token is None:
            return bare_page(templates, "login.html", 401, fault="用户名或密码不对，请核对后重试。")
        answer: Response[Any] = Redirect("/", status_code=303)
        answer.set_cookie(key=SESSION_COOKIE, value=token, httponly=True, samesite="strict", path="/")
        return answer

    @post("/logout", opt=OPEN, sync_to_thread=True)
    def logout(request: AnyRequest, body: RawBody) -> Response[Any]:
        form_of(request, body)
        token = request.cookies.get(SESSION_COOKIE)
        if token:
            deps.logout(token)
        answer: Response[Any] = Redirect("/login", status_code=303)
        answer.delete_cookie(SESSION_COOKIE, path="/")
        return answer

    return [home, login_page, login, logout]
