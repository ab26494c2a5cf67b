"""The watch over areas: the list, and one area warning with its households."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from fangpin.bodies import query_of
from fangpin.ports import WebDependencies
from services.access import asking
from services.frame.rendering import Frame
from services.inbox import areas, notices, reading
from services.inbox.cards import lines

AnyRequest = Request[Any, Any, Any]


def areas_pages(frame: Frame) -> list[HTTPRouteHandler]:
    """The routes: counts for every officer, households for those who visit them or lead them."""
    deps = frame.deps

    @get("/areas", sync_to_thread=True)
    def listed(request: AnyRequest) -> Response[str]:
        account = asking.officers_only(deps.account_of(request))
        status = _status(query_of(request, "status").get("status"))
        with deps.pool.connection() as conn:
            found = areas.area_warnings(conn, account.area, status)
        return frame.page(
            "areas.html", account, "/areas", items=[areas.line(frame, one) for one in found], asked=status or ""
        )

    @get("/areas/{area_warning:str}", sync_to_thread=True)
    def one(request: AnyRequest, area_warning: FromPath[str]) -> Response[str]:
        account = asking.officers_only(deps.account_of(request))
        identity = asking.identity(area_warning)
        with deps.pool.connection() as conn:
            item = areas.area_warning(conn, account, identity)
            if item is None:
                raise asking.not_found()
            notices.mark_read(conn, account, warning=identity)
            shown = asking.sees_people(account)
            rows, count = areas.households(conn, account, item) if shown else ([], 0)
            values = {
                "area": areas.line(frame, item),
                "content": areas.content(item, reading.Opener(conn, deps.vault)),
                "cause": item["cause"],
                "items": lines(frame, conn, rows),
                "count": count,
                "shown": shown,
            }
        return frame.page("area.html", account, "/areas", **values)

    return [listed, one]


def areas_api(deps: WebDependencies) -> HTTPRouteHandler:
    """The same list as JSON, without households."""

    @get("/api/v1/area-warnings", sync_to_thread=True, summary="Areas on watch")
    def listed(request: AnyRequest) -> dict[str, Any]:
        account = asking.officers_only(deps.account_of(request))
        query = query_of(request, "county", "area", "status")
        status = _status(query.get("status"))
        area = asking.area(query, account, "county", "area")
        with deps.pool.connection() as conn:
            found = areas.area_warnings(conn, area, status) if area is not None else []
        return {"items": [areas.as_json(one) for one in found]}

    return listed


def _status(text: str | None) -> str | None:
    if text is not None and text not in areas.STATUSES:
        raise asking.wrong("status", f"status 应为其中之一：{'、'.join(areas.STATUSES)}。")
    return text
