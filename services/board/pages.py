"""The month board as a page: first who is silent or late, then everybody, with a way through the months."""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from fangpin.areas import area_name
from fangpin.bodies import query_of
from fangpin.domain.calendar import months_after
from fangpin.ports import WebDependencies
from services.access import asking
from services.board import reading
from services.frame.rendering import Frame

_WORST_FIRST = tuple(reading.STATES)


def board_pages(deps: WebDependencies) -> list[HTTPRouteHandler]:
    """The route."""
    frame = Frame(deps, Path(__file__).parent / "templates")

    @get("/board", sync_to_thread=True)
    def board(request: Request[Any, Any, Any]) -> Response[str]:
        account = asking.officers_only(deps.account_of(request))
        query = query_of(request, "county", "month", "state")
        area = asking.area(query, account, "county")
        state = query.get("state")
        if area is None:
            raise asking.not_found()
        if state is not None and state not in reading.STATES:
            raise asking.wrong("state", f"state 应为 {'、'.join(reading.STATES)}。")
        packs = deps.book.judging()
        counties = {pack.county_code: pack.county_name for pack in packs}
        county = query.get("county") or account.county or min(counties)
        with deps.pool.connection() as conn:
            first = reading.first_of(query.get("month"), reading.today(conn, county))
            if first is None:
                raise asking.wrong("month", "month 应写成 2021-11 这样的月份。")
            found = reading.read(conn, packs, county, area, first)
        own = f"county={county}&" if account.county == "" else ""
        shown = [one for one in found["items"] if state in (None, one["state"])]
        return frame.page(
            "board.html",
            account,
            "/board",
            found=found,
            title=f"{frame.place(area or county)}{first.year}年{first.month}月报送情况",
            states=reading.STATES,
            state=state,
            bureaus=_by_owner(one for one in shown if one["area"] is None),
            townships=_by_township(one for one in shown if one["area"] is not None),
            registers=sorted(found["registers"], key=lambda one: (one["renewed_on"], one["village_code"])),
            bases={one["duty"]: one for one in shown if one["area"] is not None}.values(),
            counties=counties if account.county == "" else {},
            before=f"/board?{own}month={months_after(first, -1):%Y-%m}",
            after=f"/board?{own}month={months_after(first, 1):%Y-%m}",
            address=f"/board?{own}month={first:%Y-%m}",
            query=f"&state={state}" if state is not None else "",
        )

    return [board]


def _by_owner(items: Iterable[reading.Item]) -> list[tuple[str, list[reading.Item]]]:
    """The lines of each owner together; the owner with the worst of them first, and so within."""
    ordered = sorted(items, key=lambda one: (one["department"], one["area"] or ""))
    groups = [list(group) for _, group in groupby(ordered, key=lambda one: (one["department"], one["area"]))]
    for group in groups:
        group.sort(key=_badness)
    groups.sort(key=lambda group: _badness(group[0]))
    return [(group[0]["area_name"] or group[0]["department_name"], group) for group in groups]


def _by_township(items: Iterable[reading.Item]) -> list[dict[str, Any]]:
    """The owners of each township with how many of their lines stand how."""
    ordered = sorted(items, key=lambda one: one["area"][:9])
    found = []
    for code, group in groupby(ordered, key=lambda one: one["area"][:9]):
        own = list(group)
        counts = [(state, sum(one["state"] == state for one in own)) for state in _WORST_FIRST]
        found.append(
            {
                "code": code,
                "name": area_name(code, {}),
                "counts": [(state, count) for state, count in counts if count],
                "owners": _by_owner(own),
            }
        )
    return found


def _badness(item: reading.Item) -> tuple[int, int]:
    return _WORST_FIRST.index(item["state"]), -(item["days_late"] or 0)
