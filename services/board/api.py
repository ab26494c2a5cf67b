"""`GET /api/v1/board?county=&month=`: the month board of one's own area."""

from typing import Any

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler

from fangpin.bodies import query_of
from fangpin.ports import WebDependencies
from services.access import asking
from services.board import reading


def board_api(deps: WebDependencies) -> HTTPRouteHandler:
    """The route."""

    @get("/api/v1/board", sync_to_thread=True)
    def board(request: Request[Any, Any, Any]) -> dict[str, Any]:
        account = asking.officers_only(deps.account_of(request))
        query = query_of(request, "county", "month")
        area = asking.area(query, account, "county")
        county = query.get("county", account.county)
        if not county:
            raise asking.wrong("county", "请用 county 指出县，例如 county=530925。")
        with deps.pool.connection() as conn:
            first = reading.first_of(query.get("month"), reading.today(conn, county) if area is not None else None)
            if first is None:
                raise asking.wrong("month", "month 应写成 2021-11 这样的月份。")
            if area is None:  # another county: an empty list, as elsewhere
                return reading.blank((), county, first)
            return reading.read(conn, deps.book.judging(), county, area, first)

    return board
