"""The same for programs: what has no household, a decision, its undoing."""

from collections.abc import Callable
from typing import Any

from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from fangpin import bodies
from fangpin.ports import WebDependencies
from services.access import asking
from services.inbox import linking, unplaced
from services.inbox.api import body_of
from services.inbox.filters import make_cursor
from services.inbox.reading import Item
from services.inbox.unplaced_query import FILTERS, asked_for

AnyRequest = Request[Any, Any, Any]


def routes(deps: WebDependencies) -> list[HTTPRouteHandler]:
    """For the county's officers alone; nothing of a person is in the list."""

    @get("/api/v1/exceptions/unresolved", sync_to_thread=True, summary="Records of the county that have no household")
    def unresolved(request: AnyRequest) -> dict[str, Any]:
        account = asking.county_only(deps.account_of(request))
        asked = asked_for(bodies.query_of(request, *FILTERS), account, deps.vault.cookie_secret)
        with deps.pool.connection() as conn:
            rows = unplaced.find(conn, account, asked)
            cursor = None
            if len(rows) > asked.limit:
                after = unplaced.place_of(conn, rows[asked.limit - 1]["record_key"])
                cursor = make_cursor(after, deps.vault.cookie_secret, asked.fingerprint(account))
        return {"items": [_item(row) for row in rows[: asked.limit]], "next": cursor}

    @post(
        "/api/v1/exceptions/unresolved/{record:str}/link",
        status_code=202,
        sync_to_thread=True,
        summary="Decide to which household a record belongs: household_no, reason",
    )
    def link(request: AnyRequest, record: FromPath[str], body: RawBody) -> dict[str, object]:
        return send(request, record, body, linking.link, ("household_no", "reason"))

    @post(
        "/api/v1/exceptions/unresolved/{record:str}/undo",
        status_code=202,
        sync_to_thread=True,
        summary="Undo that decision: reason",
    )
    def undo(request: AnyRequest, record: FromPath[str], body: RawBody) -> dict[str, object]:
        return send(request, record, body, linking.undo, ("reason",))

    def send(
        request: AnyRequest,
        record: str,
        body: bytes,
        act: Callable[..., dict[str, object]],
        known: tuple[str, ...],
    ) -> dict[str, object]:
        account, key = asking.county_only(deps.account_of(request)), asking.identity(record)
        given = body_of(request, body)
        for name in given:
            if name not in known:
                raise asking.wrong("", f"不认识的字段。可用的是：{'、'.join(known)}。")
        with deps.pool.connection() as conn:
            return act(deps, conn, account, key, given)

    return [unresolved, link, undo]


def _item(row: Item) -> dict[str, Any]:
    return {
        "record_key": str(row["record_key"]),
        "feed": row["feed"],
        "source": row["source"],
        "record_id": row["record_id"],
        "revision": row["revision"],
        "occurred_on": row["occurred_on"].isoformat(),
        "code": row["outcome"].upper(),
        "since": row["first_at"].isoformat(),
        "receipt_id": str(row["receipt_id"]) if row["receipt_id"] is not None else None,
        "row": row["row"],
    }
