"""The list of warnings, one warning with its clause cards, and the form for what the village found."""

from collections.abc import Mapping
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
from services.frame.labels import FINDINGS
from services.frame.rendering import Frame
from services.frame.saving import saved
from services.inbox import filters, findings, notices, reading
from services.inbox.cards import civil_dates, clause_cards, lines
from services.inbox.history_view import timeline
from services.inbox.listing import listing

AnyRequest = Request[Any, Any, Any]


def warnings_pages(frame: Frame) -> list[HTTPRouteHandler]:
    """The routes."""
    deps = frame.deps

    def visitor(request: AnyRequest) -> Account:
        return asking.persons_only(deps.account_of(request))

    @get("/inbox", sync_to_thread=True)
    def inbox(request: AnyRequest) -> Response[str]:
        account = visitor(request)
        given = query_of(request, *filters.WARNING_FILTERS, "overdue")
        with deps.pool.connection() as conn:
            shown = listing(frame, conn, account, given)
        return frame.page("inbox.html", account, "/inbox", **shown)

    @get("/warnings/{warning:str}", sync_to_thread=True)
    def warning_page(request: AnyRequest, warning: FromPath[str]) -> Response[str]:
        query = query_of(request, "saved")
        return show(visitor(request), asking.identity(warning), receipt=query.get("saved"))

    @post("/warnings/{warning:str}/findings", sync_to_thread=True)
    def find(request: AnyRequest, warning: FromPath[str], body: RawBody) -> Response[Any]:
        account = visitor(request)
        form = form_of(request, body)
        identity = asking.identity(warning)
        with deps.pool.connection() as conn:
            row = reading.find_warning(conn, account, identity)
        if row is None:
            raise asking.not_found()

        def sent() -> Mapping[str, object]:
            return findings.send(deps, account, row, form)

        return saved(f"/warnings/{identity}", sent, lambda fault: show(account, identity, fault=fault, form=form))

    def show(
        account: Account,
        warning: UUID,
        *,
        receipt: str | None = None,
        fault: HttpProblem | None = None,
        form: dict[str, str] | None = None,
    ) -> Response[str]:
        with deps.pool.connection() as conn:
            row = reading.find_warning(conn, account, warning)
            if row is None:
                raise asking.not_found()
            notices.mark_read(conn, account, warning=warning)
            opener = reading.Opener(conn, deps.vault)
            household = reading.find_household(conn, account, row["household_id"])
            assert household is not None  # written by the same fold
            events = reading.history(conn, row["household_id"], None, None, opener)
            took_effect = receipt is not None and _took_effect(conn, receipt, row, events)
            values: dict[str, Any] = {
                "one": lines(frame, conn, [row])[0],
                "cards": clause_cards(conn, deps.book, row, opener),
                "timeline": timeline(deps.book, row["county_code"], events),
                "members": reading.members([household], opener)[household["household_id"]],
            }
            today = findings.usual_day(civil_dates(conn).get(row["county_code"]))
        return frame.page(
            "warning.html",
            account,
            "/inbox",
            status=fault.status if fault is not None else 200,
            **values,
            waiting=receipt is not None and not took_effect,
            took_effect=took_effect,
            address=f"/warnings/{warning}",
            saved=receipt,
            fault=fault and fault.detail,
            form={"result": "", "note": "", "visited_on": today.isoformat(), **(form or {})},
            results=FINDINGS,
        )

    return [inbox, warning_page, find]


def _took_effect(conn: Connection, receipt: str, row: reading.Item, events: list[reading.Item]) -> bool:
    """Whether the household's history has the finding of that receipt, and the warning stands as the last one says."""
    sent = conn.execute(
        "SELECT record_id FROM receipt_item WHERE receipt_id = %s AND position = 0", (asking.identity(receipt),)
    ).fetchone()
    found = [
        event
        for event in events
        if event["type"] == "FindingRecorded" and event["data"]["warning_id"] == str(row["warning_id"])
    ]
    if sent is None or all(event["data"]["record_id"] != sent[0] for event in found):
        return False
    effective = [event for event in found if event["data"]["effective"]]
    return not effective or effective[-1]["data"]["result"] == row["result"]
