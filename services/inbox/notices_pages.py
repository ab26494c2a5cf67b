"""The list behind the bell."""

from typing import Any

from anyio import to_thread
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import RawBody
from litestar.response import Redirect

from fangpin.ports import Account
from services.access import asking
from services.frame.forms import form_of
from services.frame.rendering import Frame
from services.inbox import notices

AnyRequest = Request[Any, Any, Any]


def notices_pages(frame: Frame) -> list[HTTPRouteHandler]:
    """The routes; coroutines for the reason in `services/frame/signing_in.py`."""
    deps = frame.deps

    def visitor(request: AnyRequest) -> Account:
        return asking.persons_only(deps.account_of(request))

    @get("/notices")
    async def listed(request: AnyRequest) -> Response[str]:
        return await to_thread.run_sync(show, request)

    def show(request: AnyRequest) -> Response[str]:
        account = visitor(request)
        with deps.pool.connection() as conn:
            found = notices.notices(frame, conn, account)
            on_watch = notices.area_notices(frame, conn, account)
        return frame.page("notices.html", account, "/notices", items=found, on_watch=on_watch)

    @post("/notices")
    async def read(request: AnyRequest, body: RawBody) -> Redirect:
        return await to_thread.run_sync(mark, request, body)

    def mark(request: AnyRequest, body: bytes) -> Redirect:
        account = visitor(request)
        event = form_of(request, body).get("event_id")
        with deps.pool.connection() as conn:
            notices.mark_read(conn, account, event=asking.identity(event) if event is not None else None)
        return Redirect("/notices", status_code=303)

    return [listed, read]
