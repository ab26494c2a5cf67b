"""A household's page, and the search that leads to it."""

from typing import Any

from anyio import to_thread
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from fangpin.database import Connection
from fangpin.ports import Account, HttpProblem
from services.access import asking
from services.frame.forms import form_of
from services.frame.rendering import Frame
from services.inbox import reading
from services.inbox.bringing import brought
from services.inbox.cards import clause_cards, lines
from services.inbox.exclusions import precheck, without_answers
from services.inbox.history_view import timeline
from services.inbox.searching import search
from services.inbox.standing import facts_without_warning
from services.inbox.telling import label_of
from services.inbox.totals import totals

AnyRequest = Request[Any, Any, Any]
ASKED = ("household_no", "name", "id_number")


def households_pages(frame: Frame) -> list[HTTPRouteHandler]:
    """The routes; coroutines for the reason in `services/frame/signing_in.py`."""
    deps = frame.deps

    def visitor(request: AnyRequest) -> Account:
        return asking.persons_only(deps.account_of(request))

    @get("/households/{household:str}", sync_to_thread=True)
    def household_page(request: AnyRequest, household: FromPath[str]) -> Response[str]:
        account = visitor(request)
        identity = asking.identity(household)
        with deps.pool.connection() as conn:
            row = reading.find_household(conn, account, identity)
            if row is None:
                raise asking.not_found()
            opener = reading.Opener(conn, deps.vault)
            rows = reading.warnings_of(conn, identity)
            events = reading.history(conn, identity, None, None, opener)
            checked = precheck(conn, deps.book, row, rows, events)
            facts = events if checked is None else without_answers(events)  # those stand on the sheet
            values: dict[str, Any] = {
                "warnings": [
                    {**line, "cards": clause_cards(conn, deps.book, one, opener)}
                    for one, line in zip(rows, lines(frame, conn, rows), strict=True)
                ],
                "without": facts_without_warning(conn, deps.book, row, rows, facts),
                "precheck": checked,
                "totals": totals(deps.book, row, events),
                "brought": brought(conn, row, opener),
                "timeline": timeline(deps.book, row["county_code"], events),
                "members": reading.members([row], opener)[identity],
            }
        return frame.page(
            "household.html",
            account,
            "/search",
            **values,
            household_id=household,
            household_no=row["household_no"],
            registered=row["active"],
            village=frame.place(row["village_code"]),
            township=frame.place(row["village_code"][:9]),
            traits=_traits(row["data"]),
        )

    @get("/search")
    async def search_page(request: AnyRequest) -> Response[str]:
        return await to_thread.run_sync(lambda: result(visitor(request), None))

    @post("/search", status_code=200)
    async def search_for(request: AnyRequest, body: RawBody) -> Response[str]:
        return await to_thread.run_sync(look_for, request, body)

    def look_for(request: AnyRequest, body: bytes) -> Response[str]:
        account = visitor(request)
        form = form_of(request, body)
        try:
            with deps.pool.connection() as conn:
                found, following = found_in(conn, account, form)
        except HttpProblem as problem:
            return result(account, None, status=problem.status, fault=problem.detail)
        return result(account, found, form=form, following=following)

    def found_in(conn: Connection, account: Account, form: dict[str, str]) -> tuple[list[dict[str, Any]], str | None]:
        rows, following = search(
            deps,
            conn,
            account,
            household_no=form.get("household_no"),
            name=form.get("name"),
            id_number=form.get("id_number"),
            cursor=form.get("cursor"),
        )
        people = reading.members(rows, reading.Opener(conn, deps.vault))
        return [
            {
                "household_id": str(row["household_id"]),
                "household_no": row["household_no"],
                "registered": row["active"],
                "village": frame.place(row["village_code"]),
                "members": people[row["household_id"]],
            }
            for row in rows
        ], following

    def result(
        account: Account,
        found: list[dict[str, Any]] | None,
        *,
        form: dict[str, str] | None = None,
        following: str | None = None,
        status: int = 200,
        fault: str | None = None,
    ) -> Response[str]:
        form = form or {}
        return frame.page(
            "search.html",
            account,
            "/search",
            status=status,
            found=found,
            fault=fault,
            asked={key: form[key] for key in ASKED if form.get(key)},
            further="cursor" in form,
            following=following,
        )

    return [household_page, search_page, search_for]


def _traits(data: dict[str, Any]) -> list[str]:
    """What the register says of the household, in a few words each."""
    found = [label_of("household-register", "class", data["class"])]
    if data["monitored"] != "none":
        found.append(label_of("household-register", "monitored", data["monitored"]))
    found.append("享受低保" if data["on_subsistence_allowance"] else "未享受低保")
    found.append("有劳动能力" if data["has_labour"] else "无劳动能力")
    found.append("常住" if data["resident"] else "不常住")
    return found
