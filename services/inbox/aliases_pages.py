"""The table of other household numbers: a county's officers see it, add to it, take back, and take it along as a file."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from fangpin.bodies import query_of
from fangpin.domain.feeds import FEEDS
from fangpin.ports import Account, HttpProblem
from services.access import asking
from services.frame.forms import form_of
from services.frame.rendering import Frame
from services.frame.saving import saved
from services.inbox import aliases, aliasing, unplaced

AnyRequest = Request[Any, Any, Any]
HERE = "/aliases"
EMPTY = dict.fromkeys((*aliasing.NAMES, "reason", "key"), "")


def aliases_pages(frame: Frame) -> list[HTTPRouteHandler]:
    """The routes: for the county's officers alone."""
    deps = frame.deps

    def decider(request: AnyRequest) -> Account:
        return asking.county_only(deps.account_of(request))

    @get(HERE, sync_to_thread=True)
    def listed(request: AnyRequest) -> Response[str]:
        account = decider(request)
        return show(account, query_of(request, "show", "number", "saved"))

    @get(HERE + "/export.csv", sync_to_thread=True)
    def exported(request: AnyRequest) -> Response[bytes]:
        account = decider(request)
        with deps.pool.connection() as conn:
            rows = [
                *aliases.find(conn, account, limit=None),
                *aliases.find(conn, account, withdrawn=True, limit=None),
            ]
            file = aliases.as_csv(aliases.lines(conn, deps.vault, rows))
        deps.audit(account.name, "export", f"aliases {account.county}")
        headers = {"Content-Disposition": f'attachment; filename="aliases-{account.county}.csv"'}
        return Response(file, media_type="text/csv; charset=utf-8", headers=headers)

    @post(HERE, sync_to_thread=True)
    def add(request: AnyRequest, body: RawBody) -> Response[Any]:
        account, form = decider(request), form_of(request, body)

        def send() -> Mapping[str, object]:
            with deps.pool.connection() as conn:
                return aliasing.add(deps, conn, account, form)

        return saved(HERE, send, lambda fault: show(account, {}, fault=fault, form=form))

    @post(HERE + "/{record:str}/withdraw", sync_to_thread=True)
    def withdraw(request: AnyRequest, record: FromPath[str], body: RawBody) -> Response[Any]:
        account, key, form = decider(request), asking.identity(record), form_of(request, body)

        def send() -> Mapping[str, object]:
            with deps.pool.connection() as conn:
                return aliasing.withdraw(deps, conn, account, key, form)

        return saved(HERE, send, lambda fault: show(account, {}, fault=fault, form={"key": str(key), **form}))

    def show(
        account: Account,
        query: Mapping[str, str],
        *,
        fault: HttpProblem | None = None,
        form: dict[str, str] | None = None,
    ) -> Response[str]:
        asked, number, receipt = query.get("show", ""), query.get("number", "").strip(), query.get("saved")
        if asked not in aliases.SHOWS:
            raise asking.wrong("show", "show 只能是 withdrawn。")
        if len(number) > asking.MAX_TEXT or "\0" in number:
            raise asking.wrong("number", "编号太长或有不能识别的字符。")
        with deps.pool.connection() as conn:
            state = unplaced.state_of(conn, account, asking.identity(receipt)) if receipt is not None else None
            rows = aliases.find(conn, account, withdrawn=aliases.SHOWS[asked], number=number or None)
            items = aliases.lines(conn, deps.vault, rows)
        feed = FEEDS[aliases.FEED]
        return frame.page(
            "aliases.html",
            account,
            "/unresolved",
            status=fault.status if fault is not None else 200,
            items=items,
            most=aliases.MOST,
            asked=asked,
            number=number,
            state=state,
            fault=fault and fault.detail,
            address=f"{HERE}?{urlencode(query)}" if query else HERE,
            kinds=_choices(feed.field("kind")),
            users=_choices(feed.field("used_by")),
            form={**EMPTY, **(form or {})},
        )

    return [listed, exported, add, withdraw]


def _choices(field: Any) -> list[tuple[str, str]]:
    return [(symbol, field.label(symbol)) for symbol in field.symbols]
