"""The statistics of an area, in charts and tables, with a way down to the areas below and out to a file."""

from datetime import datetime
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from fangpin.bodies import query_of
from fangpin.domain.calendar import SHANGHAI
from fangpin.ports import Account, WebDependencies
from services.access import asking
from services.analyst.counting import BYS, tables
from services.analyst.exporting import as_csv, as_workbook
from services.frame.rendering import Frame

AnyRequest = Request[Any, Any, Any]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def statistics_pages(deps: WebDependencies) -> list[HTTPRouteHandler]:
    """The routes."""
    frame = Frame(deps, Path(__file__).parent / "templates")

    def asked(request: AnyRequest, *more: str) -> tuple[Account, str, dict[str, str]]:
        """Who asks, for which area, with what else. An area that is not theirs is as unknown as one that is not."""
        account = asking.officers_only(deps.account_of(request))
        query = dict(query_of(request, "area", *more))
        area = asking.area(query, account, "area")
        if area is None:
            raise asking.not_found()
        return account, area, query

    def counted(account: Account, area: str) -> list[dict[str, Any]]:
        with deps.pool.connection() as conn:
            return tables(conn, deps.book, area[:6] or account.county, area)

    @get("/statistics", sync_to_thread=True)
    def statistics(request: AnyRequest) -> Response[str]:
        account, area, _ = asked(request)
        found = counted(account, area)
        by_risk = next(one for one in found if one["by"] == "risk")["rows"]
        return frame.page(
            "statistics.html",
            account,
            "/statistics",
            tables=found,
            figures={name: sum(row[name] for row in by_risk) for name in ("open", "ended", "total")},
            area=area,
            area_name=frame.place(area),
            above=[(code, frame.place(code)) for code in _above(account.area, area)],
            deeper=len(area) < 12,
            address="/statistics" + (f"?area={area}" if area != account.area else ""),
            query=f"?area={area}" if area else "?",
        )

    @get("/statistics/warnings.csv", sync_to_thread=True)
    def csv_file(request: AnyRequest) -> Response[bytes]:
        account, area, query = asked(request, "by")
        by = query.get("by", "risk")
        if by not in BYS:
            raise asking.wrong("by", "by 应为 area、risk 或 month。")
        table = next(one for one in counted(account, area) if one["by"] == by)
        deps.audit(account.name, "export", f"statistics {by} {area}")
        return _file(as_csv(table), "text/csv; charset=utf-8", f"warnings-{area or 'all'}-{by}.csv")

    @get("/statistics/warnings.xlsx", sync_to_thread=True)
    def workbook(request: AnyRequest) -> Response[bytes]:
        account, area, _ = asked(request)
        made_at = datetime.now(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        content = as_workbook(counted(account, area), frame.place(area), made_at)
        deps.audit(account.name, "export", f"statistics {area}")
        return _file(content, XLSX, f"warnings-{area or 'all'}.xlsx")

    return [statistics, csv_file, workbook]


def _above(own: str, area: str) -> list[str]:
    """The areas between the account's and the one shown, from the account's down."""
    return [area[:width] for width in (6, 9, 12) if len(own) <= width < len(area)]


def _file(content: bytes, kind: str, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=headers)
