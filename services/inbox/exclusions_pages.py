"""The pre-check sheet as a page of its own, to be printed and filed."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from services.access import asking
from services.frame.rendering import Frame
from services.inbox import reading
from services.inbox.exclusions import precheck


def exclusions_pages(frame: Frame) -> list[HTTPRouteHandler]:
    """The route: for those who visit the household or lead them, in their area."""
    deps = frame.deps

    @get("/households/{household:str}/exclusions", sync_to_thread=True)
    def exclusions_page(request: Request[Any, Any, Any], household: FromPath[str]) -> Response[str]:
        account = asking.persons_only(deps.account_of(request))
        identity = asking.identity(household)
        with deps.pool.connection() as conn:
            row = reading.find_household(conn, account, identity)
            if row is None:
                raise asking.not_found()
            opener = reading.Opener(conn, deps.vault)
            events = reading.history(conn, identity, None, None, opener)
            found = precheck(conn, deps.book, row, reading.warnings_of(conn, identity), events)
            head = reading.heads(conn, [identity], opener).get(identity)
        if found is None:
            raise asking.not_found()
        return frame.page(
            "exclusions_sheet.html",
            account,
            "/search",
            precheck=found,
            household_id=household,
            household_no=row["household_no"],
            head=head,
            village=frame.place(row["village_code"]),
            township=frame.place(row["village_code"][:9]),
        )

    return [exclusions_page]
