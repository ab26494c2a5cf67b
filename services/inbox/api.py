"""The JSON API over the read models: warnings and their findings, households and their histories."""

from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from fangpin import bodies
from fangpin.ports import HttpProblem, WebDependencies
from services.access import asking
from services.inbox import filters, findings, reading, searching

AnyRequest = Request[Any, Any, Any]
MAX_BODY = 64 * 1024
_SEARCH = f"只能给 name、id_number、limit 和 cursor；limit 是1至{filters.MOST}的整数，其余是文字。"


class Search(msgspec.Struct, forbid_unknown_fields=True):
    """Whom to look for, and which page; in the body, never in a URL."""

    name: str | None = None
    id_number: str | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=filters.MOST)] = filters.MOST
    cursor: str | None = None


def body_of(request: AnyRequest, raw: bytes) -> dict[str, Any]:
    """The JSON object of a small body, read as strictly as records are; these routes have no parameters."""
    bodies.need_json(request)
    bodies.query_of(request)
    if len(raw) > MAX_BODY:
        raise HttpProblem(413, "BODY_TOO_LARGE", "请求内容太大。")
    found = bodies.json_of(raw)
    if not isinstance(found, dict):
        raise HttpProblem(422, "TYPE", "请求内容不是一个JSON对象。")
    return found


def routes(deps: WebDependencies) -> list[HTTPRouteHandler]:
    """Every route of the API, over what the web process hands in."""

    @get("/api/v1/warnings", sync_to_thread=True)
    def warnings(request: AnyRequest) -> dict[str, Any]:
        account = asking.officers_only(deps.account_of(request))
        query = filters.warnings_query(
            bodies.query_of(request, *filters.WARNING_FILTERS), account, deps.vault.cookie_secret
        )
        with deps.pool.connection() as conn:
            rows = reading.find_warnings(conn, query)
            items = reading.warning_items(rows[: query.limit], reading.Opener(conn, deps.vault), deps.book)
        cursor = None
        if len(rows) > query.limit:
            last = items[-1]
            after = (last["raised_at"], last["warning_id"])
            cursor = filters.make_cursor(after, deps.vault.cookie_secret, query.fingerprint(account))
        return {"items": items, "next": cursor}

    @get("/api/v1/warnings/{warning:str}", sync_to_thread=True)
    def warning(request: AnyRequest, warning: FromPath[str]) -> dict[str, Any]:
        account = asking.officers_only(deps.account_of(request))
        identity = asking.identity(warning)
        bodies.query_of(request)
        with deps.pool.connection() as conn:
            row = reading.find_warning(conn, account, identity)
            if row is None:
                raise asking.not_found()
            item = reading.warning_items([row], reading.Opener(conn, deps.vault), deps.book)[0]
        pack = deps.book.packs.get(row["pack"])
        return {
            **item,
            "episode": row["episode"],
            "result": row["result"],
            "visited_on": row["visited_on"].isoformat() if row["visited_on"] else None,
            "reason": row["reason"],
            "document_title": pack.document.title if pack is not None else None,
            "records": [
                {key: one[key] for key in ("record_id", "feed", "source", "occurred_on", "recorded_at")}
                for one in row["evidence"]
            ],
        }

    @post("/api/v1/warnings/{warning:str}/findings", status_code=202, sync_to_thread=True)
    def find(request: AnyRequest, warning: FromPath[str], body: RawBody) -> dict[str, Any]:
        account = asking.persons_only(deps.account_of(request))
        identity = asking.identity(warning)
        with deps.pool.connection() as conn:
            row = reading.find_warning(conn, account, identity)
        if row is None:
            raise asking.not_found()
        return findings.send(deps, account, row, body_of(request, body))

    @get(
        "/api/v1/households",
        sync_to_thread=True,
        summary="Households of a number",
        description=(
            f"`household_no`; `limit` (1 to {filters.MOST}, default {filters.DEFAULT}) and `cursor`: the last answer's "
            "`next`, with the same `household_no`. Also one whose register record was withdrawn: `registered` is false."
        ),
    )
    def households(request: AnyRequest) -> dict[str, Any]:
        account = asking.persons_only(deps.account_of(request))
        query = bodies.query_of(request, "household_no", "limit", "cursor")
        number = query.get("household_no")
        if not number or len(number) > asking.MAX_TEXT or "\0" in number:
            raise asking.wrong("household_no", "请给出 household_no。")
        with deps.pool.connection() as conn:
            rows, cursor = searching.listed(
                deps,
                conn,
                account,
                household_no=number,
                limit=filters.limit_of(query),
                cursor=query.get("cursor"),
            )
            return {"items": _household_items(rows, reading.Opener(conn, deps.vault)), "next": cursor}

    @post(
        "/api/v1/households/search",
        status_code=200,
        sync_to_thread=True,
        summary="Households of a person",
        description=(
            f"A JSON object: `name`, `id_number`, or both; `limit` (1 to {filters.MOST}, default {filters.MOST}) and "
            "`cursor`: the last answer's `next`, with the same `name` and `id_number`. There are no parameters."
        ),
    )
    def search(request: AnyRequest, body: RawBody) -> dict[str, Any]:
        account = asking.persons_only(deps.account_of(request))
        try:
            asked = msgspec.convert(body_of(request, body), type=Search)
        except msgspec.ValidationError:
            raise asking.wrong("", _SEARCH) from None
        with deps.pool.connection() as conn:
            rows, cursor = searching.search(deps, conn, account, **msgspec.structs.asdict(asked))
            return {"items": _household_items(rows, reading.Opener(conn, deps.vault)), "next": cursor}

    @get("/api/v1/households/{household:str}/history", sync_to_thread=True)
    def history(request: AnyRequest, household: FromPath[str]) -> dict[str, Any]:
        account = asking.persons_only(deps.account_of(request))
        identity = asking.identity(household)
        query = bodies.query_of(request, "valid_on", "known_at")
        valid_on, known_at = asking.day(query, "valid_on"), asking.instant(query, "known_at")
        with deps.pool.connection() as conn:
            row = reading.find_household(conn, account, identity)
            if row is None:
                raise asking.not_found()
            events = reading.history(conn, identity, valid_on, known_at, reading.Opener(conn, deps.vault))
        return {"household_id": household, "household_no": row["household_no"], "events": events}

    return [warnings, warning, find, households, search, history]


def _household_items(rows: list[reading.Item], opener: reading.Opener) -> list[dict[str, Any]]:
    people = reading.members(rows, opener)
    return [
        {
            "household_id": str(row["household_id"]),
            "household_no": row["household_no"],
            "county_code": row["county_code"],
            "village_code": row["village_code"],
            "registered": row["active"],
            "members": [
                {key: one[key] for key in ("name", "id_number", "relation")} for one in people[row["household_id"]]
            ],
        }
        for row in rows
    ]
