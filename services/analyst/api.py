"""`GET /api/v1/statistics/warnings`: how many warnings, by area, risk or month."""

from typing import Any

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler

from fangpin.bodies import query_of
from fangpin.ports import WebDependencies
from services.access import asking
from services.analyst.counting import BYS, counts


def statistics_api(deps: WebDependencies) -> HTTPRouteHandler:
    """The route."""

    @get("/api/v1/statistics/warnings", sync_to_thread=True)
    def statistics(request: Request[Any, Any, Any]) -> dict[str, Any]:
        account = asking.officers_only(deps.account_of(request))
        query = query_of(request, "by", "county", "area")
        by = query.get("by")
        if by not in BYS:
            raise asking.wrong("by", "by 应为 area、risk 或 month。")
        area = asking.area(query, account, "county", "area")
        with deps.pool.connection() as conn:
            return {"items": counts(conn, by, area)}

    return statistics
