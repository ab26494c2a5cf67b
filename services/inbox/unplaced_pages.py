"""The county's list of records without a household, and one of them: candidates, a decision with its reason, its undoing."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from fangpin.bodies import query_of
from fangpin.domain.calendar import SHANGHAI
from fangpin.ports import Account, HttpProblem
from services.access import asking
from services.frame.forms import form_of
from services.frame.rendering import Frame
from services.frame.saving import saved, with_receipt
from services.inbox import linking, unplaced
from services.inbox.filters import make_cursor
from services.inbox.telling import feed_title
from services.inbox.unplaced_query import PAGE_FILTERS, asked_for
from services.inbox.unplaced_view import OUTCOMES, line, whole

AnyRequest = Request[Any, Any, Any]
HERE = "/unresolved"


def unplaced_pages(frame: Frame) -> list[HTTPRouteHandler]:
    """The routes: for the county's officers alone."""
    deps = frame.deps

    def decider(request: AnyRequest) -> Account:
        return asking.county_only(deps.account_of(request))

    @get(HERE, sync_to_thread=True)
    def unresolved(request: AnyRequest) -> Response[str]:
        account = decider(request)
        given = query_of(request, *PAGE_FILTERS)
        asked = asked_for(given, account, deps.vault.cookie_secret)
        with deps.pool.connection() as conn:
            rows = unplaced.find(conn, account, asked)
            counts = unplaced.counts(conn, account)
            after = unplaced.place_of(conn, rows[asked.limit - 1]["record_key"]) if len(rows) > asked.limit else None
        today = datetime.now(SHANGHAI).date()
        kept = {name: value for name, value in given.items() if name in ("outcome", "feed", "show")}
        cursor = make_cursor(after, deps.vault.cookie_secret, asked.fingerprint(account)) if after is not None else None
        return frame.page(
            "unresolved.html",
            account,
            HERE,
            items=[line(row, today) for row in rows[: asked.limit]],
            asked=asked,
            chips=_chips(asked, counts),
            feeds=[
                {"value": slug, "label": feed_title(slug), "count": sum(n for (feed, _), n in counts.items() if feed == slug)}
                for slug in dict.fromkeys(feed for feed, _ in sorted(counts))
            ],
            address=f"{HERE}?{urlencode(given)}" if given else HERE,
            first=f"{HERE}?{urlencode(kept)}" if "cursor" in given else None,
            next=f"{HERE}?{urlencode({**kept, 'cursor': cursor})}" if cursor else None,
        )  # fmt: skip

    @get(HERE + "/{record:str}", sync_to_thread=True)
    def one(request: AnyRequest, record: FromPath[str]) -> Response[str]:
        account, key = decider(request), asking.identity(record)
        receipt = query_of(request, "saved").get("saved")
        if "hx-request" not in request.headers:  # a page that asks for itself again is still the same look
            deps.audit(account.name, "record-opened", str(key))
        return show(account, key, receipt=receipt)

    @post(HERE + "/{record:str}/link", sync_to_thread=True)
    def link(request: AnyRequest, record: FromPath[str], body: RawBody) -> Response[Any]:
        return send(request, record, body, linking.link)

    @post(HERE + "/{record:str}/undo", sync_to_thread=True)
    def undo(request: AnyRequest, record: FromPath[str], body: RawBody) -> Response[Any]:
        return send(request, record, body, linking.undo)

    def send(request: AnyRequest, record: str, body: bytes, act: Callable[..., dict[str, object]]) -> Response[Any]:
        account, key, form = decider(request), asking.identity(record), form_of(request, body)
        form["household_no"] = form.get("other", "").strip() or form.get("household_no", "")

        def sent() -> Mapping[str, object]:
            with deps.pool.connection() as conn:
                return act(deps, conn, account, key, form)

        return saved(f"{HERE}/{key}", sent, lambda fault: show(account, key, fault=fault, form=form))

    def show(
        account: Account,
        key: UUID,
        *,
        receipt: str | None = None,
        fault: HttpProblem | None = None,
        form: dict[str, str] | None = None,
    ) -> Response[str]:
        with deps.pool.connection() as conn:
            row = unplaced.find_one(conn, account, key)
            if row is None:
                raise asking.not_found()
            state = unplaced.state_of(conn, account, asking.identity(receipt)) if receipt is not None else None
            found = whole(frame, conn, account, row, datetime.now(SHANGHAI).date())
        return frame.page(
            "unresolved_one.html",
            account,
            HERE,
            status=fault.status if fault is not None else 200,
            one=found,
            address=with_receipt(f"{HERE}/{key}", receipt),
            state=state,
            fault=fault and fault.detail,
            form={"household_no": "", "other": "", "reason": "", **(form or {})},
        )

    return [unresolved, one, link, undo]


def _chips(asked: unplaced.Asked, counts: dict[tuple[str, str], int]) -> list[dict[str, Any]]:
    """By outcome, and what was decided."""

    def chip(label: str, query: dict[str, str], number: int | None, *, here: bool) -> dict[str, Any]:
        kept = {"feed": asked.feed} if asked.feed is not None else {}
        return {"label": label, "href": f"{HERE}?{urlencode({**kept, **query})}", "count": number, "here": here}

    shown = {key: number for key, number in counts.items() if asked.feed in (None, key[0])}
    found = [chip("全部", {}, sum(shown.values()), here=asked.outcome is None and not asked.placed)]
    for outcome in ("unmatched", "ambiguous"):
        number = sum(number for (_, own), number in shown.items() if own == outcome)
        found.append(chip(OUTCOMES[outcome], {"outcome": outcome}, number, here=asked.outcome == outcome))
    return [*found, chip("已由县里决定", {"show": "decided"}, None, here=asked.placed)]
