"""The pre-check sheet as a page of its own, to be printed and filed; on it a county officer's reasons to the contrary."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from fangpin.bodies import query_of
from fangpin.database import Connection
from fangpin.ports import Account, HttpProblem
from services.access import asking
from services.frame.forms import form_of
from services.frame.rendering import Frame
from services.frame.saving import saved, with_receipt
from services.inbox import overriding, reading
from services.inbox.exclusions import precheck

AnyRequest = Request[Any, Any, Any]


def exclusions_pages(frame: Frame) -> list[HTTPRouteHandler]:
    """The routes: for those who visit the household or lead them, in their area; to decide, for the county's officers."""
    deps = frame.deps

    @get("/households/{household:str}/exclusions", sync_to_thread=True)
    def exclusions_page(request: AnyRequest, household: FromPath[str]) -> Response[str]:
        account = asking.persons_only(deps.account_of(request))
        receipt = query_of(request, "saved").get("saved")
        return show(account, asking.identity(household), receipt=receipt)

    @post("/households/{household:str}/exclusions/{situation:str}/override", sync_to_thread=True)
    def override(
        request: AnyRequest, household: FromPath[str], situation: FromPath[str], body: RawBody
    ) -> Response[Any]:
        return send(request, household, situation, body, overriding.override)

    @post("/households/{household:str}/exclusions/{situation:str}/withdraw", sync_to_thread=True)
    def withdraw(
        request: AnyRequest, household: FromPath[str], situation: FromPath[str], body: RawBody
    ) -> Response[Any]:
        return send(request, household, situation, body, overriding.withdraw)

    def send(
        request: AnyRequest, household: str, situation: str, body: bytes, act: Callable[..., dict[str, object]]
    ) -> Response[Any]:
        account = asking.county_only(deps.account_of(request))
        identity, form = asking.identity(household), form_of(request, body)

        def sent() -> Mapping[str, object]:
            with deps.pool.connection() as conn:
                row, sheet, *_ = look(conn, account, identity)
                return act(deps, conn, account, row, overriding.row_of(sheet, situation), form)

        def again(fault: HttpProblem) -> Response[str]:
            return show(account, identity, fault=fault, form={"situation": situation, **form})

        return saved(f"/households/{identity}/exclusions", sent, again)

    def look(
        conn: Connection, account: Account, identity: UUID
    ) -> tuple[reading.Item, dict[str, Any] | None, list[reading.Item], str | None]:
        """The household, its sheet, its events, the name of its head."""
        row = reading.find_household(conn, account, identity)
        if row is None:
            raise asking.not_found()
        opener = reading.Opener(conn, deps.vault)
        events = reading.history(conn, identity, None, None, opener)
        sheet = precheck(conn, deps.book, row, reading.warnings_of(conn, identity), events)
        return row, sheet, events, reading.heads(conn, [identity], opener).get(identity)

    def show(
        account: Account,
        identity: UUID,
        *,
        receipt: str | None = None,
        fault: HttpProblem | None = None,
        form: dict[str, str] | None = None,
    ) -> Response[str]:
        with deps.pool.connection() as conn:
            row, sheet, events, head = look(conn, account, identity)
            done = receipt is None or overriding.took_effect(conn, account, asking.identity(receipt), events)
        if sheet is None:
            raise asking.not_found()
        address = f"/households/{identity}/exclusions"
        return frame.page(
            "exclusions_sheet.html",
            account,
            "/search",
            status=fault.status if fault is not None else 200,
            precheck=sheet,
            household_id=str(identity),
            household_no=row["household_no"],
            head=head,
            village=frame.place(row["village_code"]),
            township=frame.place(row["village_code"][:9]),
            address=with_receipt(address, None if done else receipt),
            waiting=not done,
            fault=fault and fault.detail,
            decides=account.role == "county",
            form={"situation": "", "reason": "", **(form or {})},
        )

    return [exclusions_page, override, withdraw]
